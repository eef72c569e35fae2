"""The score of one lead over time, and why it changed in a week."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from journal import clock
from leads.models import Lead
from scoring.domain.choices import ModelState
from scoring.models import Rule, ScoringModel
from scoring.queries import course
from scoring.queries.explain import explain
from scoring.services import models, order
from tests.cast import NOON, organization
from tests.scoring import rows, scored
from tests.scoring.test_excel_starter import tanaka

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


def course_of(lead):
    return course.of(lead, explain(lead, NOON), NOON)


def test_the_rules_are_replayed_at_a_dozen_days_up_to_today() -> None:
    scored.excel()
    lead = rows.lead(seniority="director", acquired_at=NOON - timedelta(days=110))
    rows.activity(lead, "document_download", "2026-09-01")
    rows.activity(lead, "webinar_attended", "2026-11-19")

    points = course_of(lead).points

    assert [point.on for point in points] == [TODAY - timedelta(days=10 * step) for step in range(11, -1, -1)]
    assert [point.total for point in points] == [10] * 3 + [20] * 8 + [35]


def test_it_reaches_back_half_a_year_at_most_and_a_lead_of_today_has_none() -> None:
    scored.excel()
    old, new = rows.lead(acquired_at=NOON - timedelta(days=900)), rows.lead()
    young = rows.lead(acquired_at=NOON - timedelta(days=2))

    assert course_of(old).points[0].on == TODAY - timedelta(days=course.DAYS)
    assert len(course_of(old).points) == course.POINTS
    assert [point.on.day for point in course_of(young).points] == [18, 19, 20]
    assert course_of(new).points == ()


def test_what_a_week_changed_is_told_by_rule_and_adds_up() -> None:
    scored.excel()
    lead = tanaka()
    rows.activity(lead, "webinar_attended", "2026-11-01")

    found = course_of(lead)

    assert [(shift.label, shift.points) for shift in found.shifts] == [
        ("資料ダウンロード", 10),
        ("サイト訪問2回以上", 5),
    ]
    assert found.change == 15


def test_decay_and_caps_are_part_of_the_change() -> None:
    each = {"activity": {"types": ["site_visit"]}}
    rules = [
        scored.rule(each, 10, per_activity=True, cap=100, half_life_days=7, label_ja="訪問", label_en="Visits"),
        scored.rule({"activity": {"types": ["demo_request"]}}, 30, label_ja="デモ", label_en="Demo"),
    ]
    scored.published(rules, caps={"engagement": 20})
    lead = rows.lead()
    rows.activity(lead, "site_visit", TODAY - timedelta(days=7))
    rows.activity(lead, "demo_request", TODAY)

    found = course_of(lead)

    assert [(shift.label, shift.points) for shift in found.shifts] == [("デモ", 30), ("訪問", -5), ("", -15)]
    assert found.change == sum(shift.points for shift in found.shifts) == 10


def republished(points: int, at: datetime) -> None:
    """The Excel starter's visits are worth so much from then on."""
    origin = ScoringModel.objects.get(state=ModelState.PUBLISHED)
    draft = models.copy(model=origin, by=None, at=at)
    draft.rules.filter(key="visits").update(points=points)
    models.publish(model=draft, why="test", by=None, at=at)


def visitor(days: int = 120) -> Lead:
    lead = rows.lead(acquired_at=NOON - timedelta(days=days))
    for day in (60, 59):
        rows.activity(lead, "site_visit", TODAY - timedelta(days=day))
    return lead


def test_each_day_is_replayed_under_the_rules_of_that_day() -> None:
    scored.excel()
    ScoringModel.objects.update(published_at=NOON - timedelta(days=300))
    republished(10, NOON - timedelta(days=2))

    found = course_of(visitor())

    assert [point.total for point in found.points] == [0] * 6 + [5] * 5 + [10]
    assert [(shift.version, shift.points) for shift in found.shifts] == [(2, 5)]
    assert found.change == 5


TITLED = {"field": "title", "op": "known"}
WATCHED = {"activity": {"types": ["webinar_attended"]}}
VISITED = {"activity": {"types": ["site_visit"]}}


def worth(points: int, name: str, applies_to: dict[str, Any] | None = None) -> ScoringModel:
    """A model, in force for the last 300 days, that gives each of its leads these points for a visit."""
    model = scored.published([scored.rule(VISITED, points)], name=name, applies_to=applies_to)
    ScoringModel.objects.filter(pk=model.pk).update(published_at=NOON - timedelta(days=300))
    return model


def test_a_former_day_is_drawn_by_the_first_model_that_applied_then() -> None:
    """Those who download something have their own rules, tried before the ones that score the lead today."""
    worth(5, "残り")
    worth(10, "試聴", {"all": [WATCHED, TITLED]})
    fresh = {"activity": {"types": ["document_download"], "within_days": 30}}
    worth(20, "資料", fresh)
    ScoringModel.objects.filter(name="資料").update(position=5)
    ScoringModel.objects.filter(name="試聴").update(position=6)
    lead = visitor(110)
    Lead.objects.filter(pk=lead.pk).update(title="課長")
    rows.activity(lead, "document_download", TODAY - timedelta(days=35))
    rows.activity(lead, "webinar_attended", TODAY - timedelta(days=3))
    scored.score(lead)

    found = course_of(lead)

    # Days 110 to 70 nothing, to 40 the rest's, 30 to 10 the downloaders', and today's since the webinar.
    assert [point.total for point in found.points] == [0] * 5 + [5] * 3 + [20] * 3 + [10]
    assert [(shift.rules, shift.points) for shift in found.shifts] == [("試聴", -10)]
    assert found.change == -10


def test_a_day_before_the_lead_met_its_model_s_condition_is_drawn_by_the_model_for_the_rest() -> None:
    worth(5, "残り")
    worth(10, "試聴", WATCHED)
    lead = visitor(110)
    rows.activity(lead, "webinar_attended", TODAY - timedelta(days=25))
    scored.score(lead)

    assert [point.total for point in course_of(lead).points] == [0] * 5 + [5] * 4 + [10] * 3


def test_a_former_day_is_drawn_in_the_order_of_that_day_through_moves_and_new_versions(
    django_assert_num_queries,
) -> None:
    """Two models apply to the lead: the first one's new version, then the second, then that version again come first."""
    worth(1, "残り")
    first = worth(10, "役職", TITLED)
    second = worth(20, "氏名", {"field": "last_name", "op": "known"})
    lead = visitor(110)
    rows.activity(lead, "site_visit", TODAY - timedelta(days=110))
    Lead.objects.filter(pk=lead.pk).update(title="課長")
    renewed = models.copy(model=first, by=None, at=NOON)
    renewed.rules.update(points=11)
    models.publish(model=renewed, why="x", by=None, at=NOON - timedelta(days=85))
    order.earlier(model=second, by=None, at=NOON - timedelta(days=55))
    order.earlier(model=renewed, by=None, at=NOON - timedelta(days=25))
    order.earlier(model=second, by=None, at=NOON)
    scored.score(lead)
    told = explain(lead, NOON)

    # Outside a request the organisation, the own fields and the types of activity are read once more.
    with django_assert_num_queries(6 + 3):
        found = course.of(lead, told, NOON)

    assert [point.total for point in found.points] == [10] * 3 + [11] * 3 + [20] * 3 + [11] * 2 + [20]


def test_the_model_that_scored_the_lead_is_kept_where_a_field_has_changed_since() -> None:
    worth(5, "残り")
    worth(10, "役職", TITLED)
    lead = visitor(110)
    Lead.objects.filter(pk=lead.pk).update(title="課長")
    scored.score(lead)
    Lead.objects.filter(pk=lead.pk).update(title="")

    found = course_of(lead)

    assert [point.total for point in found.points] == [0] * 5 + [10] * 7
    assert found.shifts == ()


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "（「試聴」の配点ルールへの変更 +5）"), ("en", "the scoring rules “試聴” +5")]
)
def test_the_panel_names_the_rules_that_score_the_lead_since(client, cast, language: str, said: str) -> None:
    worth(5, "残り")
    worth(10, "試聴", WATCHED)
    lead = visitor()
    rows.activity(lead, "webinar_attended", TODAY - timedelta(days=1))
    scored.score(lead)
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)

    with clock.frozen(NOON):
        text = client.get(f"/leads/{lead.pk}/score/", headers={"accept-language": language}).content.decode()

    assert said in text


def test_rules_replaced_before_a_week_or_before_the_lead_came_change_nothing() -> None:
    scored.excel()
    ScoringModel.objects.update(published_at=NOON - timedelta(days=300))
    republished(10, NOON - timedelta(days=8))
    assert course_of(visitor()).shifts == ()
    republished(20, NOON - timedelta(days=3))

    young = rows.lead(acquired_at=NOON - timedelta(days=2))
    for day in (2, 1):
        rows.activity(young, "site_visit", TODAY - timedelta(days=day))

    assert [(shift.version, shift.points) for shift in course_of(young).shifts] == [(None, 20)]
    assert [(shift.version, shift.points) for shift in course_of(visitor()).shifts] == [(3, 10)]


GONE = {"field": "custom.gone", "op": "known"}


@pytest.mark.parametrize(
    ("version", "drawn", "shifts"),
    [
        # The first was in force until 15 days ago, the second until 2 days ago.
        (1, [10, 20], [(3, 10)]),
        (2, [], []),
    ],
)
def test_where_an_old_version_asks_about_a_field_that_is_gone_only_the_days_since_are_drawn(
    version: int, drawn: list[int], shifts: list[tuple[int, int]]
) -> None:
    scored.excel()
    ScoringModel.objects.update(published_at=NOON - timedelta(days=300))
    republished(10, NOON - timedelta(days=15))
    republished(20, NOON - timedelta(days=2))
    Rule.objects.filter(model__number=version, key="visits").update(condition=GONE)

    found = course_of(visitor())

    assert [point.total for point in found.points] == drawn
    assert [(shift.version, shift.points) for shift in found.shifts] == shifts


def test_an_unreadable_version_hides_only_the_days_of_the_leads_that_it_may_have_scored() -> None:
    """Whoever came to a model tried before it was scored by that one."""
    worth(5, "残り")
    worth(10, "役職", TITLED)
    titled, other = visitor(110), visitor(110)
    Lead.objects.filter(pk=titled.pk).update(title="課長")
    old = scored.published([scored.rule(VISITED, 7)], name="古い", applies_to=WATCHED)
    begun, gone = NOON - timedelta(days=300), NOON - timedelta(days=5)
    ScoringModel.objects.filter(pk=old.pk).update(state="retired", published_at=begun, retired_at=gone)
    old.rules.update(condition=GONE)

    assert [point.total for point in course_of(titled).points] == [0] * 5 + [10] * 7
    assert course_of(other) == course.Course()


def test_a_score_given_by_a_version_that_no_longer_reads_is_explained_by_the_present_rules() -> None:
    scored.excel()
    lead = visitor()
    scored.score(lead)
    republished(10, NOON)
    Rule.objects.filter(model__state=ModelState.RETIRED, key="visits").update(condition=GONE)

    told = explain(lead, NOON)

    assert (told.total, told.is_stale) == (10, True)


def test_the_panel_names_the_version_that_changed_the_score(client, cast) -> None:
    scored.excel()
    ScoringModel.objects.update(published_at=NOON - timedelta(days=300))
    republished(10, NOON - timedelta(days=1))
    lead = visitor()
    client.force_login(cast.ada)

    with clock.frozen(NOON):
        text = client.get(f"/leads/{lead.pk}/score/").content.decode()

    assert "7日で+5（配点ルール第2版への変更 +5）" in text


def test_without_a_model_there_is_nothing_to_draw() -> None:
    lead = rows.lead(acquired_at=NOON - timedelta(days=30))
    assert course_of(lead) == course.Course()


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "7日で+15（資料ダウンロード +10・サイト訪問2回以上 +5）"), ("en", "+15 in 7 days: ")]
)
def test_the_lead_s_panel_draws_and_says_it(client, cast, language, said) -> None:
    scored.excel()
    lead = tanaka()
    type(lead).objects.filter(pk=lead.pk).update(acquired_at=NOON - timedelta(days=40))
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)

    with clock.frozen(NOON):
        text = client.get(f"/leads/{lead.pk}/score/", headers={"accept-language": language}).content.decode()

    assert said in text
    assert 'class="hf-course"' in text
    assert text.count('<th scope="row">') >= course.POINTS

"""The score of one lead over time, and why it changed in a week."""

from datetime import date, timedelta

import pytest

from journal import clock
from scoring.queries import course
from scoring.queries.explain import explain
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

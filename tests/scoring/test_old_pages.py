"""Saves from old pages: whose change stands in the way is said, what was typed stays, and nothing is lost in silence."""

from typing import Any

import pytest
from django.test import Client

from journal import clock
from journal.models import Event
from scoring.domain import draft_parts
from scoring.models import ScoringModel
from scoring.services import draft_rules, models
from tests.cast import NOON, Cast, organization
from tests.scoring import scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
BIG = {"field": "company.employee_count", "op": "gte", "value": 50}
FORM = {"kind": "activity", "type": "site_visit", "op": "in", "dimension": "engagement"}
NAMES = {f"{band}-{label}": "あ" for band in ("high", "middle", "low") for label in ("label_ja", "label_en")}


@pytest.fixture
def draft(cast: Cast) -> ScoringModel:
    organization()
    return scored.draft([scored.rule(VISIT, 5, key="visit"), scored.rule(BIG, 3, "fit", key="size")], line=5)


@pytest.fixture
def mia(client: Client, cast: Cast) -> Any:
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    with clock.frozen(NOON):
        yield client


def by_ada(draft: ScoringModel, cast: Cast, key: str, points: int) -> None:
    rule = {name: value for name, value in draft.rules.filter(key=key).values().get().items() if name != "id"}
    known = {name: rule[name] for name in ("dimension", "condition", "per_activity", "cap", "half_life_days")}
    draft_rules.put_rule(model=draft, key=key, rule=known | {"points": points}, by=cast.ada, at=NOON)


def points(draft: ScoringModel) -> dict[str, int]:
    return dict(draft.rules.values_list("key", "points"))


def hidden(answer: Any) -> str:
    return f'name="version" value="{answer}"'


def test_a_rule_changed_meanwhile_is_told_and_what_was_typed_stays(
    draft: ScoringModel, mia: Client, cast: Cast
) -> None:
    address = f"/scoring/{draft.pk}/rules/visit/"
    assert hidden(draft.version) in mia.get(address).content.decode()
    by_ada(draft, cast, "visit", 8)
    answer = mia.post(address, FORM | {"points": 9, "version": draft.version})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "Not saved yet: 足立 changed this rule" in said
    assert "+8 points" in said
    assert 'value="9"' in said
    assert points(draft)["visit"] == 8
    assert hidden(draft.version + 1) in said
    assert mia.post(address, FORM | {"points": 9, "version": draft.version + 1}).status_code == 302
    assert points(draft)["visit"] == 9


def test_a_fault_in_the_form_forgets_no_version(draft: ScoringModel, mia: Client, cast: Cast) -> None:
    address = f"/scoring/{draft.pk}/rules/visit/"
    by_ada(draft, cast, "visit", 8)
    said = mia.post(address, FORM | {"points": "", "version": draft.version}).content.decode()
    assert hidden(draft.version) in said
    mia.post(address, FORM | {"points": 9, "version": draft.version})
    assert points(draft)["visit"] == 8


def test_changes_of_other_rules_stand_in_nobodys_way(draft: ScoringModel, mia: Client, cast: Cast) -> None:
    by_ada(draft, cast, "size", 7)
    values = FORM | {"points": 9, "version": draft.version}
    assert mia.post(f"/scoring/{draft.pk}/rules/visit/", values).status_code == 302
    assert points(draft) == {"visit": 9, "size": 7}


def test_a_rule_removed_meanwhile_can_be_added_as_a_new_one(draft: ScoringModel, mia: Client, cast: Cast) -> None:
    draft_rules.remove_rule(model=draft, key="visit", by=cast.ada, at=NOON)
    values = FORM | {"points": 9, "version": draft.version}
    said = mia.post(f"/scoring/{draft.pk}/rules/visit/", values).content.decode()
    assert "足立 removed this rule" in said
    assert 'value="9"' in said
    assert f'action="/scoring/{draft.pk}/rules/new/"' in said
    assert points(draft) == {"size": 3}


def test_a_rule_changed_meanwhile_is_not_removed(draft: ScoringModel, mia: Client, cast: Cast) -> None:
    by_ada(draft, cast, "visit", 8)
    page = mia.post(f"/scoring/{draft.pk}/rules/visit/remove/", {"version": draft.version}, follow=True)
    assert "Not removed: 足立 changed this rule" in page.content.decode()
    assert points(draft)["visit"] == 8


def test_the_frame_changed_meanwhile_is_told_and_what_was_typed_stays(
    draft: ScoringModel, mia: Client, cast: Cast
) -> None:
    address = f"/scoring/{draft.pk}/frame/"
    assert hidden(draft.version) in mia.get(address).content.decode()
    models.patch(model=draft, values={"name": "足立の案"}, by=cast.ada, at=NOON)
    values = {"name": "三宅の案", "condition": "", "version": draft.version} | NAMES
    answer = mia.post(address, values)
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "足立 changed this" in said
    assert "“足立の案”" in said
    assert 'value="三宅の案"' in said
    assert ScoringModel.objects.get().name == "足立の案"
    assert mia.post(address, values | {"version": draft.version + 1}).status_code == 302
    assert ScoringModel.objects.get().name == "三宅の案"


@pytest.mark.parametrize(
    ("name", "values", "now"),
    [
        ("line", {"line": 7}, "it is now 7"),
        ("fit", {"caps": {"fit": 20}}, "it is now 20"),
        ("high", {"bands": scored.bands(4, 0)}, "it is now 4"),
    ],
)
def test_a_figure_changed_meanwhile_is_told_with_what_was_typed(
    draft: ScoringModel, mia: Client, cast: Cast, name: str, values: dict[str, Any], now: str
) -> None:
    assert hidden(draft.version) in mia.get(f"/scoring/{draft.pk}/").content.decode()
    models.patch(model=draft, values=values, by=cast.ada, at=NOON)
    before = ScoringModel.objects.values("line", "caps", "bands").get()
    address = f"/scoring/{draft.pk}/figures/{name}/"
    said = mia.post(address, {"figure": 9, "version": draft.version}, follow=True).content.decode()
    assert "Not saved: 足立 changed this figure" in said
    assert now in said
    assert "You entered 9" in said
    assert ScoringModel.objects.values("line", "caps", "bands").get() == before


def test_the_same_change_twice_is_no_quarrel(draft: ScoringModel, mia: Client) -> None:
    address, values = f"/scoring/{draft.pk}/rules/visit/", FORM | {"points": 9, "version": draft.version}
    assert [mia.post(address, values).status_code for _ in range(2)] == [302, 302]


def test_a_change_says_what_it_touched(draft: ScoringModel, cast: Cast) -> None:
    by_ada(draft, cast, "visit", 8)
    models.patch(model=draft, values={"line": 6, "caps": {"fit": 9}}, by=cast.ada, at=NOON)
    events = Event.objects.filter(kind="scoring_model.changed").order_by("pk")
    assert [event.data["parts"] for event in events] == [["rules.visit"], ["caps.fit", "line"]]


def test_a_change_of_which_nobody_noted_the_parts_stands_in_everybodys_way(draft: ScoringModel, mia: Client) -> None:
    """As those from before parts were noted."""
    ScoringModel.objects.update(version=draft.version + 1)
    Event.objects.create(
        kind="scoring_model.changed", at=NOON, subject_type=draft._meta.label_lower, subject_id=draft.pk, data={}
    )
    answer = mia.post(f"/scoring/{draft.pk}/rules/visit/", FORM | {"points": 9, "version": draft.version})
    assert "Someone else changed this rule" in answer.content.decode()


def test_labels_and_beginnings_of_bands_are_parts_of_their_own() -> None:
    old = {"bands": scored.bands(9, 4)}
    assert draft_parts.changed(old, {"bands": scored.bands(8, 4)}) == ["bands.high"]
    named = [old["bands"][0] | {"label_en": "Now"}, *old["bands"][1:]]
    assert draft_parts.changed(old, {"bands": named}) == ["names"]


@pytest.mark.parametrize(
    ("page", "values", "typed"),
    [
        ("frame/", {"name": "三宅の案", "condition": ""} | NAMES, "三宅の案"),
        ("rules/visit/", FORM | {"points": 77}, "77"),
    ],
)
def test_what_was_typed_stays_where_the_draft_was_published_meanwhile(
    draft: ScoringModel, mia: Client, cast: Cast, page: str, values: dict[str, Any], typed: str
) -> None:
    address = f"/scoring/{draft.pk}/{page}"
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    answer = mia.post(address, values | {"version": draft.version})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "Only a draft can be changed." in said
    assert f'value="{typed}"' in said
    assert mia.get(address).headers["Location"] == f"/scoring/{draft.pk}/"


# -- pressed twice -----------------------------------------------------------------------------------


def test_who_presses_twice_to_add_a_rule_adds_one(draft: ScoringModel, mia: Client) -> None:
    values = FORM | {"contains": "料金", "points": 9, "version": draft.version}
    assert [mia.post(f"/scoring/{draft.pk}/rules/new/", values).status_code for _ in range(2)] == [302, 302]
    assert draft.rules.count() == 3


def test_who_comes_second_to_edit_the_rules_finds_the_draft_there_is(mia: Client, cast: Cast) -> None:
    first = scored.published([scored.rule(VISIT, 5)], line=5)
    addresses = [mia.post(f"/scoring/{first.pk}/copy/").headers["Location"] for _ in range(2)]
    draft = ScoringModel.objects.get(state="draft")
    assert addresses == [f"/scoring/{draft.pk}/"] * 2


@pytest.mark.parametrize(
    ("language", "said", "line"),
    [
        ("en", "足立 started this draft on Fri 20 Nov 12:30.", "started today by 足立 洋子, saved today 12:30"),
        ("ja", "11/20(金) 12:30に足立さんが作り始めた下書きです。", "足立 洋子さんが作成（今日）・今日 12:30に保存"),
    ],
)
def test_who_comes_second_is_told_whose_draft_it_is(
    mia: Client, cast: Cast, language: str, said: str, line: str
) -> None:
    organization()
    mia.cookies["handoff_language"] = language
    first = scored.published([scored.rule(VISIT, 5)], line=5)
    models.continued(model=first, by=cast.ada, at=NOON)
    page = mia.post(f"/scoring/{first.pk}/copy/", follow=True).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert said in page
    assert line in page


def test_who_goes_on_with_a_draft_of_their_own_is_told_nothing(mia: Client, cast: Cast) -> None:
    first = scored.published([scored.rule(VISIT, 5)], line=5)
    for _time in range(2):
        assert "started this draft" not in mia.post(f"/scoring/{first.pk}/copy/", follow=True).content.decode()
    assert ScoringModel.objects.get(state="draft").created_by == cast.mia


def test_who_presses_twice_to_start_finds_one_draft(mia: Client) -> None:
    organization()
    assert len({mia.post("/scoring/start/").headers["Location"] for _ in range(2)}) == 1
    assert ScoringModel.objects.count() == 1


# -- where a new rule begins -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "dimension"),
    [
        ({"kind": "field", "field": "company.industry", "op": "in", "value": "製造業"}, "fit"),
        ({"kind": "field", "field": "seniority", "op": "known"}, "authority"),
        ({"kind": "activity", "type": "webinar_attended"}, "engagement"),
        ({"kind": "activity", "type": "demo_request"}, "intent"),
        ({"kind": "inactive", "days": 30}, "engagement"),
        (
            {"kind": "built", "condition": '{"all": [{"activity": {"types": []}}, {"field": "phone", "op": "known"}]}'},
            "fit",
        ),
    ],
)
def test_a_new_rule_begins_in_the_dimension_of_what_it_asks_about(
    draft: ScoringModel, mia: Client, values: dict[str, Any], dimension: str
) -> None:
    before = set(draft.rules.values_list("key", flat=True))
    answer = mia.post(f"/scoring/{draft.pk}/rules/new/", {"op": "in", "points": 4, "dimension": ""} | values)
    assert answer.status_code == 302
    assert draft.rules.exclude(key__in=before).get().dimension == dimension


@pytest.mark.parametrize(
    ("condition", "dimension"),
    [
        ('{"all": [{"inactive": {"days": 30}}, {"activity": {"types": ["demo_request"]}}]}', "engagement"),
        ('{"some": {"at_least": 1, "of": [{"activity": {}}, {"not": {"field": "seniority"}}]}}', "authority"),
        ('{"any": [{"field": ""}, {"activity": {"types": ["demo_request"]}}]}', "intent"),
        ('{"activity": {"types": "demo_request"}}', "engagement"),
        ('{"activity": 5}', "engagement"),
        ("", "engagement"),
        ("{", "engagement"),
        ("[" * 900 + "]" * 900, "engagement"),
    ],
)
def test_the_page_hears_where_a_rule_begins_while_its_condition_is_put_together(
    mia: Client, condition: str, dimension: str
) -> None:
    answer = mia.post("/scoring/dimension/", {"condition": condition})
    assert (answer.status_code, answer.json()) == (200, {"dimension": dimension})


def test_a_chosen_dimension_stays(draft: ScoringModel, mia: Client) -> None:
    values = {"kind": "field", "field": "company.industry", "op": "known", "points": 4, "dimension": "intent"}
    mia.post(f"/scoring/{draft.pk}/rules/new/", values)
    assert draft.rules.get(points=4).dimension == "intent"

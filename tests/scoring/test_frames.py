"""What stands around the rules: what bands are called, and several models each for its own leads."""

import json
from typing import Any

import pytest

from leads.models import LeadScore
from scoring.domain import presets
from scoring.models import ScoringModel
from scoring.queries.explain import explain
from scoring.services import draft_rules, models
from tests.cast import NOON, Cast
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
DEMO = {"activity": {"types": ["demo_request"]}}
FOOD = {"field": "company.industry", "op": "eq", "value": "食品"}
NAMES = {
    "name": "食品の配点",
    "high-label_ja": "本日中に電話",
    "high-label_en": "Call today",
    "middle-label_ja": "週内に連絡",
    "middle-label_en": "Contact this week",
    "low-label_ja": "見守る",
    "low-label_en": "Watch",
}


@pytest.fixture
def draft(cast: Cast) -> ScoringModel:
    first = scored.published([scored.rule(VISIT, 9, key="visit")], bands=scored.bands(9, 4))
    return models.copy(model=first, changes={}, by=cast.ada, at=NOON)


def written(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False)


def test_ar_08_bands_and_what_they_are_called_can_be_changed(draft: ScoringModel, client: Any, cast: Cast) -> None:
    client.force_login(cast.ada)
    address = f"/scoring/{draft.pk}/frame/"
    assert address in client.get(f"/scoring/{draft.pk}/").content.decode()

    answer = client.post(address, NAMES)
    client.post(f"/scoring/{draft.pk}/figures/high/", {"figure": "8"})
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    lead = rows.lead()
    rows.activity(lead, "site_visit")
    scored.score(lead)
    page = client.get(f"/leads/{lead.pk}/score/").content.decode()

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.name == "食品の配点"
    assert [(band["from"], band["label_ja"], band["label_en"]) for band in draft.bands] == [
        (8, "本日中に電話", "Call today"),
        (4, "週内に連絡", "Contact this week"),
        (None, "見守る", "Watch"),
    ]
    assert "本日中に電話" in page


def test_a_draft_under_another_name_is_counted_among_the_versions_of_that_name(
    draft: ScoringModel, client: Any, cast: Cast
) -> None:
    models.create(values={"name": NAMES["name"], "line": 5, "bands": scored.bands(5, 2)}, by=cast.ada, at=NOON)
    assert draft.number == 2
    client.force_login(cast.ada)

    client.post(f"/scoring/{draft.pk}/frame/", NAMES | {"name": "新しい名"})
    draft.refresh_from_db()
    alone = draft.number
    for _ in range(2):
        client.post(f"/scoring/{draft.pk}/frame/", NAMES)
    draft.refresh_from_db()

    assert (alone, draft.name, draft.number) == (1, NAMES["name"], 2)


def test_a_shipped_name_is_read_in_both_languages_and_kept_as_it_is_stored(client: Any, cast: Cast) -> None:
    draft = models.create(values=presets.excel_starter(["食品"]), by=cast.ada, at=NOON)
    stored = draft.name
    client.force_login(cast.ada)
    client.cookies["handoff_language"] = "en"

    shown = client.get(f"/scoring/{draft.pk}/frame/").content.decode()
    client.post(f"/scoring/{draft.pk}/frame/", NAMES | {"name": "Excel starter"})

    draft.refresh_from_db()
    assert 'value="Excel starter"' in shown
    assert (draft.name, draft.bands[0]["label_en"]) == (stored, "Call today")
    assert stored != "Excel starter"


def test_ar_11_each_line_of_business_has_its_own_published_points(draft: ScoringModel, client: Any, cast: Cast) -> None:
    client.force_login(cast.ada)
    food = models.create(values={"name": "食品", "line": 5, "bands": scored.bands(5, 2)}, by=cast.ada, at=NOON)
    draft_rules.put_rule(model=food, rule=scored.rule(DEMO, 7), by=cast.ada, at=NOON)

    answer = client.post(f"/scoring/{food.pk}/frame/", NAMES | {"condition": written(FOOD)})
    food.refresh_from_db()
    models.publish(model=food, why="食品は見積もりが早い", by=cast.ada, at=NOON)

    assert answer.status_code == 302
    assert food.applies_to == FOOD
    assert set(ScoringModel.objects.filter(state="published").values_list("pk", flat=True)) == {
        food.pk,
        draft.copied_from_id,
    }
    baker, maker = rows.lead(company_fields={"industry": "食品"}), rows.lead()
    for lead in (baker, maker):
        rows.activity(lead, "site_visit")
        rows.activity(lead, "demo_request")
        scored.score(lead)
    totals = dict(LeadScore.objects.values_list("lead", "total"))
    assert totals == {baker.pk: 7, maker.pk: 9}
    assert explain(baker, NOON).model.id == food.pk
    assert explain(maker, NOON).model.id == draft.copied_from_id
    page = client.get(f"/scoring/{food.pk}/").content.decode()
    assert "次の条件のリードだけを採点します：業種が食品。" in page
    assert "ほかのルールが採点しないリードを、すべて採点します" in client.get(f"/scoring/{draft.pk}/").content.decode()


def test_the_figures_of_one_of_several_say_which_leads_they_are_about(
    draft: ScoringModel, client: Any, cast: Cast
) -> None:
    client.force_login(cast.ada)
    values = {"name": "食品", "line": 5, "bands": scored.bands(5, 2), "applies_to": FOOD}
    food = models.create(values=values | {"rules": [scored.rule(DEMO, 7)]}, by=cast.ada, at=NOON)
    leads = [rows.lead(company_fields={"industry": "食品"}), rows.lead(), rows.lead()]
    for lead in leads:
        rows.activity(lead, "demo_request")

    before = client.get(f"/scoring/{food.pk}/?effect=1").content.decode()
    models.publish(model=food, why="x", by=cast.ada, at=NOON)
    for lead in leads:
        scored.score(lead)
    of_food = client.get(f"/scoring/{food.pk}/?effect=1")
    of_rest = client.get(f"/scoring/{draft.copied_from_id}/?effect=1")

    assert "すべてのリードで数えています。このルールが採点するのは次の条件のリードだけです：業種が食品" in before
    assert "次の条件のリードだけの数字です：業種が食品" in of_food.content.decode()
    assert "ほかのルールが採点しないリードだけの数字です" in of_rest.content.decode()
    counted = [answer.context["effect"] for answer in (of_food, of_rest)]
    assert [effect.leads for effect in counted] == [1, 2]
    assert [effect.before["high"] for effect in counted] == [1, 0]
    assert [effect.reaching_before for effect in counted] == [1, 0]


def test_a_wrong_condition_or_an_empty_name_is_told_and_nothing_is_kept(
    draft: ScoringModel, client: Any, cast: Cast
) -> None:
    client.force_login(cast.ada)
    wrong = {"condition": written({"field": "score", "op": "gte", "value": 1}), "high-label_ja": "", "name": "別名"}
    answer = client.post(f"/scoring/{draft.pk}/frame/", NAMES | wrong)
    assert answer.status_code == 400
    assert "別名" in answer.content.decode(), "what was typed stays"
    draft.refresh_from_db()
    assert draft.name != "別名"


def test_what_is_published_and_who_may_not_draft_are_left_alone(draft: ScoringModel, client: Any, cast: Cast) -> None:
    client.force_login(cast.sato)
    assert client.post(f"/scoring/{draft.pk}/frame/", NAMES).status_code == 403
    client.force_login(cast.ada)
    answer = client.post(f"/scoring/{draft.copied_from_id}/frame/", NAMES)
    assert answer.status_code == 400
    assert NAMES["name"] in answer.content.decode(), "what was typed stays"
    assert not ScoringModel.objects.filter(name=NAMES["name"]).exists()

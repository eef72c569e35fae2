"""A save that changes nothing is no change: the version stays, and with it what was agreed to and asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journal import clock
from journal.models import Event
from scoring.domain import draft_parts
from scoring.models import ScoringModel
from scoring.services import draft_rules, models, requests
from tests.cast import NOON, Cast, organization
from tests.scoring import scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
BIG = {"field": "company.employee_count", "op": "gte", "value": 50}
LATER = NOON.replace(hour=13)
NAMES = {f"{band['band']}-{label}": band[label] for band in scored.bands(5, 2) for label in ("label_ja", "label_en")}


@pytest.fixture
def draft(cast: Cast) -> ScoringModel:
    organization(publishing_needs_agreement=True)
    rules = [scored.rule(VISIT, 5, key="visit"), scored.rule(BIG, 3, "fit", key="size")]
    made = scored.draft(rules, line=5, bands=scored.bands(5, 2), why="秋の見直し")
    for side in ("marketing", "sales"):
        models.agree(model=made, side=side, by=cast.maki, at=NOON)
    requests.ask(model=made, note="", by=cast.mia, at=NOON)
    return made


def untouched(draft: ScoringModel) -> bool:
    """Whether the draft is as it was made, agreed to and asked for."""
    now = ScoringModel.objects.get(pk=draft.pk)
    is_asked = now.requests.filter(version=now.version).exists()
    is_told = Event.objects.filter(kind="scoring_model.changed").exists()
    is_same = (now.version, now.updated_at) == (draft.version, NOON)
    return is_same and is_asked and not is_told and len(models.agreed_sides(now)) == 2


def whole(draft: ScoringModel) -> dict[str, Any]:
    """All that can be changed, as it stands."""
    names = ("name", "line", "bands", "caps", "applies_to", "why")
    return {name: getattr(draft, name) for name in names} | {"rules": models.rule_values(draft)}


@pytest.mark.parametrize(
    "save",
    [
        lambda draft, given: draft_rules.remove_rule(model=draft, key="gone", **given),
        lambda draft, given: draft_rules.put_rule(model=draft, rule=scored.rule(VISIT, 5), **given),
        lambda draft, given: draft_rules.put_rule(model=draft, key="visit", rule=scored.rule(VISIT, 5), **given),
        lambda draft, given: draft_rules.add_rules(model=draft, rules=[scored.rule(VISIT, 5)], **given),
        lambda draft, given: models.patch(model=draft, values=whole(draft), version=draft.version, **given),
        lambda draft, given: models.patch(model=draft, values={}, **given),
    ],
    ids=["rule gone already", "rule there already", "rule as it was", "rule suggested again", "all of it", "nothing"],
)
def test_what_is_there_already_changes_nothing(draft: ScoringModel, cast: Cast, save: Callable[..., Any]) -> None:
    fresh = save(draft, {"by": cast.mia, "at": LATER})
    assert (fresh.version, len(fresh.rules.all())) == (draft.version, 2)
    assert untouched(draft)


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("figures/line/", {"figure": 5}),
        ("figures/high/", {"figure": 5}),
        ("figures/fit/", {"figure": ""}),
        ("rules/gone/remove/", {}),
        ("frame/", {"name": "モデル", "condition": ""} | NAMES),
    ],
)
def test_a_page_saved_as_it_was_changes_nothing(
    draft: ScoringModel, client: Client, cast: Cast, page: str, values: dict[str, Any]
) -> None:
    client.force_login(cast.mia)
    with clock.frozen(LATER):
        answer = client.post(f"/scoring/{draft.pk}/{page}", values | {"version": draft.version})
    assert answer.status_code == 302
    assert untouched(draft)


def test_a_reworded_reason_among_all_that_is_there_leaves_what_was_agreed_to(draft: ScoringModel, cast: Cast) -> None:
    fresh = models.patch(model=draft, values=whole(draft) | {"why": "冬の見直し"}, by=cast.mia, at=LATER)
    assert (fresh.version, fresh.why) == (draft.version + 1, "冬の見直し")
    assert models.agreed_sides(fresh) == {"marketing", "sales"}
    assert fresh.requests.filter(version=fresh.version).exists()


def test_rules_in_another_order_are_a_change(draft: ScoringModel, cast: Cast) -> None:
    turned = models.rule_values(draft)[::-1]
    assert draft_parts.changed(whole(draft), {"rules": turned}) == ["order"]
    fresh = models.patch(model=draft, values={"rules": turned}, by=cast.mia, at=LATER)
    assert fresh.version == draft.version + 1
    assert [rule["key"] for rule in models.rule_values(fresh)] == ["size", "visit"]


def test_the_api_answers_the_same_etag_and_still_refuses_an_old_one(draft: ScoringModel, cast: Cast) -> None:
    api, address = APIClient(), f"/api/v1/scoring-models/{draft.pk}/"
    api.force_authenticate(cast.ada)
    tag = api.get(address)["ETag"]
    with clock.frozen(LATER):
        same = api.patch(address, {"line": 5}, format="json", headers={"If-Match": tag})
        assert (same.status_code, same["ETag"]) == (200, tag)
        assert untouched(draft)
        changed = api.patch(address, {"line": 4}, format="json", headers={"If-Match": tag})
        assert changed["ETag"] != tag
        assert api.patch(address, {"line": 4}, format="json", headers={"If-Match": tag}).status_code == 412


def test_what_was_read_long_ago_is_refused_even_where_nothing_would_change(draft: ScoringModel, cast: Cast) -> None:
    models.patch(model=draft, values={"line": 4}, by=cast.ada, at=NOON)
    with pytest.raises(models.ChangedMeanwhile):
        models.patch(model=draft, values={"line": 4}, by=cast.mia, at=LATER, version=draft.version)


def test_what_is_in_force_is_refused_even_where_nothing_would_change(draft: ScoringModel, cast: Cast) -> None:
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    with pytest.raises(models.NotADraft):
        models.patch(model=draft, values={"line": 5}, by=cast.mia, at=LATER)


def test_a_rule_that_goes_while_its_removal_is_refused_is_gone_as_wished(
    draft: ScoringModel, client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = draft_rules.remove_rule

    def refuse_then_go(**given: Any) -> ScoringModel:
        try:
            return remove(**given)
        finally:
            remove(model=draft, key="visit", by=cast.ada, at=NOON)

    draft_rules.put_rule(model=draft, key="visit", rule=scored.rule(VISIT, 8), by=cast.ada, at=NOON)
    monkeypatch.setattr(draft_rules, "remove_rule", refuse_then_go)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    with clock.frozen(LATER):
        page = client.post(f"/scoring/{draft.pk}/rules/visit/remove/", {"version": draft.version}, follow=True)
    assert page.status_code == 200
    assert "removed" not in page.content.decode()
    assert set(draft.rules.values_list("key", flat=True)) == {"size"}

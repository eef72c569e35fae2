"""A rule about a number that a field can never have: refused when it is given, no obstacle where a draft has it."""

from typing import Any

import pytest

from scoring.models import ScoringModel
from scoring.services import draft_rules, models
from scoring.services.draft_values import InvalidModel
from tests.cast import NOON, Cast
from tests.scoring import scored

pytestmark = pytest.mark.django_db
NONSENSE = {"field": "company.employee_count", "op": "gte", "value": -5}
SIZED = {"field": "company.employee_count", "op": "gte", "value": 50}


@pytest.fixture
def stored(cast: Cast) -> ScoringModel:
    """A draft from before such numbers were refused."""
    del cast
    draft = scored.draft([scored.rule(SIZED, 5, dimension="fit"), scored.rule({"field": "title", "op": "known"}, 5)])
    for key in draft.rules.values_list("key", flat=True):
        draft.rules.filter(key=key).update(condition=NONSENSE | {"value": -len(key)})
    return draft


@pytest.mark.parametrize("part", ["rules", "applies_to"])
def test_it_is_refused_with_its_place(part: str) -> None:
    values: dict[str, Any] = {"applies_to": NONSENSE} if part == "applies_to" else {"rules": [scored.rule(NONSENSE)]}
    draft = scored.draft()
    for give in (
        lambda: models.create(values={"name": "x"} | values, by=None, at=NOON),
        lambda: models.patch(model=draft, values=values, by=None, at=NOON),
        lambda: models.copy(model=draft, changes=values, by=None, at=NOON),
    ):
        with pytest.raises(InvalidModel) as refused:
            give()
        place = "applies_to.value" if part == "applies_to" else "rules[0].condition.value"
        assert [fault.field for fault in refused.value.errors] == [place]


def test_one_of_several_that_a_draft_has_can_be_mended_alone(stored: ScoringModel) -> None:
    first, second = stored.rules.order_by("position")
    draft_rules.put_rule(model=stored, key=first.key, rule=scored.rule(SIZED, 7), by=None, at=NOON)
    draft_rules.put_rule(model=stored, key=second.key, rule=scored.rule(second.condition, 9), by=None, at=NOON)

    assert [(rule.condition, rule.points) for rule in stored.rules.order_by("position")] == [
        (SIZED, 7),
        (second.condition, 9),
    ]
    assert models.copy(model=stored, by=None, at=NOON).rules.count() == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "「従業員数」が0未満になることはありません。"), ("en", "“Company size” is never below 0.")],
)
def test_the_form_of_a_rule_says_so(client: Any, cast: Cast, language: str, said: str) -> None:
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)
    draft = scored.draft()
    rule = {"kind": "field", "field": "company.employee_count", "op": "gte", "value": "-5", "points": 4}
    answer = client.post(f"/scoring/{draft.pk}/rules/new/", rule | {"version": draft.version, "dimension": "fit"})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not draft.rules.exists()

"""Faulty conditions are refused with every faulty spot named."""

from typing import Any

import pytest

from leads.domain import condition_fields
from leads.domain.condition_fields import Registry
from leads.domain.condition_parser import parse
from leads.domain.conditions import ALWAYS, InvalidCondition

REGISTRY = Registry({field.name: field for field in condition_fields.STANDARD}, {"site_visit": "訪問"})


def faults(tree: Any, **more: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidCondition) as caught:
        parse(tree, registry=REGISTRY, **more)
    return {(error.field, error.code) for error in caught.value.errors}


TITLE = {"field": "title", "op": "eq", "value": "部長"}


@pytest.mark.parametrize(
    ("tree", "spot", "code"),
    [
        (5, "", "not_an_object"),
        ({"all": {}}, "all", "not_a_list"),
        ({"any": []}, "any", "not_a_list"),
        ({"all": [TITLE], "any": [TITLE]}, "", "unclear"),
        ({"regex": "x"}, "regex", "unknown_kind"),
        ({"all": [TITLE, {"not": {"field": "nope", "op": "eq", "value": 1}}]}, "all[1].not.field", "unknown_field"),
        ({"field": ["title"], "op": "eq", "value": 1}, "field", "unknown_field"),
        ({"field": "title", "op": "regex", "value": "x"}, "op", "unknown_operator"),
        ({"field": "title", "op": "gte", "value": "x"}, "op", "unknown_operator"),
        ({"field": "title", "op": "eq", "value": ""}, "value", "not_a_text"),
        ({"field": "title", "op": "eq", "value": "a\x00"}, "value", "not_storable"),
        ({"field": "title", "op": "eq", "value": "\ud800"}, "value", "not_storable"),
        ({"\ud800": []}, "", "not_storable"),
        ({"field": "title", "op": "eq", "value": "x", "\ud800": 1}, "", "not_storable"),
        ({"activity": {"types": ["site_visit"], "a\x00": 1}}, "activity", "not_storable"),
        ({"field": "title", "op": "eq", "value": "x", "extra": 1}, "extra", "unknown_key"),
        ({"field": "title", "op": "in", "value": "x"}, "value", "not_a_list"),
        ({"field": "title", "op": "in", "value": ["x", 3]}, "value[1]", "not_a_text"),
        ({"field": "title", "op": "in", "value": ["x"] * 201}, "value", "not_a_list"),
        ({"field": "seniority", "op": "gte", "value": "boss"}, "value", "unknown_choice"),
        ({"field": "opted_out", "op": "eq", "value": 1}, "value", "not_yes_no"),
        ({"field": "acquired_at", "op": "gte", "value": "2026-13-01"}, "value", "not_a_date"),
        ({"field": "company.employee_count", "op": "gte", "value": True}, "value", "not_a_number"),
        ({"field": "company.employee_count", "op": "gte", "value": 1e999}, "value", "not_a_number"),
        ({"field": "company.employee_count", "op": "between", "value": [50]}, "value", "not_a_pair"),
        ({"field": "company.employee_count", "op": "between", "value": [300, 50]}, "value", "wrong_order"),
        ({"activity": {"types": ["fax"]}}, "activity.types[0]", "unknown_type"),
        ({"activity": {"types": "site_visit"}}, "activity.types", "not_a_list"),
        ({"activity": {"within_days": 0}}, "activity.within_days", "out_of_range"),
        ({"activity": {"at_least": True}}, "activity.at_least", "out_of_range"),
        ({"activity": {"distinct": "hour"}}, "activity.distinct", "unknown_choice"),
        ({"activity": {"distinct": []}}, "activity.distinct", "unknown_choice"),
        ({"activity": {"measure": "duration_seconds"}}, "activity.at_least_total", "incomplete"),
        ({"activity": {"window": 3}}, "activity.window", "unknown_key"),
        ({"activity": {"content": {"pattern": "x"}}}, "activity.content", "unknown_key"),
        ({"inactive": {"types": []}}, "inactive", "unclear"),
        ({"some": {"at_least": 3, "of": [TITLE, TITLE]}}, "some.at_least", "out_of_range"),
    ],
)
def test_a_fault_is_named_with_its_spot(tree: Any, spot: str, code: str) -> None:
    assert (spot, code) in faults(tree)


def test_every_fault_is_named_at_once_under_the_given_path() -> None:
    tree = {"all": [{"field": "nope", "op": "eq", "value": 1}, {"activity": {"types": ["fax"]}}]}
    assert faults(tree, path="rules[2].condition") == {
        ("rules[2].condition.all[0].field", "unknown_field"),
        ("rules[2].condition.all[1].activity.types[0]", "unknown_type"),
    }


def test_size_and_depth_are_limited() -> None:
    deep: Any = TITLE
    for _ in range(7):
        deep = {"not": deep}
    parse(deep, registry=REGISTRY)
    assert ("not." * 8).rstrip(".") in {spot for spot, code in faults({"not": deep}) if code == "too_deep"}
    parse({"all": [TITLE] * 199}, registry=REGISTRY)
    assert {code for _, code in faults({"all": [TITLE] * 200})} == {"too_large"}
    bomb: Any = TITLE
    for _ in range(10_000):
        bomb = {"not": bomb}
    assert {code for _, code in faults(bomb)} == {"too_deep"}


@pytest.mark.parametrize("name", ["stage", "score", "band", "last_activity_at"])
def test_a_scoring_rule_cannot_depend_on_what_scores_bring_about(name: str) -> None:
    assert faults({"field": name, "op": "known"}, scoring=True) == {("field", "not_in_scoring")}
    parse({"field": name, "op": "known"}, registry=REGISTRY)


def test_an_empty_condition_always_holds() -> None:
    assert parse(None, registry=REGISTRY) == parse({}, registry=REGISTRY) == ALWAYS

"""A number that a field can never have is refused where somebody gives it, and still reads where it is stored."""

import json
from typing import Any

import pytest

from leads.domain.conditions import InvalidCondition
from leads.models import Segment
from leads.queries import conditions
from tests.cast import NOON

pytestmark = pytest.mark.django_db
EMPLOYEES, TEMPERATURE = "company.employee_count", "qualification.temperature"
NONSENSE = {"field": EMPLOYEES, "op": "gte", "value": -5}
SAID = {"ja": "「従業員数」が0未満になることはありません。", "en": "“Company size” is never below 0."}


@pytest.mark.parametrize(
    ("field", "op", "value", "spot"),
    [
        (EMPLOYEES, "gte", -5, "value"),
        (EMPLOYEES, "lte", -1, "value"),
        (EMPLOYEES, "eq", -1, "value"),
        (EMPLOYEES, "between", [-5, 30], "value[0]"),
        (TEMPERATURE, "in", [1, -1], "value[1]"),
        (TEMPERATURE, "gte", -1, "value"),
    ],
)
def test_a_number_that_a_field_never_has_is_refused_only_when_it_is_given(
    field: str, op: str, value: Any, spot: str
) -> None:
    tree = {"field": field, "op": op, "value": value}
    with pytest.raises(InvalidCondition) as refused:
        conditions.read({"all": [tree]}, entered=True)
    assert [(fault.field, fault.code) for fault in refused.value.errors] == [(f"all[0].{spot}", "out_of_range")]
    assert conditions.said(tree)


def test_nought_and_what_may_be_negative_are_taken() -> None:
    for field, value in ((EMPLOYEES, 0), (TEMPERATURE, 0), ("score", -5)):
        conditions.read({"field": field, "op": "gte", "value": value}, entered=True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_and_the_api_say_so_in_both_languages(client: Any, cast: Any, language: str) -> None:
    cast.mia.language = language
    cast.mia.save()
    client.force_login(cast.mia)
    shown = {"headers": {"accept-language": language}}

    page = client.post("/leads/condition/", {"condition": json.dumps(NONSENSE)}, **shown)
    typed = client.post("/leads/condition/say/", {"condition": json.dumps(NONSENSE)}, **shown).json()
    values = {"name": "全部", "condition": NONSENSE}
    api = client.post("/api/v1/segments/", values, content_type="application/json", **shown)

    assert (page.status_code, api.status_code) == (400, 400)
    assert f"value: {SAID[language]}" in page.content.decode()
    assert typed["faults"] == [{"at": "value", "say": SAID[language]}]
    assert (api.json()["errors"][0]["field"], api.json()["errors"][0]["message"]) == ("condition.value", SAID[language])
    assert not Segment.objects.exists()


def test_a_stored_list_with_such_a_number_still_opens(client: Any, cast: Any, lead: Any) -> None:
    Segment.objects.create(name="全部", owner=cast.mia, condition=NONSENSE, created_at=NOON, updated_at=NOON)
    client.force_login(cast.mia)
    assert client.get(f"/leads/?segment={Segment.objects.get().pk}").status_code == 200

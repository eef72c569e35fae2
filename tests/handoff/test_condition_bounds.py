"""The conditions of the settings: a number that a field can never have is refused when it is given."""

from collections.abc import Callable
from typing import Any

import pytest

from handoff.services import gate_settings, handoff_rules, routing_rules
from journal.errors import Invalid
from tests.cast import NOON, Cast

pytestmark = pytest.mark.django_db
NONSENSE = {"field": "company.employee_count", "op": "lte", "value": -1}


def gate(cast: Cast) -> Any:
    return gate_settings.change(kind="sql", mode="warn", condition=NONSENSE, required=[], by=cast.ada, at=NOON)


def route(cast: Cast) -> Any:
    return routing_rules.keep(
        rule=None, leg="marketing_to_field", name="大手", condition=NONSENSE, to=cast.field, by=cast.ada, at=NOON
    )


def handing_over(cast: Cast) -> Any:
    values = {"name": "規則", "is_on": False, "giver": "marketing", "when": NONSENSE, "told_by": ["in_app"], "to": None}
    return handoff_rules.keep(rule=None, **values, by=cast.ada, at=NOON)


@pytest.mark.parametrize(
    ("give", "spot"), [(gate, "condition.value"), (route, "condition.value"), (handing_over, "when.value")]
)
def test_a_gate_a_route_and_a_rule_refuse_it(cast: Cast, give: Callable[[Cast], Any], spot: str) -> None:
    with pytest.raises(Invalid) as refused:
        give(cast)
    assert (spot, "out_of_range") in [(fault.field, fault.code) for fault in refused.value.errors]

"""Changes what a gate asks for and what it does; leads that a looser MQL gate lets in are found by a recalculation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.domain.questions import ITEMS
from handoff.models import Gate
from journal import services as journal
from journal.errors import DomainError, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.domain.conditions import InvalidCondition
from leads.queries import conditions
from scoring.services import recompute

FIELDS = ("mode", "condition", "required")


class BadGate(Invalid):
    code = "bad_gate"
    message = _("The criteria were not saved.")


class StaleGate(DomainError):
    """Somebody changed the gate after the caller had read it; `gate` is as it stands now."""

    code = "stale"
    status = 412
    message = _("Someone else has changed this. Reload it, then repeat your change.")

    def __init__(self, gate: Gate):
        super().__init__()
        self.gate = gate


@retried
def change(
    *,
    kind: str,
    mode: str,
    condition: Mapping[str, Any] | None,
    required: Sequence[Mapping[str, Any]],
    by: User | None,
    at: datetime,
    expected_version: int | None = None,
) -> Gate:
    """Sets one gate as a whole; `required` as the model has it. Raises BadGate, Forbidden.

    `expected_version` is the version the caller had read: StaleGate where it is no longer the present one, unless the
    gate already is what it shall be. Without it the last write wins.
    """
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change the handoff criteria."))
    _check(kind, mode, condition, required)
    one_at_a_time("gates")
    gate = Gate.objects.select_for_update().filter(kind=kind).first() or Gate(kind=kind, mode=Gate.Mode.OFF, version=0)
    found = gate.version
    old, asked = _values(gate), _asked(gate)
    gate.mode, gate.condition = mode, condition or None
    gate.required = _in_their_order(gate.required, required)
    if gate.pk and _values(gate) == old:
        return gate
    if expected_version is not None and expected_version != found:
        raise StaleGate(Gate.objects.filter(kind=kind).first() or Gate(kind=kind, mode=Gate.Mode.OFF, version=0))
    gate.version = found + 1
    gate.save()
    journal.record("gate.changed", subject=gate, by=by, at=at, data={"kind": kind}, old=old, new=_values(gate))
    if kind == Gate.Kind.MQL and _asked(gate) != asked:
        # Eligible is a level: whoever is over the line and held now is found, and waits for one decision.
        recompute.begin(by=by, at=at, reason="recompute")
    return gate


def _values(gate: Gate) -> dict[str, Any]:
    return {name: getattr(gate, name) for name in FIELDS}


def _asked(gate: Gate) -> Any:
    """The condition that eligible asks for; none of a gate that is off."""
    return None if gate.mode == Gate.Mode.OFF else gate.condition


def _in_their_order(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What stays keeps its place, for the questions are asked in this order; what is new follows."""
    kept = [entry for entry in old if entry in new]
    return [*kept, *(entry for entry in new if entry not in kept)]


def _check(kind: str, mode: str, condition: object, required: Sequence[Mapping[str, Any]]) -> None:
    errors: list[FieldError] = []
    if kind not in Gate.Kind.values:
        errors.append(FieldError("kind", "invalid", _("There is no such gate.")))
    if mode not in Gate.Mode.values:
        errors.append(FieldError("mode", "invalid", _("Choose what happens when it is not met.")))
    try:
        conditions.read(condition or {}, entered=True, path="condition")
    except InvalidCondition as error:
        errors.extend(error.errors)
    for number, entry in enumerate(required):
        fault = _fault(entry)
        if fault:
            errors.append(FieldError(f"required[{number}]", *fault))
    if len(required) != len({str(entry) for entry in required}):
        errors.append(FieldError("required", "duplicate", _("The same items are asked for twice.")))
    if errors:
        raise BadGate(errors=errors)


def _fault(entry: Mapping[str, Any]) -> tuple[str, Any] | None:
    """What is wrong with one entry, as a code and a sentence."""
    if set(entry) == {"item"}:
        return None if entry["item"] in ITEMS else ("unknown_item", _("There is no such item."))
    of, at_least = entry.get("of"), entry.get("at_least")
    if set(entry) != {"of", "at_least"} or not isinstance(of, list) or not all(name in ITEMS for name in of):
        return "unknown_item", _("There is no such item.")
    if len(set(of)) < 2 or len(set(of)) != len(of):
        return "too_few", _("A group needs at least two items. Require a single item on its own.")
    if isinstance(at_least, bool) or not isinstance(at_least, int) or not 1 <= at_least <= len(of):
        text = _("Enter how many of the %(number)d chosen items must be known: 1 to %(number)d.")
        return "out_of_range", text % {"number": len(of)}
    return None

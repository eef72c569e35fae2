"""What the gate before a lead's next handover asks of each viewpoint, and whether the lead meets it (AR-27)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from accounts.queries import organization
from handoff.domain import questions
from handoff.domain.choices import Leg
from handoff.domain.questions import ITEMS
from handoff.models import Gate
from handoff.queries import gates, legs
from leads.domain import condition_reading, condition_sentence
from leads.domain import conditions as c
from leads.domain.choices import Stage
from leads.domain.condition_fields import Registry
from leads.domain.condition_reading import Facts
from leads.hooks import Demand
from leads.models import Lead
from leads.queries import conditions, viewpoints

MET, UNMET, UNKNOWN = "met", "unmet", "unknown"
_ABOUT_THEM = ("company.", "custom.", "title", "seniority", "department")


def next_kind(lead: Lead) -> str | None:
    """The kind of the gate before the lead's next step; None when none lies ahead."""
    leg = legs.next_leg(lead.stage)
    if leg == Leg.INSIDE_TO_FIELD or (legs.has_one_leg() and lead.stage == Stage.SAL):
        return Gate.Kind.SQL
    return Gate.Kind.MQL if leg else None


def of(lead: Lead, at: datetime) -> list[Demand]:
    """Every part of the gate's condition that is about one viewpoint, and every item that it requires.

    A part that speaks of several viewpoints at once belongs to none of them: the gate tells of it as a whole.
    """
    kind = next_kind(lead)
    gate = Gate.objects.filter(kind=kind).exclude(mode=Gate.Mode.OFF).first() if kind else None
    if gate is None:
        return []
    found = list(_of_items(gate, gates.known_of(lead))) if gate.required else []
    if gate.condition:
        known = conditions.registry()
        facts = conditions.facts(Lead.objects.filter(pk=lead.pk), known=known)[lead.pk]
        found += _of_condition(gate.condition, facts, on=organization.local_day(at), known=known)
    return found


def _of_condition(tree: object, facts: Facts, *, on: date, known: Registry) -> Iterator[Demand]:
    whole = conditions.read(tree, known=known)
    for part in whole.of if isinstance(whole, c.All) else (whole,):
        about = {_viewpoint(node) for node in c.walk(part)} - {None}
        if len(about) == 1:
            yield Demand(str(about.pop()), _state(part, facts, on, known), condition_sentence.sentence(part, known))


def _state(part: c.Node, facts: Facts, on: date, known: Registry) -> str:
    """Nobody can say while fields that are empty now decide it."""
    if condition_reading.holds(part, facts, on=on, registry=known):
        return MET
    return UNKNOWN if condition_reading.could_hold(part, facts, on=on, registry=known) else UNMET


def _viewpoint(node: c.Node) -> str | None:
    """Of a single test; "" for one that belongs to none of the four."""
    if isinstance(node, c.ActivityTest | c.Inactive):
        return "behaviour"
    if not isinstance(node, c.FieldTest):
        return None
    if node.field.startswith(_ABOUT_THEM):
        return "attributes"
    return viewpoints.key_of(node.field.removeprefix("qualification."))


def _of_items(gate: Gate, known: Mapping[str, object]) -> Iterator[Demand]:
    """An item is known or not; of a group only what is still lacking is told, at each viewpoint where it can be got."""
    missing = questions.missing(gate.required, known)
    unknown = {one.name for one in missing if not one.at_least}
    for entry in gate.required:
        if name := entry.get("item"):
            yield Demand(
                viewpoints.key_of(name), UNKNOWN if name in unknown else MET, str(ITEMS[name].label), is_fact=True
            )
    for group in (one for one in missing if one.at_least and not one.is_implied):
        text = str(gates.lack_of(group).label)
        for key in dict.fromkeys(viewpoints.key_of(item.name) for item in group.items):
            yield Demand(key, UNKNOWN, text)

"""The values of all condition fields of one lead as plain data, so that history can be replayed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.queries import organization
from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.condition_reading import ActivityFact, Facts
from leads.models import Activity, Lead
from leads.queries import conditions

# Replaying reads windows of weeks; beyond so many a lead's activities say nothing new.
MOST_ACTIVITIES = 500


def facts_of(lead: Lead) -> Facts:
    """What conditions see of the lead."""
    return conditions.facts(Lead.objects.filter(pk=lead.pk))[lead.pk]


@dataclass(frozen=True)
class Needs:
    """What some conditions read: these fields, and activities of these types; all activities when `types` is None."""

    fields: frozenset[str]
    types: frozenset[str] | None

    @classmethod
    def of(cls, nodes: Iterable[c.Node]) -> "Needs":
        """What these conditions and all below them read."""
        leaves = [leaf for node in nodes for leaf in c.walk(node)]
        tests = [leaf for leaf in leaves if isinstance(leaf, c.ActivityTest | c.Inactive)]
        return cls(
            frozenset(leaf.field for leaf in leaves if isinstance(leaf, c.FieldTest)),
            frozenset(kind for test in tests for kind in test.types) if all(test.types for test in tests) else None,
        )


def frozen(found: Facts, *, at: datetime) -> dict[str, Any]:
    """`{on, values: {field: value}, activities: [{id, type, on, …}]}`, JSON only; what is unknown or empty is left out."""
    activities = [_plain(_told(activity)) for activity in found.activities[:MOST_ACTIVITIES]]
    day = organization.local_day(at).isoformat()
    values = {name: value for name, value in found.values.items() if value is not None}
    return {"on": day, "values": _plain(values), "activities": activities}


def thawed(kept: Mapping[str, Any], *, known: Registry, needs: Needs | None = None) -> tuple[Facts, date] | None:
    """What `frozen` kept, as conditions read it, with its local day; None where an episode kept nothing.

    A field that was made since is unknown, and so is what an own field kept under another kind; one that was taken
    away is left out. With `needs` only what they read.
    """
    if not kept.get("on"):
        return None
    values, names = kept["values"], known.fields if needs is None else needs.fields & known.fields.keys()
    types = None if needs is None else needs.types
    activities = [
        ActivityFact(**{**row, "on": date.fromisoformat(row["on"])})
        for row in kept["activities"]
        if types is None or row["type"] in types
    ]
    return (
        Facts(
            {name: _read(values.get(name), known.fields[name]) for name in names},
            tuple(activities),
        ),
        date.fromisoformat(kept["on"]),
    )


def as_offered(
    offers: Mapping[int, tuple[int, datetime]], *, known: Registry, zone: ZoneInfo | None = None
) -> dict[int, tuple[Facts, date]]:
    """For offers that kept nothing, {episode: (lead, moment)}: today's values, and the activities known at the moment.

    Known is what had occurred and been received by then. Three queries for any number of offers.
    """
    zone = zone or organization.current().zone
    leads = {lead for lead, _at in offers.values()}
    found = conditions.facts(Lead.objects.filter(pk__in=leads), known=known, zone=zone)
    since = {
        pk: max(occurred, received)
        for pk, occurred, received in Activity.objects.filter(lead__in=leads).values_list(
            "pk", "occurred_at", "received_at"
        )
    }
    return {
        episode: (
            Facts(found[lead].values, tuple(act for act in found[lead].activities if since[act.id] <= at)),
            at.astimezone(zone).date(),
        )
        for episode, (lead, at) in offers.items()
        if lead in found
    }


def _told(activity: ActivityFact) -> dict[str, Any]:
    return {name: value for name, value in activity._asdict().items() if value not in (None, "")}


def _read(value: Any, field: Field) -> Any:
    if field.custom_key:
        return conditions.custom_value(value, field.kind)
    if value is None:
        return None
    if field.kind == Kind.RANGE:
        return tuple(value)
    return date.fromisoformat(value) if field.kind in (Kind.DATE, Kind.MOMENT) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value

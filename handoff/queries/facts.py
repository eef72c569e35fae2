"""The values of all condition fields of one lead as plain data, so that history can be replayed."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from accounts.queries import organization
from leads.domain.condition_fields import Kind, Registry
from leads.domain.condition_reading import ActivityFact, Facts
from leads.models import Lead
from leads.queries import conditions

_ACTIVITY = tuple(field.name for field in fields(ActivityFact) if field.name != "on")
# Replaying reads windows of weeks; beyond so many a lead's activities say nothing new.
MOST_ACTIVITIES = 500


def facts_of(lead: Lead) -> Facts:
    """What conditions see of the lead."""
    return conditions.facts(Lead.objects.filter(pk=lead.pk))[lead.pk]


def frozen(found: Facts, *, at: datetime) -> dict[str, Any]:
    """`{on, values: {field: value}, activities: [{type, occurred_on, …}]}`, JSON only."""
    activities = [_plain(asdict(activity)) for activity in found.activities[:MOST_ACTIVITIES]]
    day = organization.local_day(at).isoformat()
    return {"on": day, "values": _plain(found.values), "activities": activities}


def thawed(kept: Mapping[str, Any], *, known: Registry) -> tuple[Facts, date] | None:
    """What `frozen` kept, as conditions read it, with its local day; None where an episode kept nothing.

    A field that was made since is unknown, one that was taken away is left out.
    """
    if not kept.get("on"):
        return None
    values = {
        name: _read(kept["values"][name], field.kind) for name, field in known.fields.items() if name in kept["values"]
    }
    activities = tuple(
        ActivityFact(on=date.fromisoformat(row["on"]), **{name: row[name] for name in _ACTIVITY if name in row})
        for row in kept["activities"]
    )
    return Facts(values, activities), date.fromisoformat(kept["on"])


def _read(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind == Kind.RANGE:
        return tuple(value)
    return date.fromisoformat(value) if kind in (Kind.DATE, Kind.MOMENT) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value

"""The values of all condition fields of one lead as plain data, so that history can be replayed."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from accounts.queries import organization
from leads.domain.condition_reading import Facts
from leads.models import Lead
from leads.queries import conditions

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


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value

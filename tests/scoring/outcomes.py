"""Leads with a known outcome, written straight into their tables: enough of them to learn from, and quickly."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import User
from handoff.models import Episode, StageTransition
from leads.models import Activity, CustomField, Lead
from tests.cast import NOON, TOKYO

_number = count(1)
WON, LOST = "won", "lost"


def past(
    number: int,
    is_good: Callable[[int], bool],
    *,
    custom: Callable[[int], Mapping[str, Any]] = lambda place: {},
    **fields: Callable[[int], Any],
) -> list[Lead]:
    """So many leads, a day apart, the last one today; each argument gives the value of the lead at its place."""
    leads = []
    owner = User.objects.order_by("pk").first()
    for place in range(number):
        at = moment(number - 1 - place)
        stage = WON if is_good(place) else LOST
        values = {name: value(place) for name, value in fields.items()}
        duty = {} if stage == WON else {"due_at": NOON + timedelta(days=90), "due_kind": "resurface", "owner": owner}
        leads.append(
            Lead(
                last_name=f"顧客{place}",
                acquired_at=at,
                stage=stage,
                stage_since=at,
                created_at=at,
                updated_at=at,
                custom=dict(custom(place)),
                **duty,
                **values,
            )
        )
    made = Lead.objects.bulk_create(leads)
    entered(made)
    return made


def moment(days: int) -> datetime:
    return NOON - timedelta(days=days)


def entered(leads: list[Lead]) -> None:
    """The log of how each came to its stage."""
    StageTransition.objects.bulk_create(
        StageTransition(lead=lead, from_stage="lead", to_stage=lead.stage, reason="test", at=lead.stage_since)
        for lead in leads
    )


def offered(lead: Lead, at: datetime, values: Mapping[str, Any], leg: str = "marketing_to_field") -> Episode:
    """An offer that froze these values."""
    return Episode.objects.create(
        lead=lead,
        leg=leg,
        attempt=Episode.objects.filter(lead=lead, leg=leg).count() + 1,
        offered_at=at,
        band="high",
        facts={"on": at.date().isoformat(), "values": dict(values), "activities": []} if values else {},
        answered_at=at,
    )


def did(leads: list[Lead], kind: str, *, days_before: int = 0) -> None:
    """One activity of each, so many days before it came to its stage."""
    Activity.objects.bulk_create(
        Activity(
            lead=lead,
            type=kind,
            event_id=f"outcome:{next(_number)}",
            occurred_at=(at := lead.stage_since - timedelta(days=days_before)),
            occurred_on=_day(at),
            received_at=at,
        )
        for lead in leads
    )


def _day(at: datetime) -> date:
    return at.astimezone(TOKYO).date()


def own_field(key: str, kind: str = "text", *choices: str) -> CustomField:
    return CustomField.objects.create(key=key, label=key, kind=kind, choices=list(choices))

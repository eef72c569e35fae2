"""How a pause ends: when its time is over, by hand, or because what it waited for has happened."""

from datetime import datetime

from accounts.models import User
from handoff.domain.choices import OF_THE_CUSTOMER
from handoff.models import Handoff
from handoff.queries import calendars
from handoff.services import clocks, holding
from journal.services import record


def end(handoff: Handoff, *, by: User | None, at: datetime) -> int:
    """The one conditional update by which a pause ends; whoever finds it open tells of it, once."""
    row = handoff.pauses.open().first()
    if row is None or not handoff.pauses.filter(pk=row.pk).end(at, by):
        return 0
    row.refresh_from_db()
    follow(handoff, at)
    stood = calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id).minutes_between(*row.interval)
    data = {"pause": row.pk, "minutes": stood, "leg": handoff.leg}
    record("handoff.resumed", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return 1


def end_due(handoff: Handoff, at: datetime) -> int:
    """Ends the handoff's pause if its time is over."""
    is_due = handoff.pauses.open().filter(until_at__lte=at).exists()
    return end(handoff, by=None, at=at) if is_due else 0


def reached(handoff: Handoff, *, by: User | None, moment: datetime, at: datetime) -> int:
    """The customer was spoken with at this moment: a pause that waited for just that is over."""
    waits = handoff.pauses.open().filter(reason__in=OF_THE_CUSTOMER, begun_at__lte=moment).exists()
    return end(handoff, by=by, at=at) if waits else 0


def follow(handoff: Handoff, at: datetime) -> None:
    """Clocks, due times and the lead's duty move to what the pauses now say."""
    holding.changed(handoff)
    clocks.recompute(clocks=clocks.unfinished().filter(handoff=handoff), at=at)
    handoff.refresh_from_db()

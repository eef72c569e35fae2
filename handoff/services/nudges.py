"""Asks whoever owes something to look at it: one notice, not more than one an hour."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff.queries import calendars, people
from journal.errors import Conflict
from journal.models import Event
from journal.services import record
from journal.transactions import retried
from leads.models import Lead

APART = timedelta(hours=1)


class NobodyToTell(Conflict):
    code = "nobody_to_tell"
    message = _("No one else has anything due on this lead.")


class ToldAlready(Conflict):
    code = "told_already"
    message = _("They were notified less than an hour ago.")


@retried
def nudge(*, lead: Lead, by: User, at: datetime) -> list[int]:
    """Tells the lead's owner, else those who take from its queue; returns their ids. Raises NobodyToTell, ToldAlready.

    Mail waits for the opening of the receiver's calendar (`tell_at`), as reminders do.
    """
    current = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    told = [person for person in _owing(current) if person != by.pk]
    if not current.due_kind or not told:
        raise NobodyToTell
    if Event.objects.filter(lead_id=lead.pk, kind="duty.nudged", at__gt=at - APART).exists():
        raise ToldAlready
    calendar = calendars.for_receiver(user=current.owner_id, team=current.team_id)
    data = {
        "people": told,
        "kind": current.due_kind,
        "due_at": current.due_at.isoformat(),
        "tell_at": calendar.next_open(at).isoformat(),
    }
    record("duty.nudged", subject=current, by=by, at=at, lead_id=current.pk, data=data)
    return told


def _owing(lead: Lead) -> list[int]:
    if lead.owner_id is not None:
        return [lead.owner_id]
    return people.receivers_of(lead.team_id) if lead.team_id else []

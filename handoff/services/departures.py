"""Somebody leaves: what waits for them goes to the queue, what they hold to their team and its manager."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from handoff.domain.duties import Duty
from handoff.models import Batch, Handoff
from handoff.queries import marketing, people
from handoff.queries.marketing import Keeper
from handoff.services import clocks, duties
from journal.services import record
from leads.models import Lead


def hand_back(*, user: User, by: User | None, at: datetime) -> None:
    """Open handoffs to the team's queue, leads to the team's manager (else the queue), batches to marketing."""
    for handoff in Handoff.objects.open().filter(assigned_to=user):
        _to_queue(handoff, by, at)
    held = Lead.objects.present().filter(owner=user, due_at__isnull=False)
    heirs = {team_id: _heir(team_id, user) for team_id in set(held.values_list("team", flat=True))}
    owed = {lead.pk: _duty(lead, heirs[lead.team_id]) for lead in held}
    duties.assign_many(duties=owed, not_before=dict(held.exclude(not_before=None).values_list("pk", "not_before")))
    _disown(user)
    Batch.objects.filter(owner=user, closed_at__isnull=True).update(owner=None, team_id=marketing.marketing_team_id())


def _to_queue(handoff: Handoff, by: User | None, at: datetime) -> None:
    waiting_still = Handoff.objects.open().filter(pk=handoff.pk, assigned_to=handoff.assigned_to_id)
    if not waiting_still.update(assigned_to=None, version=F("version") + 1):
        return
    handoff.assigned_to = None
    clocks.reassigned(handoff=handoff, at=at)
    handoff.refresh_from_db(fields=["answer_due_at"])
    waiting = Lead.objects.filter(pk=handoff.lead_id) | Lead.objects.filter(joined__handoff=handoff)
    duties.assign_many(duties={lead.pk: duties.answer(handoff) for lead in waiting.distinct()})
    data = {"team": handoff.team_id, "because": "departure"}
    record("handoff.queued", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)


def _duty(lead: Lead, keeper: Keeper) -> Duty:
    return Duty(lead.due_kind, lead.due_at, keeper.owner_id, keeper.team_id, lead.due_note)


def _heir(team_id: int | None, user: User) -> Keeper:
    """The manager of the lead's team; without one the team's queue; without a team marketing or an administrator."""
    team_id = team_id or next(iter(sorted(user.team_ids)), None) or marketing.marketing_team_id()
    managers = [pk for pk in (people.managers_of(team_id) if team_id else people.admins()) if pk != user.pk]
    return Keeper(managers[0] if managers else None, team_id)


def _disown(user: User) -> None:
    """Leads of theirs without a duty belong to nobody any more."""
    free = Lead.objects.filter(owner=user, due_at__isnull=True)
    duties.disown(leads=free)

"""Somebody must not be contacted any more: everything that would contact them ends in the same transaction."""

from datetime import datetime

from accounts.models import User
from handoff.domain.choices import HandoffState
from handoff.domain.stages import Way
from handoff.models import Handoff
from handoff.services import batch_entries, closing, duties, joining, stages, withdrawals
from leads.domain.choices import Stage
from leads.models import Lead


def stop_contact(*, lead: Lead, by: User | None, at: datetime) -> None:
    """Withdraws what is open, cancels clocks, frees who joined, disqualifies. WON stays WON; breaches stay."""
    for handoff in Handoff.objects.open().filter(lead=lead):
        withdrawals.pull_back(handoff=handoff, by=by, at=at)
    for handoff in Handoff.objects.filter(lead=lead, state=HandoffState.ACCEPTED, closed_at__isnull=True):
        closing.close(handoff=handoff, at=at, outcome="disqualified", answered=False)
        joining.free_accepted(handoff=handoff, at=at)
    batch_entries.leave(lead_ids=[lead.pk], by=by, at=at)
    joining.leave(lead=lead)
    if lead.stage in (Stage.WON, Stage.DISQUALIFIED):
        duties.clear(lead=lead)
        return
    stages.move(lead=lead, to=Stage.DISQUALIFIED, way=Way.DO_NOT_CONTACT, by=by, at=at)

"""Under which accepted handoff a lead is, or was last, worked."""

from handoff.domain.choices import MERGED, HandoffState
from handoff.models import Handoff
from leads.models import Lead


def latest(lead: Lead) -> Handoff | None:
    """The one that goes on, else the newest that was worked to its end: one that a merge ended may be newer than
    either."""
    accepted = Handoff.objects.filter(lead=lead, state=HandoffState.ACCEPTED).exclude(episode__outcome=MERGED)
    newest = accepted.select_related("assigned_to").order_by("-id")
    return newest.filter(closed_at__isnull=True).first() or newest.first()

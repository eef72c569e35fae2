"""In which order rows are locked: the lead, then its handoff, then the clocks. Every service that changes a handoff
begins here, so that no two of them wait for each other."""

from handoff.models import Handoff
from leads.models import Lead


def hold(handoff: Handoff) -> None:
    """Holds the handoff's lead until the transaction ends, and reads the handoff as it is now."""
    hold_lead(handoff.lead_id)
    handoff.refresh_from_db()


def hold_lead(lead_id: int) -> None:
    """Holds the lead until the transaction ends."""
    Lead.objects.select_for_update().filter(pk=lead_id).values_list("pk").first()

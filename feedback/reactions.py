"""Which event makes this app do what, within the transaction or after its commit."""

from accounts.queries import organization
from feedback import event_lines
from feedback.models import Opportunity
from feedback.services import deals, imported
from journal.models import Event
from journal.reactions import within

__all__ = ["event_lines"]


@within("import.rows_applied")
def write_imported_deals(event: Event) -> None:
    """Within: an import's won and open rows bring their deals."""
    imported.write(rows=event.data.get("rows", ()), at=event.at)


@within("lead.do_not_contact")
def close_deals(event: Event) -> None:
    """Within: somebody who must not be contacted has no open deal."""
    for deal in Opportunity.objects.filter(lead_id=event.subject_id, result=""):
        on = organization.local_day(event.at)
        deals.close(deal=deal, result="lost", reason="other", on=on, by=None, at=event.at)

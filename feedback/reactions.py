"""Which event makes this app do what, within the transaction or after its commit."""

from accounts.models import User
from accounts.queries import organization
from feedback import event_lines
from feedback.models import Opportunity
from feedback.services import deals, imported, merging
from handoff.models import Handoff
from journal.models import Event
from journal.reactions import within
from leads import hooks
from leads.models import Lead, Merge

__all__ = ["event_lines"]

hooks.leads_with_changed_deals.append(imported.changed_deals)


@within("import.rows_applied")
def write_imported_deals(event: Event) -> None:
    """Within: an import's won and open rows bring their deals."""
    imported.write(rows=event.data.get("rows", ()), at=event.at)


@within("import.undoing")
def take_imported_deals_back(event: Event) -> None:
    """Within: the leads that an import brought go, and their deals with them."""
    imported.take_back(lead_ids=event.data.get("created", ()))


@within("lead.result_by_hand")
def keep_deals(event: Event) -> None:
    """Within: a lead moved by hand to opportunity, won or lost has the deal that belongs there."""
    deals.follow_hand(
        lead=Lead.objects.get(pk=event.subject_id),
        result=event.data["result"],
        reason=event.data["reason"],
        handoff=Handoff.objects.filter(pk=event.data["handoff"]).first(),
        corrected=event.data["corrected"],
        by=User.objects.get(pk=event.actor_id),
        at=event.at,
    )


@within("lead.do_not_contact")
def close_deals(event: Event) -> None:
    """Within: somebody who must not be contacted has no open deal."""
    for deal in Opportunity.objects.filter(lead_id=event.subject_id, result=""):
        on = organization.local_day(event.at)
        deals.close(deal=deal, result="lost", reason="other", on=on, by=None, at=event.at)


@within("lead.merged")
def carry_deals(event: Event) -> None:
    """Within: the deals of the lead that goes are the survivor's."""
    merging.merge(row=Merge.objects.get(pk=event.subject_id))


@within("lead.unmerged")
def return_deals(event: Event) -> None:
    """Within: each lead has its own deals again."""
    merging.unmerge(row=Merge.objects.get(pk=event.subject_id))

"""Which event makes this app do what, within the transaction or after its commit."""

from accounts.models import User
from feedback import event_lines, reminders, reported
from feedback.services import deals, imported, merging
from handoff.models import Handoff
from journal.models import Event
from journal.reactions import within
from leads import hooks
from leads.domain.choices import Stage
from leads.models import Lead, Merge

__all__ = ["event_lines", "reminders", "reported"]

hooks.latest_deal_changes.append(imported.latest_changes)


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
    deals.give_up(lead_id=event.subject_id, by=None, at=event.at)


@within("lead.stage_changed")
def close_deals_left_behind(event: Event) -> None:
    """Within: a lead put aside or disqualified has no open deal, by whichever way it got there.

    A win corrected to NURTURE is the exception of the table: its won row is reopened.
    """
    if event.data["to"] in (Stage.NURTURE, Stage.DISQUALIFIED) and event.data["from"] != Stage.WON:
        actor = User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
        deals.give_up(lead_id=event.subject_id, by=actor, at=event.at)


@within("lead.merged")
def carry_deals(event: Event) -> None:
    """Within: the deals of the lead that goes are the survivor's."""
    merging.merge(row=Merge.objects.get(pk=event.subject_id))


@within("lead.unmerged")
def return_deals(event: Event) -> None:
    """Within: each lead has its own deals again."""
    merging.unmerge(row=Merge.objects.get(pk=event.subject_id))

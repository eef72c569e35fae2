"""Which events of other apps make this app do what, within the transaction or after commit."""

from accounts.models import User
from handoff import event_lines
from handoff.domain.nurture import Ended
from handoff.queries import demands, eligible, field_users, nurture, outcomes
from handoff.services import (
    batch_entries,
    contacts,
    departures,
    eligibility,
    imported,
    merging,
    nurture_runs,
    refusals,
    touches,
)
from journal.models import Event
from journal.reactions import within
from leads import hooks
from leads.models import Lead, Merge
from leads.queries.field_users import losing, reading
from leads.services import contents, custom_fields
from scoring import hooks as scoring_hooks

__all__ = ["event_lines"]

hooks.demands.append(demands.of)
hooks.tracks.append(nurture.named_tracks)
hooks.leads_in_track.append(nurture.lead_ids_in)
hooks.on_activities.append(contacts.note_logged)
hooks.on_activities.append(touches.note_logged)
hooks.leads_with_handoffs.append(imported.had_handoffs)
hooks.latest_handovers.append(imported.latest_handovers)
hooks.leads_moved_here.append(imported.moved_here)
scoring_hooks.could_be_handed_over.append(eligible.were_they_over_the_line)
scoring_hooks.outcomes.append(outcomes.latest)
scoring_hooks.values_at_offers.append(outcomes.values_at)


@within("import.rows_applied")
def apply_history(event: Event) -> None:
    """An import's stages and owners become imported history."""
    imported.apply(rows=event.data.get("rows", ()), by=_actor(event), at=event.at)


@within("import.undoing")
def empty_batches(event: Event) -> None:
    """Leads that an import brought leave the batch that waits for a decision on them, and their tracks."""
    nurture_runs.stop(lead_ids=event.data.get("created", ()), because=Ended.GONE, by=_actor(event), at=event.at)
    batch_entries.leave(lead_ids=event.data.get("created", ()), by=_actor(event), at=event.at)


@within("scores.written")
def decide_on_reached(event: Event) -> None:
    """Leads over the line: offered, made MQL, or put into a batch, by what caused the score; others wake up."""
    data = event.data
    eligibility.decide(
        lead_ids=data["reached"],
        cause=data["cause"],
        reason=data["reason"],
        source_id=data.get("source_id"),
        at=event.at,
    )
    eligibility.wake(lead_ids=data.get("stirred", ()), at=event.at)


@within("lead.do_not_contact")
def stop_contact(event: Event) -> None:
    """Nobody contacts them any more."""
    refusals.stop_contact(lead=Lead.objects.get(pk=event.subject_id), by=_actor(event), at=event.at)


@within("lead.opted_out")
def stop_nurturing(event: Event) -> None:
    """Nothing is sent to them any more; they rest until their day."""
    nurture_runs.stop_and_rest(lead_ids=[event.subject_id], because=Ended.OPTED_OUT, by=_actor(event), at=event.at)


@within("lead.merged")
def carry_along(event: Event) -> None:
    """Two leads became one: one responsibility, every handoff under the survivor."""
    row = Merge.objects.get(pk=event.subject_id)
    assignee = User.objects.filter(pk=event.data["assignee"]).first() if event.data["assignee"] else None
    merging.merge(row=row, assignee=assignee, by=_actor(event), at=event.at)


@within("lead.unmerged")
def separate(event: Event) -> None:
    """A merge is undone: each lead has its own handoffs again."""
    merging.unmerge(row=Merge.objects.get(pk=event.subject_id), by=_actor(event), at=event.at)


@within("custom_field.deleting", "custom_field.narrowing")
def keep_what_settings_read(event: Event) -> None:
    """A field that a gate, a handoff rule or a routing rule reads stays."""
    test = reading(event.data["field"], values=event.data.get("values", ()))
    custom_fields.object_for(event.data, field_users.settings(test))


@within("content.renaming")
def keep_titles_that_settings_name(event: Event) -> None:
    """A content that a gate, a handoff rule or a routing rule names keeps its title until those know the new one."""
    contents.object_for(event.data, field_users.settings(losing(event.data["old"], event.data["new"])))


@within("user.disabled")
def hand_back(event: Event) -> None:
    """What lay with somebody who left finds another owner."""
    departures.hand_back(user=User.objects.get(pk=event.subject_id), by=_actor(event), at=event.at)


def _actor(event: Event) -> User | None:
    return User.objects.filter(pk=event.actor_id).first() if event.actor_id else None

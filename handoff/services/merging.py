"""What becomes of handoffs, duties and stages when two leads turn out to be one (DESIGN §9), and the way back."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain import nurture
from handoff.domain.choices import MERGED, HandoffState
from handoff.domain.duties import Duty, rank
from handoff.domain.nurture import Ended
from handoff.domain.stages import Way
from handoff.models import Batch, Episode, Handoff, JoinedLead, NurtureRun, StageEntry, StageTransition
from handoff.queries import due, legs, marketing
from handoff.queries.marketing import Keeper
from handoff.services import (
    batch_entries,
    batches,
    clocks,
    closing,
    departures,
    duties,
    joining,
    merge_traces,
    nurture_runs,
    reassigning,
    withdrawals,
)
from journal.errors import Conflict, FieldError
from leads.domain.choices import DueKind, Stage
from leads.models import Lead, Merge
from leads.services import merging

_DECIDED = (DueKind.ANSWER, DueKind.MERGE_DECISION)
_OWN_WAYS = (Way.INTAKE, Way.ELIGIBLE)
_HOLDER = ("owner_id", "team_id")


class BothHeld(Conflict):
    """Two people accepted; only a manager says who of them goes on."""

    code = "both_held"
    message = _("%(one)s and %(other)s each own one of them. A manager chooses who keeps the lead.")


class GoneOn(Conflict):
    code = "gone_on"
    message = _("This lead has since been handed over, answered or moved, so the merge can't be undone.")


def merge(*, row: Merge, assignee: User | None, by: User | None, at: datetime) -> None:
    """Within the merge: one responsibility at the end, everything else ended or carried along. Raises BothHeld."""
    survivor, loser = Lead.objects.get(pk=row.survivor_id), Lead.objects.get(pk=row.loser_id)
    before = merge_traces.take([survivor.pk, loser.pk])
    kept = _one_held(survivor, loser, assignee, by, at)
    kept = kept or _one_open(survivor, loser, by, at)
    for handoff in _open(survivor, loser).exclude(pk=kept.pk if kept else None):
        _end_open(handoff, kept, by, at)
    from_loser = kept is not None and kept.lead_id == loser.pk
    _move(survivor, loser)
    joined = _join(survivor, loser, kept, at)
    batch_entries.leave(lead_ids=[loser.pk, survivor.pk] if kept or joined else [loser.pk], by=by, at=at)
    _owe(survivor, loser, kept, joined, from_loser, assignee, at)
    _one_track(survivor, loser, by, at)
    _enter(survivor, loser)
    touched = merge_traces.take([survivor.pk, loser.pk])
    after = {kind: touched[kind] | rows for kind, rows in merge_traces.again(before).items()}
    changed = merge_traces.changes(before, after)
    holders = [[rows["duty"][str(survivor.pk)][name] for name in _HOLDER] for rows in (before, after)]
    state = {"changed": changed, "transition": _newest(row), "holders": holders}
    merging.remember(merge=row, app="handoff", state=state)


def unmerge(*, row: Merge, by: User | None, at: datetime) -> None:
    """Within the undo: every row as it was. Raises GoneOn after a later handoff, answer, stage or duty.

    A stage that the system alone gave the survivor (what both did reached the line) is nobody's decision and no
    hindrance: it stays with the survivor. What is owed on it is owed by whom it would have fallen to without the
    merge.
    """
    state = row.before["handoff"]
    changed, since = state["changed"], _moved(row).filter(pk__gt=state["transition"] or 0)
    if since and _by_itself(since, changed):
        changed = changed | {"duty": {key: one for key, one in changed["duty"].items() if key != str(row.survivor_id)}}
    elif since:
        raise GoneOn
    later = Handoff.objects.filter(lead=row.survivor_id, offered_at__gt=row.at)
    if later.exists() or merge_traces.differs(changed):
        raise GoneOn
    follows_merge = bool(since) and "holders" in state and _is_as_given(row, state["holders"][1])
    merge_traces.put_back(changed)
    clocks.given_back(clock_ids=map(int, changed["clock"]), at=at)
    joining.come_back(lead_ids=map(int, changed["joined"]), at=at)
    nurture_runs.settle(lead_ids=[row.survivor_id, row.loser_id], by=by, at=at)
    if follows_merge:
        _return_to(Lead.objects.get(pk=row.survivor_id), state["holders"][0])
    _hand_back(row, changed, by, at)


def _is_as_given(row: Merge, merged: Sequence[int | None]) -> bool:
    """Whether the survivor is held by whom the system chose on what the merge had made of it: nobody was named since."""
    lead = Lead.objects.get(pk=row.survivor_id)
    held = (lead.owner_id, lead.team_id)
    lead.owner_id, lead.team_id = merged
    return held in (tuple(merged), _holder(marketing.keeper_of(lead)))


def _return_to(lead: Lead, former: Sequence[int | None]) -> None:
    """The former keeper owes what an MQL asks for, counted from when it became one; a batch or an answer that it
    waits for is owed by others."""
    lead.owner_id, lead.team_id = former
    if lead.due_at is None:
        duties.keep(lead=lead, owner_id=lead.owner_id, team_id=lead.team_id)
    elif lead.due_kind == DueKind.OFFER:
        duties.assign(lead=lead, duty=due.duty(DueKind.OFFER, marketing.keeper_of(lead), at=lead.stage_since))


def _hand_back(row: Merge, changed: merge_traces.Rows, by: User | None, at: datetime) -> None:
    """Whoever left meanwhile gets nothing back: it goes where the rest of theirs went."""
    leads = Lead.objects.filter(pk__in=[row.survivor_id, row.loser_id, *changed["duty"]])
    offered = Handoff.objects.open().filter(pk__in=list(changed["handoff"]))
    waiting = Batch.objects.filter(pk__in=list(changed["batch"]), closed_at__isnull=True)
    concerned = Q(pk__in=leads.values("owner")) | Q(pk__in=offered.values("assigned_to"))
    concerned |= Q(pk__in=waiting.values("owner"))
    for user in User.objects.filter(concerned, is_active=False):
        departures.hand_back(user=user, by=by, at=at)


def _holder(keeper: Keeper) -> tuple[int | None, int | None]:
    return keeper.owner_id, keeper.team_id


def _by_itself(since: QuerySet[StageTransition], changed: merge_traces.Rows) -> bool:
    """Whether only the system moved the lead, and into stages whose first entries the merge left alone."""
    entries = [side for row in changed["entry"].values() for side in row.values() if side is not None]
    told = {entry["stage"] for entry in entries}
    return all(one.by_id is None and _is_own(one.reason) and one.to_stage not in told for one in since)


def _is_own(reason: str) -> bool:
    return reason in _OWN_WAYS or reason.startswith(batches.REASON)


def _moved(row: Merge) -> QuerySet[StageTransition]:
    return StageTransition.objects.filter(lead__in=[row.survivor_id, row.loser_id])


def _newest(row: Merge) -> int | None:
    return _moved(row).aggregate(newest=Max("pk"))["newest"]


def _open(*leads: Lead) -> QuerySet[Handoff]:
    return Handoff.objects.open().filter(lead__in=[lead.pk for lead in leads]).select_related("assigned_to", "team")


# -- one responsibility -------------------------------------------------------------------------
def _one_held(survivor: Lead, loser: Lead, assignee: User | None, by: User | None, at: datetime) -> Handoff | None:
    """Of accepted handoffs the further leg stays; on one leg the assignee's, else that of somebody who is still here,
    else the one with a contact. What was accepted by somebody who has left lies with others, and is nobody's to give up.
    """
    held = list(
        Handoff.objects.filter(
            lead__in=[survivor.pk, loser.pk], state=HandoffState.ACCEPTED, closed_at__isnull=True
        ).select_related("assigned_to", "team")
    )
    here = [handoff for handoff in held if handoff.assigned_to is not None and handoff.assigned_to.is_active]
    if len({handoff.assigned_to_id for handoff in here}) > 1:
        _may_decide(here, assignee, by)
    if not held:
        return None
    wanted = assignee.pk if assignee else None
    kept = max(
        held,
        key=lambda one: (
            not legs.is_first(one.leg),
            one.assigned_to_id == wanted,
            one in here,
            one.first_contact_at is not None,
            one.lead_id == survivor.pk,
        ),
    )
    for handoff in held:
        if handoff.pk != kept.pk:
            closing.close(handoff=handoff, at=at, outcome=MERGED, answered=False)
            joining.free_accepted(handoff=handoff, at=at)
    if assignee is not None and kept.assigned_to_id != assignee.pk:
        kept = reassigning.reassign(handoff=kept, user=assignee, by=by, at=at, reason=MERGED)
    return kept


def _may_decide(held: list[Handoff], assignee: User | None, by: User | None) -> None:
    one, other = held[0], held[1]
    if assignee is None:
        people = [FieldError("assignee", "required", str(handoff.assigned_to)) for handoff in (one, other)]
        raise BothHeld(one=str(one.assigned_to), other=str(other.assigned_to), errors=people)
    if by is not None and not any(permissions.may_reassign(by, handoff) for handoff in held):
        raise reassigning.NotManager


def _one_open(survivor: Lead, loser: Lead, by: User | None, at: datetime) -> Handoff | None:
    """Of open offers the further leg stays, on one leg the earlier due; one behind the survivor's stage is over."""
    fitting = [one for one in _open(survivor, loser) if legs.fits(one.leg, survivor.stage)]
    return min(fitting, key=lambda one: (legs.is_first(one.leg), one.answer_due_at, one.pk), default=None)


def _end_open(handoff: Handoff, kept: Handoff | None, by: User | None, at: datetime) -> None:
    """Withdrawn as merged; those who joined it wait for the offer that stays."""
    if kept is not None and kept.state == HandoffState.OFFERED:
        joining.carry(old=handoff, new=kept, duty=duties.answer(kept))
    withdrawals.pull_back(handoff=handoff, by=by, at=at)
    Episode.objects.filter(pk=handoff.episode_id).update(outcome=MERGED)


# -- everything under the survivor --------------------------------------------------------------
def _move(survivor: Lead, loser: Lead) -> None:
    """The loser's episodes are further attempts of the survivor."""
    for episode in Episode.objects.filter(lead=loser).order_by("offered_at", "pk"):
        mine = Episode.objects.filter(lead=survivor, leg=episode.leg)
        latest = mine.aggregate(latest=Max("attempt"))["latest"] or 0
        Episode.objects.filter(pk=episode.pk).update(lead=survivor, attempt=latest + 1)
    Handoff.objects.filter(lead=loser).update(lead=survivor)


def _join(survivor: Lead, loser: Lead, kept: Handoff | None, at: datetime) -> Handoff | None:
    """The handoff of a colleague that the survivor goes along with; none where it has one of its own."""
    rows = {row.lead_id: row for row in JoinedLead.objects.filter(lead__in=[survivor.pk, loser.pk])}
    mine, other = rows.get(survivor.pk), rows.get(loser.pk)
    JoinedLead.objects.filter(lead=loser.pk).delete()
    wanted = mine or (other if survivor.stage == loser.stage else None)
    if wanted is None or kept is not None or wanted.handoff.lead_id == survivor.pk:
        JoinedLead.objects.filter(lead=survivor.pk).delete()
        return None
    if mine is None:
        JoinedLead.objects.create(lead=survivor, handoff=wanted.handoff, at=wanted.at)
    return wanted.handoff


def _owe(
    survivor: Lead,
    loser: Lead,
    kept: Handoff | None,
    joined: Handoff | None,
    from_loser: bool,
    assignee: User | None,
    at: datetime,
) -> None:
    """The one duty of the one lead: the answer, else the more pressing of both, else what its stage asks for."""
    mine, other = _duty_of(survivor), _duty_of(loser)
    follows_other = from_loser or (joined is not None and mine is None) or (mine is None and _is_own_plan(other))
    candidates = [duty for duty in (mine, other if follows_other else None) if duty is not None]
    duty = min(candidates, key=lambda one: rank(one.kind), default=None)
    if kept is not None and kept.state == HandoffState.OFFERED:
        kept.refresh_from_db()
        duty = duties.answer(kept)
    elif joined is not None and joined.state == HandoffState.OFFERED:
        duty = duties.answer(joined)
    elif kept is not None and duty is not None and assignee is not None:
        duty = Duty(duty.kind, duty.due_at, assignee.pk, kept.team_id, duty.note)
    duty = duty or _asked_by_stage(survivor, at)
    if duty is None:
        _inherit(survivor, loser)
    elif duty != mine:
        duties.assign(lead=survivor, duty=duty)


def _one_track(survivor: Lead, loser: Lead, by: User | None, at: datetime) -> None:
    """A survivor that only rests keeps its track, else goes on with the other's; opted out, at work or with a next
    action of its own, neither."""
    own = NurtureRun.objects.running().filter(lead=survivor).exists()
    current = Lead.objects.get(pk=survivor.pk)
    rests = current.stage in nurture.RESTING and current.due_kind in (DueKind.RESURFACE, DueKind.NURTURE)
    if own or not rests or current.opted_out:
        nurture_runs.stop(lead_ids=[loser.pk], because=Ended.MERGED, by=by, at=at)
    else:
        NurtureRun.objects.running().filter(lead=loser).update(lead=survivor)
    nurture_runs.settle(lead_ids=[survivor.pk], by=by, at=at)


def _duty_of(lead: Lead) -> Duty | None:
    """What the lead owes still: an answer is owed by an open handoff only, and the merge is decided."""
    if lead.due_at is None or lead.due_kind in _DECIDED:
        return None
    fresh = Lead.objects.get(pk=lead.pk)
    if fresh.due_at is None or fresh.due_kind in _DECIDED:
        return None
    return Duty(fresh.due_kind, fresh.due_at, fresh.owner_id, fresh.team_id, fresh.due_note)


def _is_own_plan(duty: Duty | None) -> bool:
    return duty is not None and duty.kind == DueKind.NEXT_ACTION


def _asked_by_stage(lead: Lead, at: datetime) -> Duty | None:
    if lead.stage == Stage.MQL:
        return due.duty(DueKind.OFFER, marketing.keeper_of(lead), at=at)
    if lead.stage in (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY):
        keeper = Keeper(lead.owner_id, lead.team_id)
        return due.duty(DueKind.NEXT_ACTION, marketing.keeper_of(lead) if keeper.is_nobody else keeper, at=at)
    return None


def _inherit(survivor: Lead, loser: Lead) -> None:
    """Nothing is owed on either: whoever worked on the one that goes keeps the one that stays, if it is nobody's."""
    duties.clear(lead=survivor)
    if survivor.owner_id is None and survivor.team_id is None and (loser.owner_id or loser.team_id):
        duties.keep(lead=survivor, owner_id=loser.owner_id, team_id=loser.team_id)


def _enter(survivor: Lead, loser: Lead) -> None:
    """Cohorts count the survivor, by the first entry of either."""
    mine = {entry.stage: entry for entry in StageEntry.objects.filter(lead=survivor)}
    for entry in StageEntry.objects.filter(lead=loser):
        own = mine.get(entry.stage)
        if own is not None and _is_earlier(own, entry):
            entry.delete()
            continue
        if own is not None:
            own.delete()
        StageEntry.objects.filter(pk=entry.pk).update(lead=survivor)


def _is_earlier(own: StageEntry, other: StageEntry) -> bool:
    return (own.undated, own.at) <= (other.undated, other.at)

"""The only writer of Lead.stage and stage_since: checks the table, writes the log, tells the journal."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from handoff.domain import stages
from handoff.domain.duties import Duty
from handoff.domain.stages import Way
from handoff.models import Handoff, StageEntry, StageTransition
from handoff.services import duties, nurture_runs
from journal.errors import Conflict, FieldError
from journal.services import record, record_many
from leads.domain.choices import Stage
from leads.models import Lead, LeadScore


class StageNotAllowed(Conflict):
    """The table has no such change; `errors` names the allowed stages."""

    code = "stage_not_allowed"
    message = _("A lead in stage %(origin)s can't become %(to)s. Allowed: %(allowed)s.")


class StageMoved(Conflict):
    """Somebody else changed the stage in the same moment."""

    code = "stage_moved"
    message = _("This lead has just changed. Reload it.")


def move(
    *,
    lead: Lead,
    to: str,
    way: Way,
    by: User | None,
    at: datetime,
    reason: str = "",
    handoff: Handoff | None = None,
    note: str = "",
    duty: Duty | None = None,
    not_before: datetime | None = None,
) -> StageTransition:
    """Brings the lead to `to` with the duty that comes with it, in the caller's transaction.

    Stages skipped on the way up are written with the same time. Raises StageNotAllowed, StageMoved.
    """
    origin, since = Lead.objects.select_for_update().values_list("stage", "stage_since").get(pk=lead.pk)
    if not stages.is_allowed(origin, to, way):
        raise not_allowed(origin, to)
    owed = {} if duty is None else duties.columns(duty, not_before=not_before)
    reached = {"stage": to, "stage_since": at, **owed}
    if not Lead.objects.filter(pk=lead.pk, stage=origin).update(**reached):
        raise StageMoved
    for name, value in reached.items():
        setattr(lead, name, value)
    if to not in stages.QUALIFIED:
        duties.clear(lead=lead)
    nurture_runs.leave(origins={lead.pk: origin}, to=to, way=way, by=by, at=at)
    rows = _rows(lead, origin, to, since, at)
    for row in rows:
        row.by, row.note, row.handoff_id = by, note, getattr(handoff, "pk", None)
        row.reason = (reason or way) if row is rows[-1] else Way.PASSED
        row.corrected = way == Way.CORRECTED
    _append(rows, [lead])
    data = {"from": origin, "to": to, "reason": reason or str(way), "handoff": getattr(handoff, "pk", None)}
    record("lead.stage_changed", subject=lead, by=by, at=at, lead_id=lead.pk, data=data)
    return rows[-1]


def move_many(
    *,
    leads: Sequence[Lead],
    to: str,
    way: Way,
    by: User | None,
    at: datetime,
    duty_of: Callable[[Lead], Duty] | None = None,
    not_before: datetime | None = None,
    reason: str = "",
) -> list[Lead]:
    """Brings all that the table lets to `to`, set-based; returns those moved. One journal row for all, to which
    apps react, and one a lead for its timeline, which an intake doesn't have.

    Only for single steps (nothing is passed through on the way to `to`).
    """
    locked = Lead.objects.select_for_update().filter(pk__in=[lead.pk for lead in leads])
    before = {pk: (stage, since) for pk, stage, since in locked.values_list("pk", "stage", "stage_since")}
    moved = [lead for lead in leads if lead.pk in before and stages.is_allowed(before[lead.pk][0], to, way)]
    if not moved:
        return []
    if duty_of is not None:
        until = {lead.pk: not_before for lead in moved} if not_before else None
        duties.assign_many(duties={lead.pk: duty_of(lead) for lead in moved}, not_before=until)
    moved_ids = [lead.pk for lead in moved]
    Lead.objects.filter(pk__in=moved_ids).update(stage=to, stage_since=at)
    if to not in stages.QUALIFIED:
        duties.clear_many(lead_ids=moved_ids)
    nurture_runs.leave(origins={pk: before[pk][0] for pk in moved_ids}, to=to, way=way, by=by, at=at)
    _append([_step(lead, *before[lead.pk], to=to, by=by, reason=reason or way, at=at) for lead in moved], moved)
    for lead in moved:
        lead.stage, lead.stage_since = to, at
    said = {"to": to, "reason": reason or str(way)}
    record("leads.stages_changed", subject=Organization(pk=1), by=by, at=at, data=said | {"leads": moved_ids})
    if way != Way.INTAKE:
        record_many("lead.stage_followed", leads=moved, by=by, at=at, data=said)
    return moved


def not_allowed(origin: str, to: str) -> StageNotAllowed:
    """The refusal, naming what is allowed."""
    allowed = stages.reachable_from(origin)
    labels = ", ".join(str(Stage(stage).label) for stage in allowed) or "–"
    return StageNotAllowed(
        errors=[FieldError("to", "allowed", ", ".join(allowed))],
        origin=Stage(origin).label,
        to=Stage(to).label,
        allowed=labels,
    )


def write_imported(*, rows: Sequence[StageTransition], leads: Sequence[Lead]) -> None:
    """Imported history, any stage to any stage, a row for each lead; duties are the caller's.

    The stages between count as entered, never for velocity.
    """
    by_id = {lead.pk: lead for lead in leads}
    for row in rows:
        lead = by_id[row.lead_id]
        lead.stage, lead.stage_since = row.to_stage, row.at
    Lead.objects.bulk_update(leads, ["stage", "stage_since"], batch_size=500)
    _append(rows, leads)
    between = [_between(row, stage) for row in rows for stage in stages.stages_between(row.from_stage, row.to_stage)]
    entries = [_entry(row, by_id[row.lead_id]) for row in between]
    StageEntry.objects.bulk_create(entries, batch_size=500, ignore_conflicts=True)


def _between(row: StageTransition, stage: str) -> StageTransition:
    """The row of a stage that imported history skipped; it is never saved, only its first entry is."""
    return StageTransition(
        lead_id=row.lead_id,
        to_stage=stage,
        at=row.at,
        imported=True,
        undated=row.undated,
        passed_through=True,
    )


def _step(
    lead: Lead, origin: str, since: datetime, *, to: str, by: User | None, reason: str, at: datetime
) -> StageTransition:
    return StageTransition(
        lead_id=lead.pk,
        from_stage=origin,
        to_stage=to,
        by=by,
        reason=reason,
        at=at,
        seconds_before=_seconds(since, at),
    )


def _rows(lead: Lead, origin: str, to: str, since: datetime, at: datetime) -> list[StageTransition]:
    steps = [*_skipped(lead, origin, to), to]
    rows = []
    for number, (left, reached) in enumerate(zip([origin, *steps], steps, strict=False)):
        seconds = _seconds(since, at) if number == 0 else 0
        rows.append(
            StageTransition(
                lead=lead,
                from_stage=left,
                to_stage=reached,
                at=at,
                seconds_before=seconds,
                passed_through=reached != to,
            )
        )
    return rows


def _skipped(lead: Lead, origin: str, to: str) -> list[str]:
    if not stages.passed_through(origin, to):
        return []
    entered = frozenset(StageEntry.objects.filter(lead=lead).values_list("stage", flat=True))
    return stages.passed_through(origin, to, entered)


def _seconds(since: datetime, at: datetime) -> int:
    return max(0, int((at - since).total_seconds()))


def _append(rows: Sequence[StageTransition], leads: Iterable[Lead]) -> None:
    """Writes the log with each lead's present score, and the first entries."""
    by_id = {lead.pk: lead for lead in leads}
    scores = {score.lead_id: score for score in LeadScore.objects.filter(lead_id__in=by_id)}
    for row in rows:
        if (score := scores.get(row.lead_id)) is not None:
            row.score, row.model_id = score.total, score.model_id
    StageTransition.objects.bulk_create(rows, batch_size=500)
    StageEntry.objects.bulk_create(
        [_entry(row, by_id[row.lead_id]) for row in rows], batch_size=500, ignore_conflicts=True
    )


def _entry(row: StageTransition, lead: Lead) -> StageEntry:
    return StageEntry(
        lead_id=row.lead_id,
        stage=row.to_stage,
        at=row.at,
        channel_id=lead.channel_id,
        campaign_id=lead.campaign_id,
        team_id=lead.team_id,
        imported=row.imported,
        undated=row.undated,
        passed_through=row.passed_through,
    )

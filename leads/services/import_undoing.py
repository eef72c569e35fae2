"""Takes an import back, as long as nothing has gone on with what it brought."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from accounts.models import User
from journal import services as journal
from journal.models import Event
from journal.transactions import retried
from leads import hooks
from leads.domain.choices import DueKind, Stage, StaleCause
from leads.domain.normalise import derived
from leads.models import Activity, ImportRow, ImportRun, Lead, Qualification
from leads.services import activities, staleness
from leads.services.import_errors import UndoTooLate
from leads.services.import_runs import locked, require
from leads.services.lead_changes import OWN_COLUMNS

_CHUNK = 500
_EARLY = [Stage.LEAD, Stage.MAL]
# Over the line, but nobody has decided on the batch it lies in.
_UNDECIDED = Q(stage=Stage.MQL, due_kind=DueKind.BATCH)
Result = ImportRow.Result


@retried
def undo(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Its new leads become tombstones, its changes are turned back, its activities go.

    Raises MayNotImport, WrongState, UndoTooLate when a lead has been edited, handed over or moved since.
    """
    require(by)
    fresh = locked(run, ImportRun.State.DONE)
    created = _ids(fresh, Result.CREATED)
    updated = sorted(set(_ids(fresh, Result.UPDATED)) - set(created))
    _refuse_late(fresh, created, updated)
    data = {"created": created, "updated": updated}
    journal.record("import.undoing", subject=fresh, by=by, at=at, data=data)
    for ids in _chunks(created + updated):
        Activity.objects.filter(lead__in=ids, metadata__import=fresh.pk).delete()
        activities.recount_latest(lead_ids=ids)
    for ids in _chunks(created):
        _bury(fresh, ids, by, at)
    for ids in _chunks(updated):
        _turn_back(fresh, ids, at)
    fresh.state, fresh.finished_at = ImportRun.State.UNDONE, at
    fresh.save(update_fields=["state", "finished_at"])
    return fresh


def _ids(run: ImportRun, result: str) -> list[int]:
    rows = ImportRow.objects.filter(run=run, result=result, lead__isnull=False)
    return sorted(set(rows.values_list("lead", flat=True)))


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def _refuse_late(run: ImportRun, created: list[int], updated: list[int]) -> None:
    late = _with_history(run)
    for ids in _chunks(created):
        moved = Lead.objects.filter(pk__in=ids).exclude(stage__in=_EARLY).exclude(_UNDECIDED)
        late |= set(moved.values_list("pk", flat=True))
    for ids in _chunks(created + updated):
        late |= _gone_on(run, ids)
    if late:
        raise UndoTooLate(count=len(late))


def _with_history(run: ImportRun) -> set[int]:
    """Leads to which the import gave a stage or an owner: that log can't be unwritten."""
    events = Event.objects.filter(kind="import.rows_applied", subject_type="leads.importrun", subject_id=run.pk)
    return {row["lead"] for data in events.values_list("data", flat=True) for row in data["rows"]}


def _gone_on(run: ImportRun, ids: list[int]) -> set[int]:
    later = Q(updated_at__gt=run.finished_at) | Q(is_present=False)
    gone = set(Lead.objects.filter(later, pk__in=ids).values_list("pk", flat=True))
    others = Activity.objects.filter(lead__in=ids, received_at__gt=run.finished_at)
    gone |= set(others.values_list("lead", flat=True))
    for ask in hooks.leads_with_handoffs:
        gone |= ask(ids)
    return gone


def _bury(run: ImportRun, ids: list[int], by: User, at: datetime) -> None:
    """Tombstones: their logs stay and say so, their keys are free for the same person coming in again."""
    leads = Lead.objects.filter(pk__in=ids)
    leads.update(is_present=False, external_id=None, version=F("version") + 1, updated_at=at)
    for lead in leads:
        journal.record("lead.taken_back", subject=lead, by=by, at=at, lead_id=lead.pk, data={"import": run.pk})


def _turn_back(run: ImportRun, ids: list[int], at: datetime) -> None:
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in=ids).select_related("company")}
    qualifications = {row.lead_id: row for row in Qualification.objects.filter(lead__in=ids)}
    # Newest row first, so that of several rows for one lead the oldest value is put back last.
    rows = ImportRow.objects.filter(run=run, lead__in=ids, result=Result.UPDATED).order_by("-number")
    for row in rows:
        for name, value in row.old.items():
            _put_back(leads[row.lead_id], qualifications.get(row.lead_id), name, value)
    for lead in leads.values():
        _save(lead, at)
    for row in qualifications.values():
        row.save()
    staleness.mark(lead_ids=ids, cause=StaleCause.BULK, at=at)


def _put_back(lead: Lead, qualification: Qualification | None, name: str, value: Any) -> None:
    if name.startswith("qualification."):
        setattr(qualification, name.removeprefix("qualification."), value)
    elif name == "acquired_at":
        lead.acquired_at = datetime.fromisoformat(value)
    else:
        setattr(lead, name, value)


def _save(lead: Lead, at: datetime) -> None:
    for name, value in derived(vars(lead), lead.company.name if lead.company else "").items():
        setattr(lead, name, value)
    lead.version += 1
    lead.updated_at = at
    lead.save(update_fields=OWN_COLUMNS)

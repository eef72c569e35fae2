"""What a person decides on a held row: it means this lead, it is somebody new, or it stays out."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from journal.transactions import retried
from leads.models import ImportRow, ImportRun, Lead
from leads.queries import imports
from leads.queries.references import as_id
from leads.services import import_chunks, import_results
from leads.services.import_errors import CandidateUnknown, MeaningUnknown, RowNotHeld, WrongState
from leads.services.import_mending import COLUMNS
from leads.services.import_runs import locked_for_decisions, require, ring
from leads.services.import_work import context_of

State, Result = ImportRun.State, ImportRow.Result
UNDECIDED = "undecided"


@retried
def resolve(*, run: ImportRun, number: int, meaning: str, by: User, at: datetime) -> ImportRow:
    """`meaning` is a lead's id, "new" or "skip". In a preview it is kept for the commit, afterwards done at once;
    "undecided" takes back what is kept.

    Raises MayNotImport, WrongState, RowNotHeld, CandidateUnknown, FieldGone, ImportRow.DoesNotExist.
    """
    require(by)
    fresh = locked_for_decisions(run)
    row = ImportRow.objects.get(run=fresh, number=number)
    if row.result != Result.DUPLICATE:
        raise RowNotHeld
    if meaning == UNDECIDED and fresh.state != State.PREVIEW:
        raise WrongState
    _check(meaning, by)
    row.resolution = "" if meaning == UNDECIDED else meaning
    if fresh.state == State.PREVIEW:
        row.save(update_fields=["resolution"])
        return row
    return _apply(fresh, row, at)


@retried
def resolve_all(*, run: ImportRun, meaning: str, by: User, at: datetime) -> int:
    """Decides on all held rows alike: "same" (as the one lead that is meant), "new" or "skip"; returns on how many.

    Rows that can't mean that (several candidates, a key that is taken) stay held. In a preview the decisions wait
    for the commit, afterwards a worker carries them out. Raises MayNotImport, WrongState, MeaningUnknown, FieldGone.
    """
    require(by)
    if meaning not in ("same", "new", "skip"):
        raise MeaningUnknown
    fresh = locked_for_decisions(run)
    rows = [row for row in imports.undecided(fresh) if meaning in imports.answers(row)]
    for row in rows:
        row.resolution = imports.answers(row)[meaning]
    if not rows:
        return 0
    if fresh.state == State.DONE:
        context_of(fresh)
    ImportRow.objects.bulk_update(rows, ["resolution"], batch_size=500)
    if fresh.state == State.DONE:
        _queue_decided(fresh, rows, at)
    return len(rows)


def _queue_decided(run: ImportRun, rows: list[ImportRow], at: datetime) -> None:
    ids = [row.pk for row in rows]
    for start in range(0, len(ids), 500):
        ImportRow.objects.filter(pk__in=ids[start : start + 500]).update(result=Result.PENDING)
    run.duplicates -= len(ids)
    run.rows_done -= len(ids)
    run.state, run.leased_until, run.attempts = State.COMMITTING, at, 0
    run.save()
    ring(run)


def _check(meaning: str, by: User) -> None:
    if meaning in ("new", "skip", UNDECIDED):
        return
    if not Lead.objects.visible_to(by).filter(pk=as_id(meaning) or 0).exists():
        raise CandidateUnknown


def _apply(run: ImportRun, row: ImportRow, at: datetime) -> ImportRow:
    drafts = import_chunks.apply([row], context_of(run), at=at)
    import_results.results(drafts)
    row.written_at = at
    row.save()
    if row.result != Result.DUPLICATE:
        column = COLUMNS[row.result]
        ImportRun.objects.filter(pk=run.pk).update(
            duplicates=F("duplicates") - 1, finished_at=at, **{column: F(column) + 1}
        )
    return row

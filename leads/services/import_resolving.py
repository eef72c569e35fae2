"""What a person decides on a held row: it means this lead, it is somebody new, or it stays out."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from journal.transactions import retried
from leads.models import ImportRow, ImportRun, Lead
from leads.queries.references import as_id
from leads.services import import_chunks
from leads.services.import_errors import CandidateUnknown, RowNotHeld
from leads.services.import_runs import locked, require
from leads.services.import_work import context_of

State, Result = ImportRun.State, ImportRow.Result
_COLUMNS = {Result.CREATED: "created", Result.UPDATED: "updated", Result.UNCHANGED: "unchanged"}
_COLUMNS |= {Result.DUPLICATE: "duplicates", Result.REFUSED: "refused"}


@retried
def resolve(*, run: ImportRun, number: int, meaning: str, by: User, at: datetime) -> ImportRow:
    """`meaning` is a lead's id, "new" or "skip". In a preview it is kept for the commit, afterwards done at once.

    Raises MayNotImport, WrongState, RowNotHeld, CandidateUnknown, ImportRow.DoesNotExist.
    """
    require(by)
    fresh = locked(run, State.PREVIEW, State.DONE)
    row = ImportRow.objects.get(run=fresh, number=number)
    if row.result != Result.DUPLICATE:
        raise RowNotHeld
    _check(meaning, by)
    row.resolution = meaning
    if fresh.state == State.PREVIEW:
        row.save(update_fields=["resolution"])
        return row
    return _apply(fresh, row, at)


def _check(meaning: str, by: User) -> None:
    if meaning in ("new", "skip"):
        return
    if not Lead.objects.visible_to(by).filter(pk=as_id(meaning) or 0).exists():
        raise CandidateUnknown


def _apply(run: ImportRun, row: ImportRow, at: datetime) -> ImportRow:
    drafts = import_chunks.apply([row], context_of(run), at=at)
    import_chunks.results(drafts)
    row.save()
    if row.result != Result.DUPLICATE:
        column = _COLUMNS[row.result]
        ImportRun.objects.filter(pk=run.pk).update(
            duplicates=F("duplicates") - 1, finished_at=at, **{column: F(column) + 1}
        )
    return row

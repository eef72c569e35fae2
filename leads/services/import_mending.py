"""A refused row is mended where it stands: its cells are written anew, and it is taken as if the file had said so."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from accounts.models import User
from journal.transactions import retried
from leads.imports import limits
from leads.models import ImportRow, ImportRun
from leads.services import import_chunks
from leads.services.import_errors import RowNotRefused
from leads.services.import_runs import locked, require
from leads.services.import_work import context_of

State, Result = ImportRun.State, ImportRow.Result
COLUMNS = {
    Result.CREATED: "created",
    Result.UPDATED: "updated",
    Result.UNCHANGED: "unchanged",
    Result.DUPLICATE: "duplicates",
    Result.REFUSED: "refused",
}


@retried
def mend(*, run: ImportRun, number: int, cells: Mapping[int, str], by: User, at: datetime) -> ImportRow:
    """Writes `cells` (by place) into a refused row. In a preview it is looked at again, afterwards taken in at once.

    What is still wrong stays refused with what was typed. Raises MayNotImport, WrongState, RowNotRefused,
    ImportRow.DoesNotExist.
    """
    require(by)
    fresh = locked(run, State.PREVIEW, State.DONE)
    row = ImportRow.objects.get(run=fresh, number=number)
    if row.result != Result.REFUSED or row.old == {"unreadable": True}:
        raise RowNotRefused
    row.cells = _written(row.cells, cells, len(fresh.headers))
    is_preview = fresh.state == State.PREVIEW
    take = import_chunks.evaluate if is_preview else import_chunks.apply
    import_chunks.results(take([row], context_of(fresh), at=at))
    row.written_at = None if is_preview else at
    row.save()
    if row.result != Result.REFUSED:
        column = COLUMNS[row.result]
        ImportRun.objects.filter(pk=fresh.pk).update(refused=F("refused") - 1, **{column: F(column) + 1})
    return row


def _written(before: list[str], cells: Mapping[int, str], width: int) -> list[str]:
    after = before + [""] * (width - len(before))
    for place, text in cells.items():
        if 0 <= place < width:
            after[place] = text[: limits.CELL_BYTES]
    return after

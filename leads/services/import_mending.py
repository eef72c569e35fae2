"""A refused row is mended where it stands: its cells are written anew, and it is taken as if the file had said so."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import F

from accounts.models import User
from journal.transactions import retried
from leads.imports import limits
from leads.models import ImportRow, ImportRun
from leads.queries import import_companions
from leads.services import bulk_rows, import_chunks, import_results
from leads.services.import_chunks import Context
from leads.services.import_errors import RowNotRefused
from leads.services.import_runs import locked_for_decisions, require
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
    """Writes `cells` (by place) into a refused row. In a preview it is looked at again, with the rows of its file that
    can mean the same person, as if it had stood there from the first; afterwards it is taken in at once.

    What is still wrong stays refused with what was typed. Raises MayNotImport, WrongState, RowNotRefused,
    ImportRow.DoesNotExist.
    """
    require(by)
    fresh = locked_for_decisions(run)
    row = ImportRow.objects.get(run=fresh, number=number)
    if row.result != Result.REFUSED or row.old == {"unreadable": True}:
        raise RowNotRefused
    row.cells = _written(row.cells, cells, len(fresh.headers))
    is_preview = fresh.state == State.PREVIEW
    look = _look_again if is_preview else _take_in
    counted = look(row, context_of(fresh), at)
    row.written_at = None if is_preview else at
    row.save()
    changed = {COLUMNS[Result(result)]: F(COLUMNS[Result(result)]) + more for result, more in counted.items() if more}
    if changed:
        ImportRun.objects.filter(pk=fresh.pk).update(**changed)
    return row


def _take_in(row: ImportRow, context: Context, at: datetime) -> Counter[str]:
    """By how much the counts of the run change: the row is written, or still refused."""
    counted = import_results.results(import_chunks.apply([row], context, at=at))
    counted.subtract([Result.REFUSED])
    return counted


def _look_again(row: ImportRow, context: Context, at: datetime) -> Counter[str]:
    """The same in a preview: who is met twice in the file is one, and the later of the two rows is nobody new."""
    import_results.results(import_chunks.evaluate([row], context, at=at))
    if row.result == Result.REFUSED:
        return Counter()
    companions = import_companions.of(row)
    before = Counter([Result.REFUSED.value, *(one.result for one in companions.same)])
    rows = sorted([row, *companions.same, *companions.beside], key=lambda one: one.number)
    fresh = replace(context, carried=[])
    import_results.results(import_chunks.evaluate(rows, fresh, at=at))
    bulk_rows.store_results(companions.same, at=None)
    counted = Counter([row.result, *(one.result for one in companions.same)])
    counted.subtract(before)
    return counted


def _written(before: list[str], cells: Mapping[int, str], width: int) -> list[str]:
    after = before + [""] * (width - len(before))
    for place, text in cells.items():
        if 0 <= place < width:
            after[place] = text[: limits.CELL_BYTES]
    return after

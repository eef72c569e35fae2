"""Works a run off: reads, previews, writes, takes back; in chunks that survive the death of any worker, under a lease."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, connection
from django.db.models import Case, F, Q, Value, When

from accounts.services import organization
from journal import bulk, clock
from journal import services as journal
from journal.errors import DomainError
from journal.transactions import need_not_last, retried
from leads.domain.import_values import RowFault
from leads.imports import limits
from leads.imports.errors import TooManyRows
from leads.imports.reader import SheetRow, reading
from leads.models import ImportRow, ImportRun
from leads.queries import imports
from leads.queries.import_gone_on import with_history
from leads.queries.import_repeats import Repeats
from leads.services import bulk_rows, import_chunks, import_columns, import_results, import_taking_back
from leads.services.import_errors import LeaseLost
from leads.services.import_happenings import Sources
from leads.services.import_plans import readable
from leads.services.import_runs import owners, ring

State, Result = ImportRun.State, ImportRow.Result
WORKING = (State.QUEUED, State.RUNNING, State.COMMITTING, State.UNDOING)
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 5
# After this long nobody has heard the doorbell, and the sweep works itself.
UNHEARD = timedelta(seconds=60)
Now = Callable[[], datetime]
# Where an import goes back to when its undoing stops: one that stopped on its way has rows that were never written.
STOOD = Case(When(rows_done__lt=F("rows"), then=Value(State.FAILED)), default=Value(State.DONE))


def chunk_rows() -> int:
    """Rows of one transaction: few where a writer stops all others, more where a round trip costs."""
    return 2_000 if connection.vendor == "postgresql" else 500


def work(*, run_id: int, now: Now, chunks: int | None = None) -> ImportRun | None:
    """Works the run to its end, or `chunks` chunks of it; None when it is somebody else's or there is nothing to do.

    `now` is read once a chunk: a run outlives many moments.
    """
    run = _claim(run_id, now())
    if run is None:
        return None
    try:
        done = _work(run, now, chunks)
    except LeaseLost:
        return None
    except DomainError as error:
        return _stop_taking_back(run) if run.state == State.UNDOING else _end(run, now(), error)
    except BaseException:
        # The sweep tries again, as often as MOST_ATTEMPTS.
        _let_go(run, now())
        raise
    if not done:
        _let_go(run, now())
    return ImportRun.objects.get(pk=run_id)


@retried
def _claim(run_id: int, at: datetime) -> ImportRun | None:
    mine = ImportRun.objects.filter(_free(at), pk=run_id, state__in=WORKING)
    dead = mine.filter(attempts__gte=MOST_ATTEMPTS)
    # What was written stays written: it can be taken back from where that stopped.
    if dead.filter(state=State.UNDOING).update(state=STOOD, error_code="undo_stopped", leased_until=None):
        return None
    if dead.update(state=State.FAILED, error_code="worker_died", leased_until=None, finished_at=at):
        return None
    if not mine.update(leased_until=at + LEASE, attempts=F("attempts") + 1):
        return None
    ImportRun.objects.filter(pk=run_id, state=State.QUEUED).update(state=State.RUNNING)
    return ImportRun.objects.select_related("channel", "campaign", "created_by", "undone_by").get(pk=run_id)


def _free(at: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=at)


def _let_go(run: ImportRun, at: datetime) -> None:
    """Frees the run; the moment tells the sweep how long nobody has come."""
    try:
        ImportRun.objects.filter(pk=run.pk, leased_until=run.leased_until).update(leased_until=at)
    except DatabaseError:
        return  # the lease runs out by itself


def _hold(run: ImportRun, at: datetime, **columns: Any) -> None:
    """Renews the lease with the chunk's progress in the chunk's transaction. Raises LeaseLost."""
    until = at + LEASE
    mine = ImportRun.objects.filter(pk=run.pk, leased_until=run.leased_until)
    if not mine.update(leased_until=until, attempts=0, **columns):
        raise LeaseLost
    run.leased_until = until


def _work(run: ImportRun, now: Now, chunks: int | None) -> bool:
    """True when the run has reached its end."""
    if run.state == State.UNDOING:
        return _take_back(run, now, chunks)
    if not run.rows:
        _read(run, now)
    if run.create_custom:
        import_columns.make_missing(run)
    context = context_of(run)
    for step, rows in enumerate(_pending(run)):
        if chunks is not None and step >= chunks:
            return False
        _one_chunk(run, rows, context, now())
    _finish(run, now())
    return True


def context_of(run: ImportRun) -> import_chunks.Context:
    """What all chunks of the run share. Raises FieldGone when a field of its mapping was deleted since."""
    return import_chunks.Context(run, readable(run, are_fields_made=True), owners(), Sources(run), Repeats.of(run))


# -- reading ------------------------------------------------------------------------------------
def _read(run: ImportRun, now: Now) -> None:
    """Puts the file's rows into the database; goes on where a dead worker stopped."""
    with reading(run.file.path, encoding=run.encoding, sheet=run.sheet) as found:
        number = 0
        for rows in _in_chunks(_below_header(run, found.chunks)):
            number += len(rows)
            if number > limits.ROWS:
                raise TooManyRows(most=limits.ROWS)
            fresh = rows[len(rows) - max(0, number - run.rows_read) :] if number > run.rows_read else []
            if fresh:
                _keep(run, number - len(fresh), fresh, now())
                run.rows_read = number
    _hold_alone(run, now(), rows=number)
    run.rows = number


@retried
def _hold_alone(run: ImportRun, at: datetime, **columns: Any) -> None:
    _hold(run, at, **columns)


def _below_header(run: ImportRun, chunks: Iterator[list[SheetRow]]) -> Iterator[SheetRow]:
    return (row for chunk in chunks for row in chunk if row.line > run.header_line)


def _in_chunks(rows: Iterator[SheetRow]) -> Iterator[list[SheetRow]]:
    chunk: list[SheetRow] = []
    held = 0
    for row in rows:
        chunk.append(row)
        held += _length(row)
        if len(chunk) == chunk_rows() or held > limits.CHUNK_CHARACTERS:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _length(row: SheetRow) -> int:
    return sum(map(len, row.cells))


@retried
def _keep(run: ImportRun, before: int, rows: list[SheetRow], at: datetime) -> None:
    need_not_last()
    made = [_kept(run, number, row) for number, row in enumerate(rows, start=before + 1)]
    bulk.insert_values(ImportRow, ("number", "line", "cells", "result", "errors", "old"), made, run_id=run.pk)
    refused = sum(row.fault is not None for row in rows)
    run.widest = max(run.widest, *map(_length, rows))
    columns = {"refused": F("refused") + refused, "rows_done": F("rows_done") + refused, "widest": run.widest}
    _hold(run, at, rows_read=before + len(rows), **columns)


def _kept(run: ImportRun, number: int, row: SheetRow) -> tuple[Any, ...]:
    if not row.fault:
        return number, row.line, row.cells, Result.PENDING.value, [], {}
    place = row.fault["column"]
    column = run.headers[place] if place < len(run.headers) else ""
    fault = RowFault(column, row.fault["code"]).as_dict()
    return number, row.line, row.cells, Result.REFUSED.value, [fault], {"unreadable": True}


# -- rows ---------------------------------------------------------------------------------------
def _pending(run: ImportRun) -> Iterator[list[ImportRow]]:
    after = 0
    size = max(1, min(chunk_rows(), limits.CHUNK_CHARACTERS // max(1, run.widest)))
    # What a row said of itself before is overwritten: read it only where that turns out to be wanted.
    pending = ImportRow.objects.filter(run=run, result=Result.PENDING).only("number", "line", "cells", "resolution")
    while rows := list(pending.filter(number__gt=after).order_by("number")[:size]):
        after = rows[-1].number
        yield rows


def _one_chunk(run: ImportRun, rows: list[ImportRow], context: import_chunks.Context, at: datetime) -> None:
    """One transaction a chunk; when the database refuses it, row by row, so that one bad row stops no other."""
    try:
        _transact(run, rows, context, at)
    except LeaseLost:
        raise
    except (DataError, IntegrityError, DomainError):
        for row in rows:
            _one_row(run, row, context, at)


def _one_row(run: ImportRun, row: ImportRow, context: import_chunks.Context, at: datetime) -> None:
    try:
        _transact(run, [row], context, at)
    except LeaseLost:
        raise
    except DomainError as error:
        _refuse(run, row, RowFault("", "vetoed", {"why": str(error)}), at)
    except (DataError, IntegrityError):
        _refuse(run, row, RowFault("", "unwritable"), at)


@retried
def _transact(run: ImportRun, rows: list[ImportRow], context: import_chunks.Context, at: datetime) -> None:
    need_not_last()
    until = run.leased_until
    try:
        is_preview = run.state != State.COMMITTING and run.dry_run
        drafts = (
            import_chunks.evaluate(rows, context, at=at) if is_preview else import_chunks.apply(rows, context, at=at)
        )
        counted = import_results.results(drafts)
        bulk_rows.store_results(rows, at=None if is_preview else at)
        _hold(run, at, rows_done=F("rows_done") + len(rows), **_columns(counted))
    except BaseException:
        run.leased_until = until
        context.sources.forget()
        raise


def _columns(counted: Any) -> dict[str, Any]:
    names = {Result.CREATED: "created", Result.UPDATED: "updated", Result.UNCHANGED: "unchanged"}
    names |= {Result.DUPLICATE: "duplicates", Result.REFUSED: "refused"}
    return {names[result]: F(names[result]) + count for result, count in counted.items()}


@retried
def _refuse(run: ImportRun, row: ImportRow, fault: RowFault, at: datetime) -> None:
    row.result, row.errors, row.lead = Result.REFUSED, [fault.as_dict()], None
    bulk_rows.store_results([row], at=at)
    _hold(run, at, rows_done=F("rows_done") + 1, refused=F("refused") + 1)


# -- the end ------------------------------------------------------------------------------------
def _finish(run: ImportRun, at: datetime) -> None:
    if run.state != State.COMMITTING and run.dry_run:
        _hold_alone(run, at, state=State.PREVIEW)
        _let_go(run, at)
        return
    _done(run, at)


@retried
def _done(run: ImportRun, at: datetime) -> None:
    _hold(run, at, state=State.DONE, finished_at=at)
    ImportRun.objects.filter(pk=run.pk).update(leased_until=None)
    fresh = ImportRun.objects.get(pk=run.pk)
    names = ("rows", "created", "updated", "unchanged", "duplicates", "refused")
    data = {name: getattr(fresh, name) for name in names}
    if fresh.created or fresh.updated:
        organization.take_step(key="import")
    journal.record("import.finished", subject=fresh, by=run.created_by, at=at, data=data)


@retried
def _end(run: ImportRun, at: datetime, error: DomainError) -> ImportRun | None:
    """Refused before anything was written; stopped where something was, which stands and can be undone."""
    values = {name: str(value) for name, value in error.values.items()}
    ImportRun.objects.filter(pk=run.pk, leased_until=run.leased_until).update(
        state=State.FAILED if imports.was_written(run) else State.REFUSED,
        error_code=error.code,
        error_values=values,
        leased_until=None,
        finished_at=at,
    )
    return ImportRun.objects.filter(pk=run.pk).first()


# -- taking back ------------------------------------------------------------------------------------
def _take_back(run: ImportRun, now: Now, chunks: int | None) -> bool:
    history = with_history(run)
    done = 0
    while chunks is None or done < chunks:
        if not _take_back_chunk(run, history, now()):
            return True
        done += 1
    return False


@retried
def _take_back_chunk(run: ImportRun, history: set[int], at: datetime) -> bool:
    """False when there was none left, and the import is as if it had never been."""
    until = run.leased_until
    try:
        last = import_taking_back.take_back(run=run, history=history, by=run.undone_by or run.created_by, at=at)
        if not last:
            _hold(run, at, state=State.UNDONE, finished_at=at, kept=imports.kept(run))
            ImportRun.objects.filter(pk=run.pk).update(leased_until=None)
            return False
        _hold(run, at, taken_back=last)
    except BaseException:
        run.leased_until = until
        raise
    run.taken_back = last
    return True


@retried
def _stop_taking_back(run: ImportRun) -> ImportRun | None:
    """Something speaks against a lead's going: what is back stays so, the rest stands until somebody tries again."""
    mine = ImportRun.objects.filter(pk=run.pk, leased_until=run.leased_until)
    mine.update(state=STOOD, error_code="undo_stopped", leased_until=None)
    return ImportRun.objects.filter(pk=run.pk).first()


# -- forgotten ----------------------------------------------------------------------------------
def sweep(*, at: datetime) -> int:
    """Wakes a worker for every run that nobody holds; works a few chunks itself where nobody has answered.

    Returns how many runs were found.
    """
    forgotten = list(ImportRun.objects.filter(_free(at), state__in=WORKING).order_by("pk")[:20])
    for run in forgotten:
        if at - (run.leased_until or run.created_at) > UNHEARD:
            work(run_id=run.pk, now=clock.now, chunks=4)
        ring(run)
    return len(forgotten)

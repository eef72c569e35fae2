"""Takes an import back: a small one at once, a large one by a worker, chunk by chunk."""

from datetime import datetime

from accounts.models import User
from journal.transactions import retried
from leads.models import ImportRow, ImportRun
from leads.queries import imports
from leads.services import import_work
from leads.services.import_errors import WrongState
from leads.services.import_runs import locked, require, ring
from leads.services.import_taking_back import CHUNK

State, Result = ImportRun.State, ImportRow.Result


def undo(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Its new leads become tombstones, its changes are turned back, its activities and tags go; so does what one that
    stopped on its way has written.

    What others have changed, handed over or moved since stays, with the reason on its rows (`kept`). Up to one chunk
    is done when this returns. Raises MayNotImport, WrongState.
    """
    require(by)
    fresh = _begin(run, by, at)
    if fresh.created + fresh.updated <= CHUNK:
        import_work.work(run_id=fresh.pk, now=lambda: at)
        fresh.refresh_from_db()
    return fresh


@retried
def _begin(run: ImportRun, by: User, at: datetime) -> ImportRun:
    fresh = locked(run, State.DONE, State.FAILED)
    if fresh.state == State.FAILED and not imports.was_written(fresh):
        raise WrongState
    fresh.state, fresh.undone_by, fresh.error_code = State.UNDOING, by, ""
    fresh.leased_until, fresh.attempts = at, 0
    fresh.save(update_fields=["state", "undone_by", "error_code", "leased_until", "attempts"])
    if fresh.created + fresh.updated > CHUNK:
        ring(fresh)
    return fresh

"""An action on many leads: up to 500 at once, more by a worker, in chunks that survive the death of any of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal import clock, doorbell
from journal import services as journal
from journal.errors import Conflict, Invalid
from journal.transactions import retried
from leads.domain.bulk_limits import AT_ONCE, MOST
from leads.models import BulkItem, BulkRun, Lead
from leads.services.bulk_actions import ACTIONS, Outcome

State, Result = BulkRun.State, BulkItem.Result
TASK = "leads.tasks.work_bulk"
CHUNK = AT_ONCE
LEASE = timedelta(seconds=60)
UNHEARD = timedelta(seconds=60)
MOST_ATTEMPTS = 5
WORKING = (State.QUEUED, State.RUNNING, State.UNDOING)
Now = Callable[[], datetime]


# Ten thousand rows by way of objects would keep the person waiting for seconds.
_FIXED = 5000
_FIX = """
INSERT INTO leads_bulkitem (run_id, lead_id, result, reason, old)
SELECT %s, id, 'pending', '', '{{}}' FROM leads_lead WHERE id IN ({ids})
"""


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("No leads selected.")


class TooManyChosen(Invalid):
    code = "too_many_chosen"
    message = _("More than 10,000 leads. Narrow the list first.")


class NoUndo(Conflict):
    code = "no_undo"
    message = _("This can no longer be undone.")


class _LeaseLost(Exception):
    """Somebody else works on it."""


def start(
    *, action: str, values: dict[str, Any], lead_ids: Sequence[int], by: User, at: datetime, now: Now, back: str = ""
) -> BulkRun:
    """Fixes the leads it is about and begins; comes back when it is done, or at once when there are more than 500.

    Raises NothingChosen, TooManyChosen, and what the action's check raises.
    """
    if not lead_ids:
        raise NothingChosen
    if len(lead_ids) > MOST:
        raise TooManyChosen
    ACTIONS[action].check(by, values, at)
    run = _create(action, values, lead_ids, by, at, back[:4000])
    return _begin(run, now)


@retried
def _create(action: str, values: dict[str, Any], lead_ids: Sequence[int], by: User, at: datetime, back: str) -> BulkRun:
    run = BulkRun.objects.create(
        action=action, values=values, created_by=by, created_at=at, leased_until=at, total=len(lead_ids), back=back
    )
    with connection.cursor() as cursor:
        for start in range(0, len(lead_ids), _FIXED):
            chunk = lead_ids[start : start + _FIXED]
            cursor.execute(_FIX.format(ids=", ".join(["%s"] * len(chunk))), [run.pk, *chunk])
    return run


def _begin(run: BulkRun, now: Now) -> BulkRun:
    """Small ones are done here and now; for large ones a worker is woken after the commit."""
    if run.total <= AT_ONCE:
        work(run_id=run.pk, now=now)
        run.refresh_from_db()
    else:
        ring(run)
    return run


def ring(run: BulkRun) -> None:
    """Wakes a worker; the sweep finds the run if nobody hears."""
    transaction.on_commit(lambda: doorbell.ring(TASK, run.pk, queue="bulk"), robust=True)


@retried
def _turn(run: BulkRun, by: User, at: datetime) -> None:
    mine = BulkRun.objects.filter(pk=run.pk, state=State.DONE, created_by=by)
    if not can_undo(run) or not mine.update(
        state=State.UNDOING, leased_until=at, attempts=0, seen_at=None, finished_at=None
    ):
        raise NoUndo


def can_undo(run: BulkRun) -> bool:
    """Whether the action has an undo and there is something to put back."""
    return run.state == State.DONE and run.changed > 0 and ACTIONS[run.action].undo is not None


def undo(*, run: BulkRun, by: User, at: datetime, now: Now) -> BulkRun:
    """Puts back what nobody has changed since; `run.left` counts the others. Raises NoUndo."""
    _turn(run, by, at)
    run.refresh_from_db()
    return _begin(run, now)


# -- work ---------------------------------------------------------------------------------------
def work(*, run_id: int, now: Now, chunks: int | None = None) -> None:
    """Works a run off, chunk by chunk; nothing to do when it is somebody else's or at rest. Safe to run twice."""
    run = _claim(run_id, now())
    if run is None:
        return
    step = _undo_chunk if run.state == State.UNDOING else _apply_chunk
    try:
        done = 0
        while (chunks is None or done < chunks) and _stepped(step, run, now()):
            done += 1
    except _LeaseLost:
        return
    except BaseException:
        _let_go(run, now())
        raise
    _let_go(run, now())


def _stepped(step: Callable[[BulkRun, datetime], bool], run: BulkRun, at: datetime) -> bool:
    more = step(run, at)
    run.leased_until = at + LEASE
    return more


@retried
def _claim(run_id: int, at: datetime) -> BulkRun | None:
    mine = BulkRun.objects.filter(_free(at), pk=run_id, state__in=WORKING)
    if mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=State.FAILED, leased_until=None, finished_at=at):
        return None
    if not mine.update(leased_until=at + LEASE, attempts=F("attempts") + 1):
        return None
    BulkRun.objects.filter(pk=run_id, state=State.QUEUED).update(state=State.RUNNING)
    return BulkRun.objects.select_related("created_by").get(pk=run_id)


def _free(at: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=at)


def _let_go(run: BulkRun, at: datetime) -> None:
    BulkRun.objects.filter(pk=run.pk, leased_until=run.leased_until).update(leased_until=at)


def _hold(run: BulkRun, at: datetime, **columns: Any) -> None:
    """The chunk's progress with the renewed lease, in the chunk's transaction. Raises _LeaseLost."""
    mine = BulkRun.objects.filter(pk=run.pk, leased_until=run.leased_until)
    if not mine.update(leased_until=at + LEASE, attempts=0, **columns):
        raise _LeaseLost


@retried
def _apply_chunk(run: BulkRun, at: datetime) -> bool:
    """One chunk; False when there was none, and the run has ended."""
    items = list(BulkItem.objects.filter(run=run, result=Result.PENDING).order_by("lead")[:CHUNK])
    if not items:
        _hold(run, at, state=State.DONE, finished_at=at)
        # One for the whole run, however many chunks it took: who is told of it is told once.
        journal.record("bulk.finished", subject=run, by=run.created_by, at=at, data={"action": run.action})
        return False
    visible = Lead.objects.visible_to(run.created_by).filter(pk__in=[item.lead_id for item in items])
    lead_ids = sorted(set(visible.values_list("pk", flat=True)))
    outcomes = ACTIONS[run.action].apply(run=run, lead_ids=lead_ids, by=run.created_by, at=at)
    counted = _store(items, outcomes)
    _hold(
        run,
        at,
        worked=F("worked") + len(items),
        changed=F("changed") + counted[Result.CHANGED],
        unchanged=F("unchanged") + counted[Result.UNCHANGED],
        refused=F("refused") + counted[Result.REFUSED],
    )
    return True


_GONE = Outcome(Result.REFUSED, "gone")


def _store(items: Sequence[BulkItem], outcomes: Mapping[int, Outcome]) -> Counter[str]:
    for item in items:
        outcome = outcomes.get(item.lead_id, _GONE)
        item.result, item.reason, item.old = outcome.result, outcome.reason, outcome.old
    _write(items, ["result", "reason", "old"])
    return Counter(item.result for item in items)


def _write(items: Sequence[BulkItem], columns: list[str]) -> None:
    # One statement for all: 500 branches of a CASE, thrice, would take longer than the work itself.
    BulkItem.objects.bulk_create(
        items, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=CHUNK
    )


@retried
def _undo_chunk(run: BulkRun, at: datetime) -> bool:
    items = list(BulkItem.objects.filter(run=run, result=Result.CHANGED).order_by("lead")[:CHUNK])
    if not items:
        _hold(run, at, state=State.UNDONE, finished_at=at)
        return False
    put_back = ACTIONS[run.action].undo
    assert put_back is not None
    restored = put_back(run=run, items=items, by=run.created_by, at=at)
    for item in items:
        item.result = Result.UNDONE if item.lead_id in restored else Result.LEFT
    _write(items, ["result"])
    _hold(run, at, undone=F("undone") + len(items), left=F("left") + len(items) - len(restored))
    return True


@retried
def see(*, run: BulkRun, at: datetime) -> None:
    """Its end has been looked at; the list points to it no more."""
    BulkRun.objects.filter(pk=run.pk, seen_at=None).exclude(state__in=WORKING).update(seen_at=at)


def sweep(*, at: datetime) -> int:
    """Wakes a worker for every run that nobody holds; works some of it itself where nobody has answered."""
    forgotten = list(BulkRun.objects.filter(_free(at), state__in=WORKING).order_by("pk")[:20])
    for run in forgotten:
        if at - (run.leased_until or run.created_at) > UNHEARD:
            work(run_id=run.pk, now=clock.now, chunks=4)
        ring(run)
    return len(forgotten)

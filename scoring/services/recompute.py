"""Scores all leads again in ranges under leases: progress, stop, resume, superseded by a publish; and midnight."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.queries import organization
from journal import doorbell
from journal import services as journal
from journal.errors import Conflict, Forbidden
from journal.transactions import need_not_last, retried
from leads.models import Lead
from leads.queries import conditions
from leads.queries.condition_sql import Dialect
from scoring.domain.choices import ModelState
from scoring.models import RecomputeRange, RecomputeRun, ScoringModel
from scoring.queries import drifting, specs
from scoring.services import locks, scores

log = logging.getLogger(__name__)
State = RecomputeRun.State
Kind = RecomputeRun.Kind
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 5
# SQLite lets one writer in at a time, so its ranges are short. On PostgreSQL a range that writes a score which a worker has
# written meanwhile is done again: the longer the range, the likelier that is while activities come in.
RANGE_SIZE = {"sqlite": 2000, "postgresql": 10_000}
GOING = (State.QUEUED, State.RUNNING)


class RunIsOver(Conflict):
    code = "run_is_over"
    message = _("This recalculation has already finished.")


class NotStopped(Conflict):
    code = "not_stopped"
    message = _("Only a stopped recalculation can be resumed.")


class MayNotRecompute(Forbidden):
    message = _("Only managers and administrators can recalculate all scores.")


# -- starting, stopping, resuming --------------------------------------------------------------------


@retried
def start(*, by: Any, at: datetime, reason: str = "recompute") -> RecomputeRun:
    """A full run over all leads, in the place of any that is still going. `by` None is the system."""
    _check_may(by)
    return begin(by=by, at=at, reason=reason)


def begin(*, by: Any, at: datetime, reason: str) -> RecomputeRun:
    """`start` without asking who: for a publish, within its transaction."""
    RecomputeRun.objects.filter(state__in=GOING).update(state=State.SUPERSEDED, finished_at=at)
    run = RecomputeRun.objects.create(
        as_of=organization.local_day(at), reason=reason, started_by=by, created_at=at, leads_total=0
    )
    _cut(run)
    journal.record("recompute.started", subject=run, by=by, at=at, data={"reason": reason, "leads": run.leads_total})
    _ring(run)
    return run


@retried
def stop(*, run: RecomputeRun, by: Any, at: datetime) -> RecomputeRun:
    """Ends a run after the ranges in work; raises RunIsOver when it is over."""
    _check_may(by)
    if not RecomputeRun.objects.filter(pk=run.pk, state__in=GOING).update(state=State.STOPPED, finished_at=at):
        raise RunIsOver
    journal.record("recompute.stopped", subject=run, by=by, at=at)
    run.refresh_from_db()
    return run


@retried
def resume(*, run: RecomputeRun, by: Any, at: datetime) -> RecomputeRun:
    """Goes on with a stopped (or failed) run where it ended; raises NotStopped otherwise."""
    _check_may(by)
    stopped = RecomputeRun.objects.filter(pk=run.pk, state__in=(State.STOPPED, State.FAILED))
    if not stopped.update(state=State.QUEUED, finished_at=None):
        raise NotStopped
    RecomputeRange.objects.filter(run=run, is_done=False).update(attempts=0, leased_until=None)
    journal.record("recompute.resumed", subject=run, by=by, at=at)
    run.refresh_from_db()
    _ring(run)
    return run


def _check_may(by: Any) -> None:
    if by is not None and not by.may(Permission.RECOMPUTE):
        raise MayNotRecompute


def _ring(run: RecomputeRun) -> None:
    transaction.on_commit(lambda: doorbell.ring("scoring.tasks.work_run", run.pk, queue="scoring"), robust=True)


def _cut(run: RecomputeRun) -> None:
    """Ranges of so many leads each: short ones, taken one by one, even out leads with many activities."""
    lows = _firsts(RANGE_SIZE[connection.vendor])
    highest = Lead.objects.aggregate(most=Max("pk"))["most"] or 0
    highs = [*(low - 1 for low in lows[1:]), highest]
    RecomputeRange.objects.bulk_create(
        (RecomputeRange(run=run, low=low, high=high) for low, high in zip(lows, highs, strict=False)), batch_size=500
    )
    run.leads_total = Lead.objects.present().count()
    run.save(update_fields=["leads_total"])


def _firsts(size: int) -> list[int]:
    """The ids with which ranges begin: every size-th lead, in one pass over the primary key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM leads_lead) t "
            "WHERE (n - 1) %% %s = 0 ORDER BY id",
            [size],
        )
        return [row[0] for row in cursor]


# -- working -----------------------------------------------------------------------------------------


def work_range(*, run_id: int, at: datetime) -> bool:
    """Scores one range of the run; False when there is none left to take. Any number may work at once."""
    taken = _claim(run_id=run_id, at=at)
    if taken is None:
        refresh(run_id=run_id, at=at)
        return False
    try:
        _work(range_id=taken, at=at)
    except Exception:
        log.exception("a range of recompute %s failed", run_id)
        _give_up_if_hopeless(taken, at)
        return False
    refresh(run_id=run_id, at=at)
    return True


@retried
def _claim(*, run_id: int, at: datetime) -> int | None:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    owed = RecomputeRange.objects.filter(free, run_id=run_id, is_done=False, run__state__in=GOING).order_by("low")
    for range_id in owed.values_list("pk", flat=True)[:8]:
        mine = RecomputeRange.objects.filter(free, pk=range_id, is_done=False)
        if mine.update(leased_until=at + LEASE, attempts=F("attempts") + 1):
            RecomputeRun.objects.filter(pk=run_id, state=State.QUEUED).update(state=State.RUNNING)
            return range_id
    return None


@retried
def _work(*, range_id: int, at: datetime) -> None:
    """Scores the range and marks it done in one transaction: killed midway, it is simply still owed."""
    locks.see_one_moment()
    locks.share_models()
    need_not_last()  # a range that a crash of the database undoes is owed again with it
    part = RecomputeRange.objects.select_related("run").get(pk=range_id)
    if part.is_done or part.run.state not in GOING:
        return
    ids = _drifted(part, at) if part.run.kind == Kind.MIDNIGHT else None
    written = scores.score_range(low=part.low, high=part.high, ids=ids, at=at, run=part.run, reason=part.run.reason)
    leads = Lead.objects.present().filter(pk__range=(part.low, part.high)).count() if ids is None else len(ids)
    RecomputeRange.objects.filter(pk=range_id, is_done=False).update(
        is_done=True, leased_until=None, leads=leads, changed=written.changed, band_changes=written.band_changes
    )


def _drifted(part: RecomputeRange, at: datetime) -> list[int] | None:
    since = _right_until(part.run)
    if since is None:
        return None
    known, home = conditions.registry(), organization.current()
    dialect = Dialect(connection.vendor, organization.local_day(at, home), home.zone, known)
    return drifting.lead_ids(specs.published(known), low=part.low, high=part.high, since=since, dialect=dialect)


def _right_until(run: RecomputeRun) -> date | None:
    """The local day until which all scores are right: every later score was made on its own day."""
    done = RecomputeRun.objects.filter(state=State.DONE).exclude(pk=run.pk)
    return done.aggregate(latest=Max("as_of"))["latest"]


def _give_up_if_hopeless(range_id: int, at: datetime) -> None:
    part = RecomputeRange.objects.get(pk=range_id)
    if part.attempts >= MOST_ATTEMPTS:
        RecomputeRun.objects.filter(pk=part.run_id, state__in=GOING).update(state=State.FAILED, finished_at=at)


@retried
def refresh(*, run_id: int, at: datetime) -> None:
    """Sums the ranges into the run, and ends it when none is left; safe to repeat."""
    ranges = RecomputeRange.objects.filter(run_id=run_id)
    sums = ranges.aggregate(
        leads=Sum("leads"), changed=Sum("changed"), bands=Sum("band_changes"), owed=Count("pk", filter=Q(is_done=False))
    )
    run = RecomputeRun.objects.filter(pk=run_id)
    run.update(leads_done=sums["leads"] or 0, changed=sums["changed"] or 0, band_changes=sums["bands"] or 0)
    if not sums["owed"] and run.filter(state__in=GOING).update(state=State.DONE, finished_at=at):
        done = run.get()
        data = {"leads": done.leads_done, "changed": done.changed, "band_changes": done.band_changes}
        journal.record("recompute.done", subject=done, by=None, at=at, data=data)


# -- midnight ----------------------------------------------------------------------------------------


def midnight(*, at: datetime) -> RecomputeRun | None:
    """The pass after local midnight over whom time can have changed: once a day, whoever calls how often.

    None when today's was started before, or when no model is published.
    """
    if not ScoringModel.objects.filter(state=ModelState.PUBLISHED).exists():
        return None
    today = organization.local_day(at)
    if RecomputeRun.objects.filter(as_of__gte=today, kind=Kind.MIDNIGHT).exists():
        return None
    return _begin_midnight(today=today, at=at)


@retried
def _begin_midnight(*, today: date, at: datetime) -> RecomputeRun | None:
    try:
        with transaction.atomic():
            run = RecomputeRun.objects.create(kind=Kind.MIDNIGHT, as_of=today, reason="midnight", created_at=at)
    except IntegrityError:
        return None  # another sweep was first
    _cut(run)
    _ring(run)
    return run


# -- the sweep ---------------------------------------------------------------------------------------


def sweep(*, at: datetime, most_ranges: int = 20) -> int:
    """Goes on with runs whose doorbell was lost; returns how many ranges it worked."""
    midnight(at=at)
    worked = 0
    for run_id in RecomputeRun.objects.filter(state__in=GOING).order_by("pk").values_list("pk", flat=True):
        while worked < most_ranges and work_range(run_id=run_id, at=at):
            worked += 1
    return worked

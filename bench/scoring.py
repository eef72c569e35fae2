"""Recomputing all scores against the best statement written by hand, the pass after midnight, and stale scores.

Both sides score the same leads by the same eleven rules of fit and eleven of behaviour and write what differs. The
product's also keeps the bands that changed, tells who reached the line, and takes the ranges under leases.
"""

import resource
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from accounts.models import User
from accounts.queries import organization
from bench import scoring_rules, stock
from bench import workers as crew
from bench.report import Line
from journal import clock
from leads.domain.choices import StaleCause
from leads.models import Lead, LeadScore, ScoreDue
from scoring.models import RecomputeRun, ScoringModel
from scoring.services import models, recompute, scores

NARROW = "lead_id, model_id, total, band, grade, fit, engagement, intent, readiness, authority, reaches_line, as_of, computed_at"
STALE, ROUNDS, MOST_STALE_SECONDS = 1000, 15, 0.1


def run(wanted: int) -> Iterator[Line]:
    """The lines, as each is known."""
    user = stock.begin()
    stock.fill(wanted)
    began = time.monotonic()
    if made := stock.act(wanted):
        note(f"{made:,} activities made in {time.monotonic() - began:.0f} s")
    RecomputeRun.objects.all().delete()  # a bench before this one has worked days ahead
    at = clock.now()
    yield from full(user, at, most={1: 1.15, 0: 1.2, 2: 0.75})
    yield from midnight(at)
    yield stale(at)


def full(user: User, at: datetime, *, most: dict[int, float], on: str = "") -> Iterator[Line]:
    """All scores change, then none does: the product in ranges by one worker, the hand's in one statement.

    `most`: the limits by how many workers, 0 for where nothing changes; two workers where there is a limit.
    """
    hand = Hand()
    publish(user)
    worked(at)
    hand.score(1, at)  # from here on both sides have a row for every lead
    tidy()
    publish(user)
    before = memory()
    change, by_hand = worked(at), hand.score(2, at)
    note(f"{on}the worker's memory {before} MB before, {memory()} MB after")
    check(hand)
    yield line(f"{on}recompute, all scores change", change, by_hand, most[1])
    tidy()
    none, by_hand_none = again(at, changed=0), hand.score(2, at)
    yield line(f"{on}recompute, none change", none, by_hand_none, most[0])
    tidy()
    if 2 in most:
        publish(user)
        yield line(f"{on}recompute, all change, two workers", worked(at, workers=2), by_hand, most[2])
        tidy()


def note(text: str) -> None:
    """What is worth knowing beside the lines."""
    print(f"scoring: {text}", file=sys.stderr, flush=True)


def memory() -> int:
    """The most this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def line(what: str, product: float, bare: float, most: float) -> Line:
    """A figure of seconds that may be so many times the yardstick's."""
    return Line(what, product, bare, product / bare, f"≤ {most:g}", product / bare <= most)


def tidy() -> None:
    """What a night's vacuum does, so that neither side pays for what the other left behind."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        for table in ("leads_leadscore", "bench_score", "leads_activity", "leads_lead"):
            cursor.execute(f"VACUUM ANALYZE {table}")


# -- the product -----------------------------------------------------------------------------------


def publish(user: User) -> None:
    """The rules of the bench as a new version: every lead's score names another model, so every row changes."""
    published = ScoringModel.objects.filter(state="published").order_by("-position")[0]
    bands = [
        {"band": "high", "from": scoring_rules.HIGH, "label_ja": "高", "label_en": "High"},
        {"band": "middle", "from": scoring_rules.MIDDLE, "label_ja": "中", "label_en": "Middle"},
        {"band": "low", "from": None, "label_ja": "低", "label_en": "Low"},
    ]
    changes: dict[str, Any] = {"rules": scoring_rules.RULES, "line": scoring_rules.LINE, "bands": bands, "caps": {}}
    draft = models.copy(model=published, changes=changes, by=user, at=clock.now())
    models.publish(model=draft, why="bench", by=user, at=clock.now())


def again(at: datetime, *, changed: int | None = None) -> float:
    """Seconds of a full run; raises when it changed another number of totals than it should have."""
    recompute.start(by=None, at=at)
    seconds = worked(at)
    found = RecomputeRun.objects.latest("pk").changed
    if changed is not None and found != changed:
        raise RuntimeError(f"{found:,} scores changed, not {changed:,}")
    return seconds


def worked(at: datetime, workers: int = 1) -> float:
    """Seconds in which so many workers end the run that is going."""
    run_id = RecomputeRun.objects.filter(state__in=recompute.GOING).latest("pk").pk
    began = time.monotonic()
    if workers == 1:
        crew.work(run_id, at)
    else:
        with get_context("spawn").Pool(workers, crew.ready) as pool:
            pool.starmap(crew.work, [(0, at)] * workers, chunksize=1)  # started and connected before the clock runs
            began = time.monotonic()
            pool.starmap(crew.work, [(run_id, at)] * workers, chunksize=1)
    seconds = time.monotonic() - began
    state = RecomputeRun.objects.get(pk=run_id).state
    if state != RecomputeRun.State.DONE:
        raise RuntimeError(f"the run ended as {state}")
    return seconds


def midnight(at: datetime) -> Iterator[Line]:
    """The pass over whom a day's time can have changed, and that a full one after it finds nothing to write."""
    tomorrow, after = at + timedelta(days=1), at + timedelta(days=2)
    recompute.midnight(at=tomorrow)
    seconds = worked(tomorrow)
    done = RecomputeRun.objects.latest("pk")
    again(tomorrow, changed=0)
    full = again(after)
    note(f"midnight looked at {done.leads_done:,} leads and changed {done.changed:,}; equal to a full pass")
    yield line("the pass after midnight, of a full one", seconds, full, 0.5)


def stale(at: datetime) -> Line:
    """A thousand leads whose last mark is an import's, each with something new, scored in one transaction."""
    took: list[float] = []
    first = Lead.objects.aggregate(first=Min("pk"))["first"]
    for number in range(ROUNDS):
        low = first + number * STALE
        with connection.cursor() as cursor:
            cursor.execute(stock.ONE_MORE, {"low": low, "high": low + STALE - 1, "tag": f"{at.timestamp()}"})
        ids = list(Lead.objects.present().filter(pk__range=(low, low + STALE - 1)).values_list("pk", flat=True))
        ScoreDue.objects.bulk_create(ScoreDue(lead_id=pk, cause=StaleCause.BULK, marked_at=at) for pk in ids)
        began = time.monotonic()
        scores.score_stale(at=at)
        took.append(time.monotonic() - began)
    middle = statistics.median(took)
    return Line(
        f"{STALE:,} stale leads",
        middle,
        MOST_STALE_SECONDS,
        middle / MOST_STALE_SECONDS,
        "≤ 1",
        middle <= MOST_STALE_SECONDS,
    )


# -- by hand ---------------------------------------------------------------------------------------


class Hand:
    """The statement written by hand, on a narrow table of its own with the indexes that lists by score need."""

    def __init__(self) -> None:
        span = Lead.objects.aggregate(low=Min("pk"), high=Max("pk"))
        self.span, self.zone = span, organization.current().zone
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_score")
            cursor.execute(f"CREATE TABLE bench_score AS SELECT {NARROW} FROM leads_leadscore WHERE 1 = 0")
            cursor.execute("CREATE UNIQUE INDEX bench_score_lead ON bench_score (lead_id)")
            cursor.execute("CREATE INDEX bench_score_total ON bench_score (total DESC, lead_id DESC)")
            cursor.execute("CREATE INDEX bench_score_band ON bench_score (band, total DESC, lead_id DESC)")
            cursor.execute("CREATE INDEX bench_score_line ON bench_score (lead_id) WHERE reaches_line")

    def score(self, model: int, at: datetime) -> float:
        """Seconds of the statement; `model` is a number that makes every row differ from another's."""
        on = at.astimezone(self.zone).date()
        days = {f"d{days}": on - timedelta(days=days) for days in (30, 60, 90)}
        began = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(
                scoring_rules.by_hand(connection.vendor), {**self.span, **days, "on": on, "at": at, "model": model}
            )
        return time.monotonic() - began


def check(hand: Hand) -> None:
    """Raises when the two don't say the same of every lead."""
    columns = ", ".join(("lead_id", "total", "band", "grade", "fit", "engagement", "reaches_line"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {columns} FROM leads_leadscore EXCEPT SELECT {columns} FROM bench_score) d"
        )
        apart = cursor.fetchone()[0]
    shown = LeadScore.objects.filter(band="high").count()
    note(f"{apart:,} leads on which the two differ; {shown:,} leads in the highest band")
    if apart:
        raise RuntimeError("the yardstick and the product don't score alike")

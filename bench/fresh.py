"""From an activity posted to the new score seen, with a web process, a broker and a worker as in production.

Two hundred activities a second come in posts of ten, each about another lead, like a marketing tool sends them. A score
counts as seen when a look at the database, twenty times a second, finds no mark of it being owed.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, Thread

from django.db import connection

from bench import scoring_rules, stock
from bench.report import Line
from bench.serving import Web, served
from config.environment import ROOT
from journal import clock
from leads.models import LeadScore, ScoreDue

POSTS, ACTIVITIES, SENDERS, SECONDS = 20, 10, 2, 30
MOST, LOOK = 1.0, 0.05


class Course:
    """When each lead's activity was sent, and when its score was seen."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.sent: dict[int, float] = {}
        self.waiting: set[int] = set()
        self.took: list[float] = []

    def posted(self, leads: list[int], sent: float) -> None:
        with self.lock:
            self.sent.update(dict.fromkeys(leads, sent))
            self.waiting.update(leads)

    def look(self) -> None:
        """Asked before the marks are read, so that nobody counts as seen who came in between."""
        with self.lock:
            waiting = set(self.waiting)
        owed = set(ScoreDue.objects.values_list("lead_id", flat=True))
        now = time.monotonic()
        with self.lock:
            for lead in waiting - owed:
                self.waiting.discard(lead)
                self.took.append(now - self.sent[lead])


def run(leads: int) -> Iterator[Line]:
    """The one line."""
    user = stock.begin()
    stock.fill(leads)
    wanted = POSTS * ACTIVITIES * SECONDS
    # One more page seen takes none of them over the line: being handed over takes longer than being scored.
    below = LeadScore.objects.filter(total__lt=scoring_rules.LINE - 8)
    ids = list(below.order_by("pk").values_list("pk", flat=True)[:wanted])
    if len(ids) < wanted:
        raise RuntimeError(f"{wanted:,} leads are wanted that are far from the line")
    headers = {"Authorization": f"Bearer {stock.key(user)}", "Content-Type": "application/json"}
    course, at = Course(), clock.now()
    with served("config.settings") as web, worker():
        senders = [
            Thread(target=send, args=(Web(web.connection.port), headers, ids[number::SENDERS], course, at))
            for number in range(SENDERS)
        ]
        began = time.monotonic()
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders) or course.waiting:
            course.look()
            time.sleep(LOOK)
            if time.monotonic() - began > 4 * SECONDS:
                raise RuntimeError(f"{len(course.waiting):,} scores are still owed")
        sending = max(course.sent.values()) - began
    p95 = statistics.quantiles(course.took, n=20)[-1]
    changed = LeadScore.objects.filter(pk__in=ids, computed_at__gte=at).count()
    print(
        f"fresh: {len(course.took):,} activities in {sending:.0f} s; {changed:,} scores changed; "
        f"median {statistics.median(course.took) * 1000:.0f} ms",
        file=sys.stderr,
    )
    yield Line("activity posted, new score seen, p95", p95, MOST, p95 / MOST, f"≤ {MOST:g} s", p95 <= MOST)


def send(web: Web, headers: dict[str, str], leads: list[int], course: Course, at: datetime) -> None:
    """Posts ten at a time, at its share of the rate whatever the answers take."""
    began, mark = time.monotonic(), at.timestamp()
    for number in range(0, len(leads), ACTIVITIES):
        due = began + number / ACTIVITIES * SENDERS / POSTS
        time.sleep(max(0.0, due - time.monotonic()))
        some = leads[number : number + ACTIVITIES]
        body = [
            {"event_id": f"fresh-{mark}-{lead}", "lead": lead, "type": "page_view", "occurred_at": at.isoformat()}
            for lead in some
        ]
        sent = time.monotonic()
        web.ask("POST", "/api/v1/activities/", headers, json.dumps(body).encode())
        course.posted(some, sent)


@contextmanager
def worker() -> Iterator[None]:
    """The Celery worker as `./run` starts it."""
    words = [sys.executable, "-m", "celery", "-A", "config", "--quiet", "worker", "-P", "prefork", "-c", "2"]
    process = subprocess.Popen([*words, "-Q", "urgent,scoring,bulk", "-l", "error"], cwd=ROOT, env=os.environ)
    time.sleep(6)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
        connection.close()

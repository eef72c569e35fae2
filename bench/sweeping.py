"""`python -m bench.sweeping`: sweeps over the clocks of the stock of open handoffs, of which so many are due.

Warnings and breaches, which tell people; what a handoff costs that goes on to somebody else is said beside it.
"""

import json
import statistics
import sys
import time

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from bench.report import Line
from handoff.models import Clock
from handoff.services import sweeps
from journal import clock

DUE, ROUNDS, MOST, GOING_ON = 1000, 5, 1.0, 20
# Answers that run and are not due, in no order that the table has; `event` came five seconds ago.
MAKE_DUE = """
UPDATE handoff_clock SET next_event_at = t.at, due_at = CASE WHEN %(kind)s = 'breach' THEN t.at ELSE due_at END,
  events = jsonb_build_array(jsonb_build_array(%(kind)s::text, %(level)s::int, to_json(t.at)))
    || CASE WHEN %(kind)s = 'warn' THEN events ELSE '[]' END
FROM (SELECT now() - interval '5 second' AS at) t
WHERE id IN (SELECT id FROM handoff_clock WHERE kind = 'answer' AND state = 'running'
    AND next_event_at > now() + interval '1 minute' ORDER BY md5(id::text || %(salt)s) LIMIT %(number)s)
"""


def main() -> None:
    """Prints each line as JSON for the parent."""
    running = Clock.objects.filter(next_event_at__isnull=False).count()
    swept("warn", 80, 0)
    nothing = statistics.median(swept("warn", 80, 0) for _ in range(ROUNDS))
    for kind, level, what in (("warn", 80, "warnings"), ("breach", 100, "breaches")):
        took = statistics.median(swept(kind, level, DUE) for _ in range(ROUNDS))
        said = f"sweep, {DUE:,} {what} of {running:,} clocks"
        print(json.dumps(vars(Line(said, took, MOST, took / MOST, f"≤ {MOST:g} s", took <= MOST))), flush=True)
    going_on = swept("escalate", 200, GOING_ON) / GOING_ON
    print(
        f"promises: a sweep with nothing due {nothing * 1000:.0f} ms; a handoff that goes on to somebody else "
        f"{going_on * 1000:.0f} ms",
        file=sys.stderr,
    )


def swept(kind: str, level: int, number: int) -> float:
    """Seconds of a sweep when so many moments are due, all of which happen."""
    values = {"kind": kind, "level": level, "number": number, "salt": f"{time.monotonic()}"}
    with connection.cursor() as cursor:
        cursor.execute(MAKE_DUE, values)
    at = clock.now()
    began = time.monotonic()
    found = sweeps.sweep(at=at)
    seconds = time.monotonic() - began
    # One or the other of the stock falls due by itself meanwhile.
    if found.moments < number or found.failed:
        raise RuntimeError(f"{number:,} moments were due; {found}")
    return seconds


if __name__ == "__main__":
    main()

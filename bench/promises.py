"""What keeps promises fast: a due time computed, a sweep over many clocks, and the pages that show what is owed.

The pages at full size stand beside the same pages at one hundredth of it: so many leads, open handoffs and people who
receive them less, as many for each.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from bench import apart, stock
from bench.report import Line
from bench.serving import Web, in_turns, served
from handoff.domain.calendar import WorkCalendar
from handoff.domain.promises import Promise
from handoff.models import Calendar, ClosingDay
from handoff.queries import calendars

SMALLER, MOST_TIMES, TIMES = 100, 3.0, 120
MOST_SECONDS, STARTS, YEARS = 50e-6, 20_000, 10
PROMISES = {
    "30 minutes": Promise(minutes=30),
    "540 minutes": Promise(minutes=540),
    "5 working days": Promise(working_days=5),
    # So far away that the years between count: ten of about 240 working days.
    "ten years in minutes": Promise(minutes=10 * 240 * 480),
    "ten years in working days": Promise(working_days=10 * 240),
}
PAGES = (
    ("inbox of a rep", "/inbox/", "rep"),
    ("inbox, asked whether there is news", "/inbox/?part=cards", "rep"),
    ("gap board of everything", "/gaps/?scope=all", "admin"),
    ("gap board of a team", "/gaps/?scope=team", "rep"),
)


def run(leads: int) -> Iterator[Line]:
    """The lines, as each is known."""
    yield from due_times()
    stock.begin()
    stock.fill(leads)
    with apart.copy("handoff_bench_many") as many, apart.new("handoff_bench_few") as few:
        [of_many] = apart.told("bench.waiting", leads, environment=many)
        [of_few] = apart.told("bench.waiting", leads // SMALLER, environment=few)
        yield from pages(many, of_many, few, of_few)
        for values in apart.told("bench.sweeping", environment=many):
            yield Line(**values)


def due_times() -> Iterator[Line]:
    """The mean of starts at any minute of ten years, on a calendar that was asked before."""
    calendar = _calendar()
    chance, first = random.Random(1), datetime(2020, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(minutes=chance.randrange(YEARS * 365 * 24 * 60)) for _ in range(STARTS)]
    for name, promise in PROMISES.items():
        for _ in range(2):  # the first time lays the years out
            began = time.perf_counter()
            for start in starts:
                promise.due_at(calendar, start)
            mean = (time.perf_counter() - began) / STARTS
        yield Line(f"due time, {name}", mean, MOST_SECONDS, mean / MOST_SECONDS, "≤ 50 µs", mean <= MOST_SECONDS)


def _calendar() -> WorkCalendar:
    """The usual week with Japanese holidays, closed at new year and in summer."""
    closed = [(date(2020, 12, 29), date(2021, 1, 3)), (date(2020, 8, 12), date(2020, 8, 15))]
    days = [ClosingDay(starts_on=first, ends_on=last, every_year=True) for first, last in closed]
    return calendars.build(Calendar(weekly=calendars.USUAL_WEEK), days)


def pages(many: apart.Environment, of_many: dict, few: apart.Environment, of_few: dict) -> Iterator[Line]:
    """Each page of the large company in turns with the small one's."""
    with served("config.settings", environment=many) as large, served("config.settings", environment=few) as small:
        for what, path, who in PAGES:
            ask_large = partial(_ask, large, path, of_many[who])
            pair = in_turns(ask_large, partial(_ask, small, path, of_few[who]), times=TIMES)
            yield Line.times(what, pair, MOST_TIMES)


def _ask(web: Web, path: str, cookie: str, _number: int) -> None:
    web.ask("GET", path, {"Cookie": cookie})

"""The fast calendar against a naive one that reads the wall clock minute by minute, from 2020 to 2035.

CALENDAR_EXAMPLES=10000 compares that many due times.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.domain.calendar import WorkCalendar
from handoff.queries.holidays import is_holiday

EXAMPLES = int(os.environ.get("CALENDAR_EXAMPLES", "120"))
MINUTE = timedelta(minutes=1)
ZONES = [ZoneInfo(name) for name in ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Europe/London")]
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
TURNS = [(1, 1), (2, 28), (5, 2), (12, 30)]


def sundays(year, month):
    days = (date(year, month, 1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == month and day.weekday() == 6]


def turning_days(year):
    """The clock changes of all zones, the Japanese holidays of May, the leap day and the turn of the year."""
    clock_changes = [sundays(year, 3)[1], sundays(year, 3)[-1], sundays(year, 10)[-1], sundays(year, 11)[0]]
    return [*clock_changes, *(date(year, month, day) for month, day in TURNS)]


INTERESTING = [day for year in range(FIRST.year, LAST.year + 1) for day in turning_days(year)]


def is_open(calendar, at):
    """The definition: the local clock reads a time within a window of the local day."""
    local = at.astimezone(calendar.zone)
    day = local.date()
    if day in calendar.opened:
        windows = calendar.opened[day]
    elif day in calendar.closed or calendar.is_holiday(day):
        windows = ()
    else:
        windows = calendar.weekly[day.weekday()]
    return any(start <= local.time() and (end == time(0) or local.time() < end) for start, end in windows)


def naive_due(calendar, start, minutes, *, days=20):
    at = start
    for _ in range(days * 1440):
        if minutes == 0:
            return at
        minutes -= is_open(calendar, at)
        at += MINUTE
    return None


def naive_minutes(calendar, begin, end):
    return sum(is_open(calendar, begin + n * MINUTE) for n in range((end - begin) // MINUTE))


@st.composite
def day_windows(draw):
    """Nought to three windows on minute boundaries; the last may end at midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    if len(marks) % 2:
        marks.pop()
    clocks = [time(mark % 1440 // 60, mark % 60) for mark in marks]
    return tuple(zip(clocks[::2], clocks[1::2], strict=True))


@st.composite
def cases(draw):
    """A calendar and a moment, with everything that is out of the ordinary within a few days of each other."""
    base = draw(st.sampled_from(INTERESTING) | st.dates(FIRST, LAST))
    near = st.integers(-2, 6).map(lambda n: base + timedelta(days=n))
    japanese = partial(is_holiday, "JP")
    calendar = WorkCalendar(
        draw(st.sampled_from(ZONES)),
        draw(st.tuples(*[day_windows()] * 7)),
        closed=draw(st.frozensets(near, max_size=3)),
        opened=draw(st.dictionaries(near, day_windows(), max_size=2)),
        is_holiday=draw(st.just(japanese) | st.frozensets(near, max_size=3).map(lambda days: days.__contains__)),
    )
    day, minute = draw(near), draw(st.integers(0, 1439))
    return calendar, datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE


NIGHT = WorkCalendar(ZoneInfo("Europe/Berlin"), (((time(1, 30), time(2, 30)), (time(2, 45), time(0))),) * 7)


@pytest.mark.timeout(max(180, EXAMPLES))
@given(cases(), st.integers(1, 900))
@example((NIGHT, datetime(2026, 10, 25, 0, 10, tzinfo=UTC)), 75)
@example((NIGHT, datetime(2026, 3, 28, 22, 0, tzinfo=UTC)), 75)
@settings(max_examples=EXAMPLES, deadline=None)
def test_due_time_is_what_the_wall_clock_says(case, minutes):
    calendar, start = case
    expected = naive_due(calendar, start, minutes)

    if expected is not None:
        assert calendar.add_minutes(start, minutes) == expected
        assert calendar.minutes_between(start, expected) == minutes


@pytest.mark.timeout(max(180, EXAMPLES))
@given(cases(), st.integers(0, 4 * 1440))
@example((NIGHT, datetime(2026, 10, 24, 22, 0, tzinfo=UTC)), 1500)
@settings(max_examples=EXAMPLES, deadline=None)
def test_elapsed_minutes_and_windows_are_what_the_wall_clock_says(case, length):
    calendar, begin = case
    end = begin + length * MINUTE
    expected = naive_minutes(calendar, begin, end)

    assert calendar.minutes_between(begin, end) == expected
    assert sum((closing - opening) // MINUTE for opening, closing in calendar.windows(begin, end)) == expected
    assert calendar.is_open(begin) == is_open(calendar, begin)


@pytest.mark.timeout(max(180, EXAMPLES))
@given(cases(), st.integers(1, 3))
@settings(max_examples=EXAMPLES * 2 // 3, deadline=None)
def test_nth_working_day_closes_at_its_last_open_minute(case, n):
    calendar, start = case
    local_day = start.astimezone(calendar.zone).date()
    minutes = (start.replace(hour=0, minute=0) + m * MINUTE for m in range(8 * 1440))
    last_open = {}
    for at in minutes:
        if (day := at.astimezone(calendar.zone).date()) > local_day and is_open(calendar, at):
            last_open[day] = at + MINUTE

    closings = [last_open[day] for day in sorted(last_open)][:-1]  # the last day may be cut by the range
    if len(closings) >= n:
        assert calendar.close_of_nth_working_day(start, n) == closings[n - 1]


def test_due_times_over_a_year_of_every_zone_match():
    """Every seventh hour of a year with both clock changes."""
    hours = ((time(9), time(12)), (time(13), time(18)))
    for zone in ZONES:
        calendar = WorkCalendar(zone, (hours,) * 5 + ((), ()), closed=frozenset({date(2026, 1, 1)}))
        worked = {}
        first, total = datetime(2026, 1, 1, tzinfo=UTC), 0
        for n in range(400 * 96):  # quarters of an hour
            at = first + n * timedelta(minutes=15)
            worked[at] = total
            total += 15 * is_open(calendar, at)
        for n in range(0, 390 * 24, 7):
            begin, end = first + n * timedelta(hours=1), first + (n + 190) * timedelta(hours=1)
            assert calendar.minutes_between(begin, end) == worked[end] - worked[begin]

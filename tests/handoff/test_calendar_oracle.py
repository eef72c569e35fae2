"""The fast calendar against a naive one that reads the wall clock minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.domain.calendar import WorkCalendar

MINUTE = timedelta(minutes=1)
ZONES = [ZoneInfo(name) for name in ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Europe/London")]
# Around both clock changes of each zone, the Japanese holidays of May, and the turn of the year.
INTERESTING = [date(2026, 3, 7), date(2026, 3, 28), date(2026, 10, 24), date(2026, 10, 31)]
INTERESTING += [date(2026, 5, 2), date(2026, 12, 30), date(2027, 12, 31), date(2024, 2, 28)]


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


dates = st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from(INTERESTING), st.integers(-2, 6))
moments = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE,
    dates,
    st.integers(0, 1439),
)
calendars = st.builds(
    lambda zone, weekly, closed, opened, holidays: WorkCalendar(
        zone, weekly, closed=closed, opened=opened, is_holiday=holidays.__contains__
    ),
    st.sampled_from(ZONES),
    st.tuples(*[day_windows()] * 7),
    st.frozensets(dates, max_size=3),
    st.dictionaries(dates, day_windows(), max_size=2),
    st.frozensets(dates, max_size=3),
)
NIGHT = WorkCalendar(ZoneInfo("Europe/Berlin"), (((time(1, 30), time(2, 30)), (time(2, 45), time(0))),) * 7)


@given(calendars, moments, st.integers(1, 900))
@example(NIGHT, datetime(2026, 10, 25, 0, 10, tzinfo=UTC), 75)
@example(NIGHT, datetime(2026, 3, 28, 22, 0, tzinfo=UTC), 75)
@settings(max_examples=120, deadline=None)
def test_due_time_is_what_the_wall_clock_says(calendar, start, minutes):
    expected = naive_due(calendar, start, minutes)

    if expected is not None:
        assert calendar.add_minutes(start, minutes) == expected
        assert calendar.minutes_between(start, expected) == minutes


@given(calendars, moments, st.integers(0, 4 * 1440))
@example(NIGHT, datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 1500)
@settings(max_examples=120, deadline=None)
def test_elapsed_minutes_and_windows_are_what_the_wall_clock_says(calendar, begin, length):
    end = begin + length * MINUTE
    expected = naive_minutes(calendar, begin, end)

    assert calendar.minutes_between(begin, end) == expected
    assert sum((closing - opening) // MINUTE for opening, closing in calendar.windows(begin, end)) == expected
    assert calendar.is_open(begin) == is_open(calendar, begin)


@given(calendars, moments, st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_nth_working_day_closes_at_its_last_open_minute(calendar, start, n):
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

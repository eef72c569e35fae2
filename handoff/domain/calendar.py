"""Time as the business counts it: opening hours, lunch, holidays and closing days of one calendar.

A due moment is the earliest one by which so many working minutes have passed, so one that falls exactly on a
closing is that closing, and the elapsed counter read at a due moment shows exactly the minutes promised.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from handoff.domain.spans import DAY, MICROSECOND, MINUTE, Span, Stretch, from_moment, spans_of_day, to_moment

# A promise further away than this is a calendar without working time, or a number mistyped.
HORIZON_YEARS = 30

Window = tuple[time, time]
Windows = Sequence[Window]


class NoWorkingTime(ValueError):
    """The calendar has no (or too little) working time within the thirty years searched."""


class BadWindows(ValueError):
    """A day's windows overlap, run backwards or stand in the wrong order."""


def no_holiday(day: date) -> bool:
    return False


@dataclass(frozen=True)
class WorkCalendar:
    """One calendar, never changing; answers are aware datetimes in UTC.

    zone      where the clock hangs on the wall
    weekly    seven tuples of (start, end), Monday first; an end of 00:00 is midnight; a gap is lunch
    closed    dates without working time, whatever the week says
    opened    dates with their own windows, which beat week, holiday and closing
    is_holiday  says whether a date is a public holiday
    calendar_id the stored calendar this is, 0 when none
    """

    zone: ZoneInfo
    weekly: tuple[Windows, ...]
    closed: frozenset[date] = frozenset()
    opened: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    is_holiday: Callable[[date], bool] = no_holiday
    calendar_id: int = 0
    _weekly: tuple[list[Span], ...] = field(init=False, repr=False, compare=False)
    _opened: dict[date, list[Span]] = field(init=False, repr=False, compare=False)
    _years: dict[int, Stretch] = field(init=False, repr=False, compare=False, default_factory=dict)
    _days: dict[int, tuple[list[date], list[int]]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise BadWindows("a week has seven days")
        object.__setattr__(self, "_weekly", tuple(_offsets(windows) for windows in self.weekly))
        object.__setattr__(self, "_opened", {day: _offsets(windows) for day, windows in self.opened.items()})

    # -- minutes ----------------------------------------------------------------------------------

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment by which `minutes` working minutes have passed since `start`. Raises NoWorkingTime."""
        return self.add_time(start, timedelta(minutes=minutes))

    def add_time(self, start: datetime, length: timedelta) -> datetime:
        """As `add_minutes`, for any length of working time."""
        left = length // MICROSECOND
        if left < 0:
            raise ValueError("working time is counted forwards")
        if left == 0:
            return start
        moment = to_moment(start)
        for year in self._search(self._local(start).year):
            stretch = self._year(year)
            worked = stretch.worked_until(moment)
            if worked + left <= stretch.total:
                return from_moment(stretch.moment_at(worked + left))
            left -= stretch.total - worked
        raise NoWorkingTime(f"less than {length} of working time within {HORIZON_YEARS} years of {start:%Y-%m-%d}")

    def time_between(self, begin: datetime, end: datetime) -> timedelta:
        """Working time from begin to end, exact; negative when end is earlier."""
        if end < begin:
            return -self.time_between(end, begin)
        first, last = self._local(begin).year, self._local(end).year
        whole = sum(self._year(year).total for year in range(first, last))
        worked = self._year(last).worked_until(to_moment(end)) - self._year(first).worked_until(to_moment(begin))
        return (whole + worked) * MICROSECOND

    def minutes_between(self, begin: datetime, end: datetime) -> int:
        """Whole working minutes from begin to end, cut towards zero; negative when end is earlier."""
        if end < begin:
            return -self.minutes_between(end, begin)
        return self.time_between(begin, end) // timedelta(minutes=1)

    # -- opening ----------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Whether this moment is working time. Opening is, closing is not."""
        moment = to_moment(at)
        return self._year(self._local(at).year).next_open(moment) == moment

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. Raises NoWorkingTime."""
        moment = to_moment(at)
        for year in self._search(self._local(at).year):
            if (opening := self._year(year).next_open(moment)) is not None:
                return at if opening == moment else from_moment(opening)
        raise NoWorkingTime(f"never open within {HORIZON_YEARS} years of {at:%Y-%m-%d}")

    def windows(self, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The working spans between two moments, cut to them: what a countdown in a browser needs."""
        first, last = to_moment(begin), to_moment(end)
        years = range(self._local(begin).year, self._local(end).year + 1)
        spans = [span for year in years for span in self._year(year).between(first, last)]
        return [(from_moment(opening), from_moment(closing)) for opening, closing in spans]

    # -- days -------------------------------------------------------------------------------------

    def is_working_day(self, day: date) -> bool:
        return bool(self._spans(day))

    def closing_of(self, day: date) -> datetime:
        """The day's last closing; of the next working day when the day itself is closed. Raises NoWorkingTime."""
        return self._nth_closing(day, 1)

    def close_of_nth_working_day(self, start: datetime, n: int) -> datetime:
        """The closing of the n-th working day after the local day of `start`; n >= 1. Raises NoWorkingTime."""
        if n < 1:
            raise ValueError("working days are counted from the day after")
        return self._nth_closing(self._local(start).date() + timedelta(days=1), n)

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first`, up to and with `last`; 0 when last is not later."""
        counted = [self._working_days(year)[0] for year in range(first.year, last.year + 1)] if first < last else []
        return sum(bisect_right(days, last) - bisect_right(days, first) for days in counted)

    def midnight_of(self, day: date) -> datetime:
        """The first moment of the local day."""
        return from_moment(spans_of_day(day, [(0, DAY)], self.zone)[0][0])

    def local_day(self, at: datetime) -> date:
        """The date on the wall at this moment."""
        return self._local(at).date()

    @property
    def day_minutes(self) -> int:
        """The length of the first weekday that has opening hours: what one working day means in words."""
        spans = next((windows for windows in self._weekly if windows), [])
        return sum(end - start for start, end in spans) // MINUTE

    # -- inside -----------------------------------------------------------------------------------

    def _nth_closing(self, day: date, n: int) -> datetime:
        for year in self._search(day.year):
            days, closings = self._working_days(year)
            ahead = len(days) - (first := bisect_left(days, day))
            if n <= ahead:
                return from_moment(closings[first + n - 1])
            n -= ahead
        raise NoWorkingTime(f"no such working day within {HORIZON_YEARS} years")

    def _search(self, year: int) -> range:
        if not any(self._weekly) and not any(self._opened.values()):
            raise NoWorkingTime("the calendar has no opening hours")
        return range(year, year + HORIZON_YEARS)

    def _local(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return at.astimezone(self.zone)

    def _offsets_of(self, day: date) -> list[Span]:
        if day in self._opened:
            return self._opened[day]
        windows = self._weekly[day.weekday()]
        return [] if not windows or day in self.closed or self.is_holiday(day) else windows

    def _spans(self, day: date) -> list[Span]:
        windows = self._offsets_of(day)
        return spans_of_day(day, windows, self.zone) if windows else []

    def _year(self, year: int) -> Stretch:
        """A local year laid out once; two threads that race build the same thing twice, harmlessly."""
        if year not in self._years:
            self._years[year] = Stretch.of(span for day in _days_of(year) for span in self._spans(day))
        return self._years[year]

    def _working_days(self, year: int) -> tuple[list[date], list[int]]:
        """The working days of a local year, and each one's last closing; laid out once like `_year`."""
        if year not in self._days:
            closings = {day: spans[-1][1] for day in _days_of(year) if (spans := self._spans(day))}
            self._days[year] = [*closings], [*closings.values()]
        return self._days[year]


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _offsets(windows: Windows) -> list[Span]:
    """Windows as microseconds after midnight, checked."""
    spans = [(_after_midnight(start), _after_midnight(end) or DAY) for start, end in windows]
    if any(start >= end for start, end in spans) or any(a[1] > b[0] for a, b in pairwise(spans)):
        raise BadWindows("windows must follow one another without overlap")
    return spans


def _after_midnight(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond

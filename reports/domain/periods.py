"""Periods of whole local days, half-open, and the one before of the same length."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# The longest period that anybody can ask about.
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class Period:
    """`from_on` is in, `to_on` is out, both local days of `zone`."""

    from_on: date
    to_on: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.to_on <= self.from_on:
            raise ValueError("a period has at least one day")

    @property
    def start(self) -> datetime:
        """The first moment."""
        return _midnight(self.from_on, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that is out."""
        return _midnight(self.to_on, self.zone)

    @property
    def last_on(self) -> date:
        """The last day that is in: what pages show."""
        return self.to_on - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days

    @property
    def is_whole_months(self) -> bool:
        return self.from_on.day == 1 and self.to_on.day == 1

    @property
    def months(self) -> float:
        """How many months it is: of one that is cut off, the share of its days."""
        share, first = 0.0, self.from_on.replace(day=1)
        while first < self.to_on:
            following = months_before(first, -1)
            inside = (min(following, self.to_on) - max(first, self.from_on)).days
            share, first = share + inside / (following - first).days, following
        return share

    def previous(self) -> "Period":
        """As many months before when it is whole months, else as many days."""
        if not self.is_whole_months:
            return replace(self, from_on=self.from_on - timedelta(days=self.days), to_on=self.from_on)
        months = (self.to_on.year - self.from_on.year) * 12 + self.to_on.month - self.from_on.month
        return replace(self, from_on=months_before(self.from_on, months), to_on=self.from_on)


def months_before(first: date, months: int) -> date:
    """The first of the month so many months before the month of `first`."""
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def latest_months(today: date, months: int, zone: ZoneInfo) -> Period:
    """The latest so many whole months, the present one left out."""
    this = today.replace(day=1)
    return Period(months_before(this, months), this, zone)


def this_month(today: date, zone: ZoneInfo) -> Period:
    """From the first of the month up to and with today."""
    return Period(today.replace(day=1), today + timedelta(days=1), zone)


def latest_days(today: date, days: int, zone: ZoneInfo) -> Period:
    """The latest so many days, today included."""
    return Period(today - timedelta(days=days - 1), today + timedelta(days=1), zone)


def week_ago(today: date, weeks: int, zone: ZoneInfo) -> Period:
    """Monday to Sunday of the week so many weeks ago."""
    monday = today - timedelta(days=today.weekday(), weeks=weeks)
    return Period(monday, monday + timedelta(days=7), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)

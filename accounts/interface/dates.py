"""Moments and lengths of time as people read them, in the language of the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

DAYS_REMEMBERED = 4096
_read_at: ContextVar[Callable[[], datetime] | None] = ContextVar("read_at", default=None)


@contextmanager
def read_at(moment: Callable[[], datetime]) -> Iterator[None]:
    """Within the block a day is told with its year unless it lies in the year of `moment()`."""
    token = _read_at.set(moment)
    try:
        yield
    finally:
        _read_at.reset(token)


def day(value: date | datetime | None, *, today: date | None = None, weekday: bool = True) -> str:
    """`11/21(土)`, `Sat 21 Nov`; with its year when that is not this year's (of `today`, else of `read_at`)."""
    if value is None:
        return ""
    on = _local_day(value)
    return _day(get_language(), on, on.year != (today or _today()).year, weekday)


@lru_cache(DAYS_REMEMBERED)
def _day(_language: str | None, on: date, with_year: bool, weekday: bool) -> str:
    parts = {
        "weekday": WEEKDAYS_ABBR[on.weekday()],
        "day": on.day,
        "month": on.month,
        "month_name": str(MONTHS_3[on.month]).capitalize(),
        "year": on.year,
    }
    if weekday:
        far = pgettext("date", "%(weekday)s %(day)d %(month_name)s %(year)d")
        pattern = far if with_year else pgettext("date", "%(weekday)s %(day)d %(month_name)s")
    else:
        far = pgettext("date", "%(day)d %(month_name)s %(year)d")
        pattern = far if with_year else pgettext("date", "%(day)d %(month_name)s")
    return pattern % parts


def long_day(value: date | datetime) -> str:
    """`11月20日(金)`, `Friday 20 November`: the head of a page about one day."""
    on = _local_day(value)
    return pgettext("long date", "%(weekday)s %(day)d %(month_name)s") % {
        "weekday": WEEKDAYS_ABBR[on.weekday()],
        "day": on.day,
        "month": on.month,
        "month_name": str(MONTHS_3[on.month]).capitalize(),
    }


def first_weekday() -> int:
    """The day a week begins with, 0 for Monday: Sunday in Japan; English is written as in Britain, where it is Monday."""
    return 6 if (get_language() or "ja").startswith("ja") else 0


def month(value: date) -> str:
    """`2026年11月`, `Nov 2026`."""
    return pgettext("month", "%(month_name)s %(year)d") % {
        "month_name": str(MONTHS_3[value.month]).capitalize(),
        "month": value.month,
        "year": value.year,
    }


def clock_time(value: datetime) -> str:
    """`9:00`, `14:32`."""
    local = timezone.localtime(value)
    return f"{local.hour}:{local.minute:02d}"


def moment(value: datetime | None, *, today: date | None = None) -> str:
    """`11/21(土) 14:30`, `Sat 21 Nov 14:30`."""
    return "" if value is None else f"{day(value, today=today)} {clock_time(value)}"


def near_day(value: date | datetime | None, *, today: date) -> str:
    """今日, 昨日, 明日 where it is that near, else the day; in English as it reads within a sentence."""
    if value is None:
        return ""
    on = _local_day(value)
    match (on - today).days:
        case 0:
            return _("today")
        case -1:
            return _("yesterday")
        case 1:
            return _("tomorrow")
    return day(on, today=today)


def near_moment(value: datetime | None, *, today: date) -> str:
    """`今日 13:52`, `昨日 16:05`, else `11/18(水) 9:40`."""
    return "" if value is None else f"{near_day(value, today=today)} {clock_time(value)}"


def due_day(value: datetime) -> date:
    """The day a due time belongs to. Every due time is a moment at which working time ends, so that local midnight is
    the end of the day before, and is written as its 24:00."""
    local = timezone.localtime(value)
    return local.date() - timedelta(days=1) if local.time() == time() else local.date()


def due_time(value: datetime) -> str:
    """`18:00`, at midnight `24:00`: the time of day of a due time on its `due_day`."""
    return "24:00" if is_whole_day(value) else clock_time(value)


def due(value: datetime | None, *, today: date | None = None) -> str:
    """A due time as `moment` tells it: `11/20(金) 18:00`, `11/20(金) 24:00`."""
    return "" if value is None else f"{day(due_day(value), today=today)} {due_time(value)}"


def near_due(value: datetime | None, *, today: date) -> str:
    """A due time as `near_moment` tells it: `今日 18:00`, `今日 24:00`."""
    return "" if value is None else f"{near_day(due_day(value), today=today)} {due_time(value)}"


def happened(value: datetime | None, *, today: date) -> str:
    """As `near_moment`; only the day of what is known by its day alone, which lies at its very first moment."""
    return near_day(value, today=today) if is_whole_day(value) else near_moment(value, today=today)


def is_whole_day(value: date | None) -> bool:
    """Whether this is local midnight to the microsecond, as a list's bare date becomes."""
    return isinstance(value, datetime) and timezone.localtime(value).time() == time()


def days_ago(value: date | datetime | None, *, today: date) -> str:
    """`今日`, `昨日`, `3日前`."""
    if value is None:
        return ""
    days = (today - _local_day(value)).days
    if days <= 1:
        return near_day(value, today=today) if days >= -1 else day(value, today=today)
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def length(minutes: float | None) -> str:
    """`48分`, `1時間12分`; `48 min`, `1 h 12 min`."""
    if minutes is None:
        return ""
    total = max(0, round(minutes))
    hours, rest = divmod(total, 60)
    if not hours:
        return pgettext("clock", "{m} min").format(m=rest)
    if not rest:
        return pgettext("clock", "{h} h").format(h=hours)
    return pgettext("clock", "{h} h {m} min").format(h=hours, m=f"{rest:02d}" if rest < 10 else rest)


def span(value: timedelta | None) -> str:
    """A length of calendar time: minutes and hours, from a day on whole days."""
    if value is None:
        return ""
    if value < timedelta(days=1):
        return length(value.total_seconds() / 60)
    return ngettext("%(days)d day", "%(days)d days", value.days) % {"days": value.days}


def _today() -> date:
    moment = _read_at.get()
    return timezone.localdate(moment() if moment else None)


def _local_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value

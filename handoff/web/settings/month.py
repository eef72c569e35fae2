"""A month of a calendar as a grid: each day's hours, what closes or opens it, and who is away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates
from accounts.models import Absence
from handoff.domain.calendar import WorkCalendar
from handoff.models import ClosingDay
from handoff.queries import holidays
from handoff.queries.calendars import days_of

# Days outside are not laid out, so no month outside can be looked at.
FIRST, LAST = date(2000, 2, 1), date(2100, 11, 1)


@dataclass(frozen=True)
class Day:
    """One field of the month; `hours` are its working windows as they are written, `away` what an absence says."""

    on: date
    is_out: bool
    is_open: bool
    is_today: bool
    name: str
    hours: tuple[str, ...] = ()
    away: str = ""

    @property
    def short(self) -> str:
        """The hours where there is little room: from the first opening to the last closing."""
        if not self.hours:
            return ""
        begin, end = self.hours[0].split("–")[0], self.hours[-1].split("–")[1]
        return f"{begin.removesuffix(':00')}–{end.removesuffix(':00')}"

    @property
    def spoken(self) -> str:
        """What pressing the day does, after what it is."""
        hours = pgettext("list", ", ").join(self.hours) or pgettext("day", "closed")
        about = pgettext("list", ", ").join(part for part in (self.name, self.away) if part)
        pattern = _("%(day)s, %(is)s. Close this day") if self.is_open else _("%(day)s, %(is)s. Open this day")
        return pattern % {
            "day": dates.day(self.on),
            "is": pgettext("list", ", ").join(part for part in (about, hours) if part),
        }

    @property
    def press(self) -> str:
        """The value of its button: the day and what it shall be, so that pressing twice does it once."""
        return f"{self.on}:{'closed' if self.is_open else 'open'}"


def month_of(
    calendar: WorkCalendar,
    first: date,
    today: date,
    names: Mapping[date, str],
    *,
    first_weekday: int = 0,
    country: str = "JP",
    absences: Sequence[Absence] = (),
) -> list[list[Day]]:
    """The weeks of a month, from `first_weekday` (0 is Monday) on; `names` says what its entries call a day."""
    begins = first - timedelta(days=(first.weekday() - first_weekday) % 7)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = -(-(following - begins).days // 7)
    days = [begins + timedelta(days=number) for number in range(7 * weeks)]
    fields = [
        Day(
            on=on,
            is_out=on.month != first.month,
            is_open=calendar.is_working_day(on),
            is_today=on == today,
            name=names.get(on) or holidays.holiday_name(on, country) or "",
            hours=_hours(calendar, on),
            away=next((_away(row) for row in absences if row.starts_on <= on <= row.ends_on), ""),
        )
        for on in days
    ]
    return [fields[start : start + 7] for start in range(0, len(fields), 7)]


def names_of(closings: Iterable[ClosingDay]) -> dict[date, str]:
    """What each entry calls its days; one that closes without a name says that it does."""
    named: dict[date, str] = {}
    for entry in closings:
        unnamed = pgettext("day", "open") if entry.is_open else pgettext("day", "closed")
        for day in days_of(entry.starts_on, entry.ends_on, every_year=entry.every_year):
            named[day] = entry.name or unnamed
    return named


def weekdays(first_weekday: int) -> list[tuple[str, str]]:
    """(short, whole) names of the days of a week in their order."""
    order = [(first_weekday + number) % 7 for number in range(7)]
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in order]


def _hours(calendar: WorkCalendar, on: date) -> tuple[str, ...]:
    following = calendar.midnight_of(on + timedelta(days=1))
    spans = calendar.windows(calendar.midnight_of(on), following)
    return tuple(
        f"{_wall(begin, calendar)}–{'24:00' if end == following else _wall(end, calendar)}" for begin, end in spans
    )


def _wall(at: datetime, calendar: WorkCalendar) -> str:
    """What the clock on the calendar's wall reads."""
    local = at.astimezone(calendar.zone)
    return f"{local.hour}:{local.minute:02d}"


def _away(absence: Absence) -> str:
    return absence.note or pgettext("day", "away")

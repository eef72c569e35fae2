"""Which calendar counts for whom, as fast arithmetic kept for the next question."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Team, User
from handoff.domain.calendar import Windows, WorkCalendar
from handoff.models import Calendar, ClosingDay
from handoff.queries.holidays import is_holiday
from journal.remembering import remembered

# Before anything is set: Monday to Friday 9-18 with lunch 12-13 in Tokyo, Japanese holidays off.
USUAL_DAY = [["09:00", "12:00"], ["13:00", "18:00"]]
USUAL_WEEK = {str(weekday): USUAL_DAY for weekday in range(5)}
# Closing days of every year are laid out over the years in which a lead can have a history or a duty.
YEARS = range(2000, 2101)

Entry = tuple[date, date, bool, bool]


def default() -> WorkCalendar:
    """The organisation's calendar."""
    return for_receiver(user=None, team=None)


def for_team(team: Team | int | None) -> WorkCalendar:
    """The team's own calendar, else the organisation's."""
    return for_receiver(user=None, team=team)


def for_user(user: User | int | None) -> WorkCalendar:
    """The person's own calendar, else the organisation's; teams are named by `for_receiver`."""
    return for_receiver(user=user, team=None)


def for_receiver(*, user: User | int | None, team: Team | int | None) -> WorkCalendar:
    """The most specific calendar: the person's, else the team's, else the organisation's."""
    return _most_specific(getattr(user, "pk", user), getattr(team, "pk", team))


def for_receivers(pairs: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], WorkCalendar]:
    """{(person, team or None): the calendar that counts there}; two queries, however many."""
    rows = list(Calendar.objects.prefetch_related("closing_days"))
    of_user = {row.user_id: row for row in rows if row.user_id}
    of_team = {row.team_id: row for row in rows if row.team_id}
    shared = next((row for row in rows if not row.user_id and not row.team_id), None)
    found = {(user, team): of_user.get(user) or of_team.get(team or 0) or shared for user, team in pairs}
    return {pair: arithmetic(row) if row else _usual() for pair, row in found.items()}


@remembered
def _most_specific(user_id: int | None, team_id: int | None) -> WorkCalendar:
    mine = Q(user__isnull=True, team__isnull=True)
    mine |= Q(user_id=user_id) if user_id else Q()
    mine |= Q(team_id=team_id) if team_id else Q()
    found = {_rank(row): row for row in Calendar.objects.filter(mine)}
    return arithmetic(found[max(found)]) if found else _usual()


@remembered
def by_id(calendar_id: int) -> WorkCalendar:
    """The arithmetic of a stored calendar; the usual hours when it is gone."""
    row = Calendar.objects.filter(pk=calendar_id).first()
    return arithmetic(row) if row else _usual()


def arithmetic(row: Calendar) -> WorkCalendar:
    """The row as arithmetic, built once per content and process. Raises BadWindows."""
    return build(row, row.closing_days.all())


def build(row: Calendar, closing_days: Iterable[ClosingDay]) -> WorkCalendar:
    """The arithmetic of these values, also of ones that are not saved. Raises BadWindows, ValueError.

    Kept by what they say, not by `version`: a version that was rolled back could come again with other hours.
    """
    weekly = tuple(_windows(row.weekly.get(str(weekday), [])) for weekday in range(7))
    entries = tuple((entry.starts_on, entry.ends_on, entry.every_year, entry.is_open) for entry in closing_days)
    return _kept(row.pk or 0, row.time_zone, row.country, weekly, entries)


@lru_cache(maxsize=256)
def _kept(
    calendar_id: int, zone: str, country: str, weekly: tuple[Windows, ...], entries: tuple[Entry, ...]
) -> WorkCalendar:
    opened: dict[date, Windows] = {}
    closed: set[date] = set()
    for starts_on, ends_on, every_year, is_open in sorted(entries):
        days = days_of(starts_on, ends_on, every_year=every_year)
        if is_open:
            opened |= {day: weekly[day.weekday()] or _fullest(weekly) for day in days}
        else:
            closed.update(days)
    return WorkCalendar(
        ZoneInfo(zone),
        weekly,
        closed=frozenset(closed),
        opened=opened,
        is_holiday=partial(is_holiday, country),
        calendar_id=calendar_id,
    )


def days_of(starts_on: date, ends_on: date, *, every_year: bool) -> list[date]:
    """Every date of an entry; one of every year is repeated over the years known."""
    starts = [_in_year(starts_on, year) for year in YEARS] if every_year else [starts_on]
    return [start + timedelta(days=n) for start in starts for n in range((ends_on - starts_on).days + 1)]


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February falls on the 28th."""
    return day.replace(year=year, day=min(day.day, 28)) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _rank(row: Calendar) -> int:
    return 2 if row.user_id else 1 if row.team_id else 0


def _windows(pairs: Iterable[Iterable[str]]) -> Windows:
    return tuple((_clock(start), _clock(end)) for start, end in pairs)


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _fullest(weekly: tuple[Windows, ...]) -> Windows:
    """The hours of a day that is opened although its weekday has none: the first weekday's that has."""
    return next((windows for windows in weekly if windows), ())


@lru_cache(maxsize=1)
def _usual() -> WorkCalendar:
    return build(Calendar(weekly=USUAL_WEEK), [])

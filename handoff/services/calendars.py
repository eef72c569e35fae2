"""Changes working hours and closing days; open clocks follow in the same transaction (F-4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import Team, User
from handoff.domain.calendar import BadWindows, NoWorkingTime
from handoff.models import Calendar, Clock, ClosingDay
from handoff.queries import calendars
from handoff.queries.holidays import is_known
from handoff.services import clocks
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import one_at_a_time, retried

EDITABLE = ("name", "time_zone", "weekly", "country")
LONGEST_CLOSING = 366


class CalendarWithoutWorkingTime(Invalid):
    code = "no_working_time"
    message = _("This calendar has no working hours, so no deadline could ever fall due.")


class NotYourCalendar(Forbidden):
    code = "not_your_calendar"
    message = _("Only people who can change settings can change working hours.")


class OpenedByALongerEntry(Conflict):
    code = "opened_by_a_longer_entry"
    message = _("This day is open by an entry of several days. Change that entry in the list below.")


class HasOwnCalendar(Conflict):
    code = "has_own_calendar"
    message = _("Someone else has just set up these hours. Look at them, then repeat your change.")


class BadCalendar(Invalid):
    code = "bad_calendar"
    message = _("The calendar could not be read.")


@retried
def create(
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    team: Team | None = None,
    user: User | None = None,
    as_in: Calendar | None = None,
) -> Calendar:
    """A calendar of a team, a person, or (neither) the organisation; with the closing days of `as_in`.

    Raises HasOwnCalendar; NotYourCalendar, BadCalendar, CalendarWithoutWorkingTime, as all verbs here do.
    """
    _check_permission(by)
    one_at_a_time("calendars")
    if Calendar.objects.filter(team=team, user=user).exists():
        raise HasOwnCalendar
    calendar = Calendar(team=team, user=user, **{name: values[name] for name in EDITABLE if name in values})
    entries = [_copied(entry) for entry in as_in.closing_days.order_by("pk")] if as_in else []
    _check(calendar, entries, at)
    calendar.save()
    for entry in entries:
        entry.calendar = calendar
    ClosingDay.objects.bulk_create(entries)
    _changed(calendar, by, at, old={})
    return calendar


@retried
def change(*, calendar: Calendar, values: Mapping[str, Any], by: User | None, at: datetime) -> Calendar:
    """New hours, zone, name or country of holidays."""
    _check_permission(by)
    old = _facts(calendar)
    for name in EDITABLE:
        setattr(calendar, name, values.get(name, getattr(calendar, name)))
    _check(calendar, calendar.closing_days.all(), at)
    calendar.save(update_fields=EDITABLE)
    _changed(calendar, by, at, old=old)
    return calendar


@retried
def add_closing_days(
    *,
    calendar: Calendar,
    starts_on: date,
    ends_on: date,
    by: User | None,
    at: datetime,
    every_year: bool = False,
    is_open: bool = False,
    name: str = "",
) -> ClosingDay:
    """Closes (or opens, in spite of week and holidays) the days from starts_on to ends_on, both included."""
    _check_permission(by)
    if not 0 <= (ends_on - starts_on).days < LONGEST_CLOSING:
        error = FieldError(
            "ends_on", "bad_period", _("The last day must not be before the first, or more than a year after it.")
        )
        raise BadCalendar(errors=[error])
    closing = ClosingDay(
        calendar=calendar, starts_on=starts_on, ends_on=ends_on, every_year=every_year, is_open=is_open, name=name
    )
    _check(calendar, [*calendar.closing_days.all(), closing], at)
    closing.save()
    _changed(calendar, by, at, old={})
    return closing


@retried
def set_day(*, calendar: Calendar, on: date, is_open: bool, by: User | None, at: datetime) -> None:
    """Makes one day a working day or not; nothing where it is so already. What said otherwise for this day alone goes,
    else an entry of this day alone is added, which leaves longer ones and holidays as they are."""
    _check_permission(by)
    entries = list(calendar.closing_days.all())
    if calendars.build(calendar, entries).is_working_day(on) == is_open:
        return
    against = [one for one in entries if _says(one, on) and one.is_open != is_open]
    alone = [one for one in against if one.starts_on == one.ends_on and not one.every_year]
    if not is_open and len(alone) < len(against):
        raise OpenedByALongerEntry
    for entry in alone:
        entry.delete()
    left = [one for one in entries if one not in alone]
    if calendars.build(calendar, left).is_working_day(on) != is_open:
        left.append(ClosingDay(calendar=calendar, starts_on=on, ends_on=on, is_open=is_open))
        left[-1].save()
    _check(calendar, left, at)
    _changed(calendar, by, at, old={"closing": [str(one) for one in alone]})


def _says(entry: ClosingDay, on: date) -> bool:
    return on in calendars.days_of(entry.starts_on, entry.ends_on, every_year=entry.every_year)


@retried
def remove_closing_days(*, closing: ClosingDay, by: User | None, at: datetime) -> None:
    """Takes an entry out of its calendar."""
    _check_permission(by)
    calendar, old = closing.calendar, {"closing": str(closing)}
    closing.delete()
    _check(calendar, calendar.closing_days.all(), at)
    _changed(calendar, by, at, old=old)


def _copied(entry: ClosingDay) -> ClosingDay:
    names = ("starts_on", "ends_on", "every_year", "is_open", "name")
    return ClosingDay(**{name: getattr(entry, name) for name in names})


def _check_permission(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise NotYourCalendar


def _check(calendar: Calendar, closing_days: Sequence[ClosingDay] | QuerySet[ClosingDay], at: datetime) -> None:
    """Refuses what arithmetic could not use; the search for an opening is bounded."""
    if not is_known(calendar.country):
        raise BadCalendar(
            errors=[FieldError("country", "unknown_country", _("Holidays for this country are not available."))]
        )
    try:
        ZoneInfo(calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        unknown = FieldError("time_zone", "unknown_zone", _("Unknown time zone. Enter it like Asia/Tokyo."))
        raise BadCalendar(errors=[unknown]) from error
    try:
        calendars.build(calendar, closing_days).next_open(at)
    except NoWorkingTime as error:
        raise CalendarWithoutWorkingTime from error
    except (BadWindows, ValueError, TypeError, AttributeError) as error:
        told = _("Enter working hours from earlier to later between 0:00 and 24:00, without overlaps.")
        wrong = FieldError("weekly", "bad_windows", told)
        raise BadCalendar(errors=[wrong]) from error


def _changed(calendar: Calendar, by: User | None, at: datetime, old: Mapping[str, Any]) -> None:
    Calendar.objects.filter(pk=calendar.pk).update(version=F("version") + 1)
    calendar.refresh_from_db(fields=["version"])
    moved = clocks.recompute(clocks=_counting_on(calendar), at=at)
    data = {"clocks_moved": moved}
    record("calendar.changed", subject=calendar, by=by, at=at, data=data, old=old, new=_facts(calendar))


def _counting_on(calendar: Calendar) -> QuerySet[Clock]:
    """Open clocks that this calendar counts for, or may count for from now on."""
    unfinished = clocks.unfinished()
    if calendar.user_id:
        return unfinished.filter(handoff__assigned_to=calendar.user_id)
    if calendar.team_id:
        return unfinished.filter(Q(handoff__team=calendar.team_id) | Q(calendar_id=calendar.pk))
    return unfinished


def _facts(calendar: Calendar) -> dict[str, Any]:
    return {name: getattr(calendar, name) for name in EDITABLE}

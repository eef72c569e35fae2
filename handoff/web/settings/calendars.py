"""Working hours and closing days, with a month to look at."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import DateInput
from accounts.interface.forms import show as show_error
from accounts.models import Team
from accounts.web.access import needs
from handoff.domain import presets
from handoff.domain.calendar import WorkCalendar
from handoff.models import Calendar, ClosingDay
from handoff.queries import calendars, holidays
from handoff.services import calendars as calendar_service
from journal.errors import DomainError
from leads.queries.references import as_id

_SPAN = re.compile(r"(\d{1,2}):?(\d{2})\s*[-–〜~ー]\s*(\d{1,2}):?(\d{2})")
EVERY_YEAR = 4
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class HoursForm(forms.Form):
    """One line of hours a weekday: `9:00–12:00, 13:00–18:00`; an empty line is a day off."""

    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for weekday in range(7):
            self.fields[f"day{weekday}"] = forms.CharField(label=WEEKDAYS[weekday], required=False, max_length=120)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day{weekday}"] for weekday in range(7)]

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        weekly = {str(weekday): self._spans(f"day{weekday}", values) for weekday in range(7)}
        return values | {"weekly": {weekday: spans for weekday, spans in weekly.items() if spans}}

    def _spans(self, name: str, values: dict[str, Any]) -> list[list[str]]:
        text = values.get(name, "")
        found = [(f"{int(a):02d}:{b}", f"{int(c):02d}:{d}") for a, b, c, d in _SPAN.findall(text)]
        if text.strip() and _SPAN.sub("", text).strip(" ,、，\t"):
            self.add_error(name, _("Enter it like 9:00–12:00, 13:00–18:00."))
        return [list(span) for span in found]


class ClosingForm(forms.Form):
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput, required=False)
    name = forms.CharField(label=gettext_lazy("Description"), max_length=80, required=False)
    every_year = forms.BooleanField(label=gettext_lazy("Every year"), required=False)
    is_open = forms.BooleanField(label=gettext_lazy("Open despite a holiday"), required=False)

    def clean(self) -> dict[str, Any]:
        """One day may be given by its first day alone."""
        values = dict(super().clean() or {})
        return values | {"ends_on": values.get("ends_on") or values.get("starts_on")}


@dataclass(frozen=True)
class Day:
    """One field of the month."""

    on: date
    is_out: bool
    is_open: bool
    is_today: bool
    name: str


@needs(Permission.CHANGE_SETTINGS)
def show(request: HttpRequest) -> HttpResponse:
    """The organisation's calendar, or with `team` a team's own; a POST changes its hours."""
    team = _team(request)
    row = _row(team)
    form = HoursForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        values = {"time_zone": form.cleaned_data["time_zone"], "weekly": form.cleaned_data["weekly"]}
        try:
            _keep(request, row, team, values)
        except DomainError as error:
            show_error(form, error)
            row = _row(team)  # what was refused holds in nothing that the page shows
        else:
            toasts.say(request, _("Saved. Open deadlines have been updated."))
            return redirect(_address(team))
    return _page(request, team, row, form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Adds days on which the company is closed, or open in spite of a holiday."""
    team = _team(request)
    row = _row(team)
    form = ClosingForm(request.POST)
    if form.is_valid():
        try:
            row = row if row.pk else _keep(request, row, team, {})
            calendar_service.add_closing_days(calendar=row, **form.cleaned_data, **_who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Closing days added."))
            return redirect(_address(team))
    return _page(request, team, row, HoursForm(initial=_initial(row)), closing_form=form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an entry of closing days away."""
    closing = get_object_or_404(ClosingDay.objects.select_related("calendar__team"), pk=pk)
    try:
        calendar_service.remove_closing_days(closing=closing, **_who(request))
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect(_address(closing.calendar.team))


def month_of(calendar: WorkCalendar, first: date, today: date, names: Mapping[date, str]) -> list[list[Day]]:
    """The weeks of a month, Monday first, with what closes each day: a holiday, or what `names` says."""
    begins = first - timedelta(days=first.weekday())
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = -(-(following - begins).days // 7)
    days = [begins + timedelta(days=number) for number in range(7 * weeks)]
    fields = [
        Day(
            on=on,
            is_out=on.month != first.month,
            is_open=calendar.is_working_day(on),
            is_today=on == today,
            name=names.get(on) or names.get(on.replace(year=EVERY_YEAR)) or holidays.holiday_name(on) or "",
        )
        for on in days
    ]
    return [fields[start : start + 7] for start in range(0, len(fields), 7)]


def _names(closings: Iterable[ClosingDay]) -> dict[date, str]:
    """What each closing day is called; one of every year stands under the leap year EVERY_YEAR."""
    named: dict[date, str] = {}
    for entry in closings:
        start = entry.starts_on.replace(year=EVERY_YEAR) if entry.every_year else entry.starts_on
        for number in range((entry.ends_on - entry.starts_on).days + 1):
            named[start + timedelta(days=number)] = entry.name or pgettext("day", "closed")
    return named


def _page(
    request: HttpRequest, team: Team | None, row: Calendar, form: HoursForm, closing_form: ClosingForm | None = None
) -> HttpResponse:
    arithmetic = calendars.arithmetic(row) if row.pk else calendars.for_team(team)
    today = arithmetic.local_day(request.entry.at)  # type: ignore[attr-defined]
    first = _month(request.GET.get("month", ""), today)
    closings = row.closing_days.order_by("starts_on") if row.pk else []
    values = {
        "team": team,
        "teams": Team.objects.filter(is_active=True).order_by("name"),
        "is_own": bool(row.pk),
        "form": form,
        "closing_form": closing_form or ClosingForm(),
        "closings": closings,
        "weeks": month_of(arithmetic, first, today, _names(closings)),
        "weekdays": [WEEKDAYS_ABBR[n] for n in range(7)],
        "month": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=32)).strftime("%Y-%m"),
    }
    is_bad = form.errors or (closing_form is not None and closing_form.errors)
    return render(request, "settings/calendar.html", values, status=400 if is_bad else 200)


def _team(request: HttpRequest) -> Team | None:
    asked = request.POST.get("team") or request.GET.get("team") or ""
    if not asked:
        return None
    return get_object_or_404(Team, pk=as_id(asked) or 0)


def _row(team: Team | None) -> Calendar:
    """The stored calendar, or an unsaved one with the hours that hold now."""
    found = Calendar.objects.filter(team=team, user__isnull=True).first()
    if found:
        return found
    holds = Calendar.objects.filter(team__isnull=True, user__isnull=True).first()
    weekly = holds.weekly if holds else calendars.USUAL_WEEK
    zone = holds.time_zone if holds else "Asia/Tokyo"
    return Calendar(name=team.name if team else str(presets.CALENDAR), weekly=weekly, time_zone=zone, team=team)


def _keep(request: HttpRequest, row: Calendar, team: Team | None, values: dict[str, Any]) -> Calendar:
    if row.pk:
        return calendar_service.change(calendar=row, values=values, **_who(request))
    whole = {"name": row.name, "weekly": row.weekly, "time_zone": row.time_zone} | values
    return calendar_service.create(values=whole, team=team, **_who(request))


def _initial(row: Calendar) -> dict[str, str]:
    said = {f"day{day}": ", ".join(f"{a}–{b}" for a, b in row.weekly.get(str(day), [])) for day in range(7)}
    return said | {"time_zone": row.time_zone}


def _month(text: str, today: date) -> date:
    found = _MONTH.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def _address(team: Team | None) -> str:
    return reverse("settings-calendar") + (f"?team={team.pk}" if team else "")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]

"""Working hours and closing days, with a month to look at."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.interface import dates, toasts
from accounts.interface.forms import DateInput
from accounts.interface.forms import show as show_error
from accounts.models import Absence, Team, User
from accounts.web.access import needs
from handoff.domain import presets
from handoff.models import Calendar, ClosingDay
from handoff.queries import calendars
from handoff.services import calendars as calendar_service
from handoff.web.settings import month
from journal.errors import DomainError
from leads.queries.references import as_id

_SPAN = re.compile(r"(\d{1,2}):?(\d{2})\s*[-‐–—―−〜~ー]\s*(\d{1,2}):?(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class HoursForm(forms.Form):
    """One line of hours a weekday: `9:00–12:00, 13:00–18:00`; an empty line is a day off."""

    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for weekday in range(7):
            # The page says once, above all seven, how they are entered.
            widget = forms.TextInput(attrs={"aria-describedby": "hours-form"})
            self.fields[f"day{weekday}"] = forms.CharField(
                label=WEEKDAYS[weekday], required=False, max_length=120, widget=widget
            )

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day{weekday}"] for weekday in range(7)]

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        weekly = {str(weekday): self._spans(f"day{weekday}", values) for weekday in range(7)}
        return values | {"weekly": {weekday: spans for weekday, spans in weekly.items() if spans}}

    def _spans(self, name: str, values: dict[str, Any]) -> list[list[str]]:
        # NFKC makes full-width digits, colons, commas and spaces, as Japanese keyboards give them, the plain ones.
        text = normalize("NFKC", values.get(name, ""))
        found = [(f"{int(a):02d}:{b}", f"{int(c):02d}:{d}") for a, b, c, d in _SPAN.findall(text)]
        if text.strip() and _SPAN.sub("", text).strip(" ,、\t"):
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
class Whose:
    """Whose calendar the page is about: a team's, a person's, or (neither) the organisation's."""

    team: Team | None = None
    person: User | None = None

    @property
    def asked(self) -> dict[str, int]:
        """As the address and the forms name it."""
        if self.team:
            return {"team": self.team.pk}
        return {"person": self.person.pk} if self.person else {}

    def address(self, **more: str) -> str:
        query = urlencode(self.asked | more)
        return reverse("settings-calendar") + (f"?{query}" if query else "")


@needs(Permission.CHANGE_SETTINGS)
def show(request: HttpRequest) -> HttpResponse:
    """The organisation's calendar, with `team` a team's own, with `person` a person's; a POST changes its hours."""
    whose = _whose(request)
    row = _row(whose)
    form = HoursForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        values = {"time_zone": form.cleaned_data["time_zone"], "weekly": form.cleaned_data["weekly"]}
        try:
            _keep(request, row, whose, values)
        except DomainError as error:
            show_error(form, error)
            row = _row(whose)  # what was refused holds in nothing that the page shows
        else:
            toasts.say(request, _("Saved. Open deadlines have been updated."))
            return redirect(whose.address())
    return _page(request, whose, row, form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Adds days on which the company is closed, or open in spite of a holiday."""
    whose = _whose(request)
    row = _row(whose)
    form = ClosingForm(request.POST)
    if form.is_valid():
        try:
            row = row if row.pk else _keep(request, row, whose, {})
            calendar_service.add_closing_days(calendar=row, **form.cleaned_data, **_who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Closing days added."))
            return redirect(whose.address())
    return _page(request, whose, row, HoursForm(initial=_initial(row)), closing_form=form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """A day of the month was pressed: `on` says which, and whether it shall be open or closed from now on."""
    whose = _whose(request)
    day, _colon, wish = request.POST.get("on", "").partition(":")
    on = _day(day)
    if on is None or on.year not in calendars.YEARS or wish not in ("open", "closed"):
        raise SuspiciousOperation("no such day")
    row = _row(whose)
    try:
        row = row if row.pk else _keep(request, row, whose, {})
        calendar_service.set_day(calendar=row, on=on, is_open=wish == "open", **_who(request))
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        said = _("%(day)s is a working day now.") if wish == "open" else _("%(day)s is closed now.")
        toasts.say(request, said % {"day": dates.day(on)})
    return redirect(f"{whose.address(month=_shown(request, on))}#d-{on}")


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an entry of closing days away."""
    closing = get_object_or_404(ClosingDay.objects.select_related("calendar__team", "calendar__user"), pk=pk)
    try:
        calendar_service.remove_closing_days(closing=closing, **_who(request))
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect(Whose(closing.calendar.team, closing.calendar.user).address())


def _page(
    request: HttpRequest, whose: Whose, row: Calendar, form: HoursForm, closing_form: ClosingForm | None = None
) -> HttpResponse:
    holds = row if row.pk else _holding(whose)
    arithmetic = calendars.arithmetic(holds) if holds else calendars.default()
    today = arithmetic.local_day(request.entry.at)  # type: ignore[attr-defined]
    first = _month(request.GET.get("month", ""), today)
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    begins = dates.first_weekday()
    closings = list(holds.closing_days.order_by("starts_on", "pk")) if holds else []
    values = {
        "whose": whose,
        "team": whose.team,
        "teams": Team.objects.filter(is_active=True).order_by("name"),
        "people": User.objects.active().people().order_by("last_name", "first_name", "pk"),
        "is_own": bool(row.pk),
        "form": form,
        "closing_form": closing_form or ClosingForm(),
        "closings": closings if row.pk else [],
        "weeks": month.month_of(
            arithmetic,
            first,
            today,
            month.names_of(closings),
            first_weekday=begins,
            country=holds.country if holds else "JP",
            absences=_absences(whose.person, first),
        ),
        "weekdays": month.weekdays(begins),
        "month": first,
        "shown": first.strftime("%Y-%m"),
        "before_url": whose.address(month=before.strftime("%Y-%m")) if first > month.FIRST else "",
        "after_url": whose.address(month=after.strftime("%Y-%m")) if first < month.LAST else "",
        "today_url": whose.address(),
    }
    is_bad = form.errors or (closing_form is not None and closing_form.errors)
    return render(request, "settings/calendar.html", values, status=400 if is_bad else 200)


def _absences(person: User | None, first: date) -> list[Absence]:
    """The person's absences in the weeks that the month shows."""
    if person is None:
        return []
    begin, end = first - timedelta(days=7), first + timedelta(days=38)
    return list(Absence.objects.filter(user=person, starts_on__lte=end, ends_on__gte=begin).order_by("starts_on"))


def _whose(request: HttpRequest) -> Whose:
    asked = {name: request.POST.get(name) or request.GET.get(name) or "" for name in ("team", "person")}
    if asked["team"]:
        return Whose(team=get_object_or_404(Team, pk=as_id(asked["team"]) or 0))
    if asked["person"]:
        return Whose(person=get_object_or_404(User.objects.active().people(), pk=as_id(asked["person"]) or 0))
    return Whose()


def _row(whose: Whose) -> Calendar:
    """The stored calendar, or an unsaved one with the hours that hold now."""
    found = Calendar.objects.filter(team=whose.team, user=whose.person).first()
    if found:
        return found
    holds = _holding(whose)
    weekly = holds.weekly if holds else calendars.USUAL_WEEK
    zone = holds.time_zone if holds else "Asia/Tokyo"
    country = holds.country if holds else "JP"
    owner = {"team": whose.team, "user": whose.person}
    name = str((whose.team and whose.team.name) or (whose.person and whose.person.name) or presets.CALENDAR)
    return Calendar(name=name, weekly=weekly, time_zone=zone, country=country, **owner)


def _holding(whose: Whose) -> Calendar | None:
    """The calendar that counts where there is none of one's own: a person's team's, else the organisation's."""
    shared = Calendar.objects.filter(user__isnull=True)
    if whose.person:
        own = shared.filter(team__memberships__user=whose.person, team__is_active=True).order_by("team").first()
        if own:
            return own
    return shared.filter(team__isnull=True).first()


def _keep(request: HttpRequest, row: Calendar, whose: Whose, values: dict[str, Any]) -> Calendar:
    if row.pk:
        return calendar_service.change(calendar=row, values=values, **_who(request))
    whole = {"name": row.name, "weekly": row.weekly, "time_zone": row.time_zone, "country": row.country} | values
    owner = {"team": whose.team, "user": whose.person, "as_in": _holding(whose)}
    return calendar_service.create(values=whole, **owner, **_who(request))


def _initial(row: Calendar) -> dict[str, str]:
    said = {f"day{day}": ", ".join(f"{a}–{b}" for a, b in row.weekly.get(str(day), [])) for day in range(7)}
    return said | {"time_zone": row.time_zone}


def _month(text: str, today: date) -> date:
    """The first of the month asked for; of this one where it is none, or one that is not laid out."""
    found = _day(f"{text}-01")
    return found if found and month.FIRST <= found <= month.LAST else today.replace(day=1)


def _shown(request: HttpRequest, on: date) -> str:
    """The month that was looked at when a day of it, or beside it, was pressed."""
    return _month(request.POST.get("month", ""), on).strftime("%Y-%m")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]

"""The form that pauses the deadlines of a handoff: why, a word, until when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.interface import dates, toasts
from accounts.interface.forms import show as show_error
from handoff import permissions
from handoff.domain.choices import PauseReason
from handoff.models import Handoff
from handoff.queries import calendars, inbox, pauses
from handoff.services import handoffs
from handoff.services.pauses import refuse_pause
from handoff.web import cards
from handoff.web.handoff_page import seen
from journal.errors import DomainError, Forbidden

LOCAL = "%Y-%m-%dT%H:%M"


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label=pgettext_lazy("pause", "Why"), choices=PauseReason.choices)
    note = forms.CharField(label=pgettext_lazy("pause", "Note"), max_length=200, required=False)
    until = forms.DateTimeField(
        label=pgettext_lazy("pause", "Until"),
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        error_messages={"invalid": gettext_lazy("Enter a day and a time.")},
    )


@login_required
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, where there is something to pause; a POST pauses and goes back to the handoff."""
    handoff = seen(request, pk)
    if not permissions.may_pause(request.user, handoff):  # type: ignore[arg-type]
        raise PermissionDenied
    at = request.entry.at  # type: ignore[attr-defined]
    if request.method == "GET":
        try:
            refuse_pause(handoff=handoff, at=at)
        except DomainError as refusal:
            toasts.warn(request, str(refusal))
            return redirect("handoff", pk)
    form = PauseForm(request.POST or None, initial={"until": _usual_end(handoff, at)})
    form.fields["until"].widget.attrs |= _bounds(at)
    if request.method == "POST" and form.is_valid():
        was = _due_at(handoff, at)
        try:
            handoffs.pause(handoff=handoff, by=request.user, at=at, **form.cleaned_data)
        except Forbidden as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except DomainError as refusal:
            show_error(form, refusal)
        else:
            due_at = _due_at(handoff, at)
            toasts.say(request, _paused(form.cleaned_data["until"], due_at if due_at != was else None, at))
            return redirect("handoff", pk)
    values: dict[str, Any] = {"handoff": handoff, "form": form, "about": cards.about(handoff.lead)}
    values |= {"limits": pauses.limits(), "times": pauses.times(handoff.episode_id)}
    return render(request, "handoff/pause.html", values, status=400 if form.errors else 200)


def _paused(until: datetime, due_at: datetime | None, at: datetime) -> str:
    today = timezone.localdate(at)
    end = dates.near_moment(until, today=today)
    if due_at is None:
        return _("Paused until %(until)s.") % {"until": end}
    due = dates.near_due(due_at, today=today)
    return _("Paused until %(until)s. The new deadline is %(due)s.") % {"until": end, "due": due}


def _due_at(handoff: Handoff, at: datetime) -> datetime | None:
    card = inbox.card_of(handoff, at=at)
    return card.due_at if card is not None else None


def _usual_end(handoff: Handoff, at: datetime) -> datetime:
    """The opening after the working day under way; outside its hours after the next one, for a pause covers working
    time."""
    calendar = calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id)
    day = calendar.local_day(calendar.next_open(at))
    return timezone.localtime(calendar.next_open(calendar.closing_of(day)))


def _bounds(at: datetime) -> dict[str, str]:
    last = at + timedelta(days=pauses.limits().most_days)
    return {"min": timezone.localtime(at).strftime(LOCAL), "max": timezone.localtime(last).strftime(LOCAL)}

"""Recording by hand what was done with a lead: two clicks, and a second press records nothing twice."""

import uuid
from datetime import datetime
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

from accounts.interface import toasts
from journal.errors import DomainError
from leads.services import activities
from leads.web.lead_page import QUICK, kinds_by_hand, known_contents, local_input, visible
from leads.web.posting import posted


class ActivityForm(forms.Form):
    """What, when, and a note; now when nothing is said."""

    type = forms.ChoiceField(
        label=gettext_lazy("What"), choices=[], widget=forms.RadioSelect(attrs={"class": "hf-check"})
    )
    occurred_at = forms.DateTimeField(
        label=pgettext_lazy("activity", "When"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    content = forms.CharField(
        label=gettext_lazy("Name of the document, webinar or event"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "known-contents"}),
    )
    event_id = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: object, **options: object):
        super().__init__(*args, **options)
        self.fields["type"].choices = [(kind["code"], kind["label"]) for kind in kinds_by_hand()]

    def clean(self) -> dict[str, Any]:
        """A note is what it says."""
        data = super().clean() or self.cleaned_data
        if data.get("type") == "note" and not data.get("note", "").strip():
            self.add_error("note", _("Write the note."))
        return data


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """The form on a page of its own, or the recorded act."""
    lead = visible(request, pk)
    if not request.user.may("record_activities"):  # type: ignore[union-attr]
        raise PermissionDenied
    at = request.entry.at  # type: ignore[attr-defined]
    wanted = request.GET.get("type", "")
    initial = {
        "type": wanted or QUICK[0],
        "occurred_at": local_input(at, request),
        "event_id": str(uuid.uuid4()),
    }
    form = ActivityForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _record(request, lead, form, at):
        return redirect("lead", pk=pk)
    context = {"lead": lead, "form": form, "known_contents": known_contents()}
    return render(request, "leads/activity_form.html", context, status=400 if form.errors else 200)


def _record(request: HttpRequest, lead: object, form: ActivityForm, at: datetime) -> bool:
    given = form.cleaned_data
    # A datetime-local field has no seconds: this very minute is now.
    moment = given["occurred_at"]
    this_minute = moment is None or timezone.localtime(at).replace(second=0, microsecond=0) == timezone.localtime(
        moment
    )
    # With the kind, for one sheet offers several: two different ones are two acts.
    event_id = f"hand:{request.user.pk}:{given['event_id']}:{given['type']}" if given["event_id"] else None
    try:
        activities.record(
            lead=lead,  # type: ignore[arg-type]
            type=given["type"],
            occurred_at=at if this_minute else moment,
            note=given["note"],
            content=given["content"],
            event_id=event_id,
            by=request.user,
            at=at,
        )
    except DomainError as error:
        for fault in error.errors:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
        if not error.errors:
            form.add_error(None, str(error))
        return False
    label = dict(form.fields["type"].choices)[given["type"]]
    toasts.say(request, _("Recorded: %(kind)s") % {"kind": label})
    return True

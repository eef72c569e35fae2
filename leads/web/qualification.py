"""The qualification, edited in place: one field at a time with script, all on one page without."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.interface import toasts
from journal.errors import DomainError
from leads.domain.choices import Phase
from leads.domain.field_labels import LABELS, QUESTIONS
from leads.domain.lead_values import QUALIFICATION_TEXTS
from leads.models import Lead, Qualification
from leads.queries import viewpoints
from leads.services import leads
from leads.web.lead_page import visible
from leads.web.posting import posted

FIELDS = tuple(viewpoints.VIEWPOINT_OF)
_LONG = {"need", "challenge", "decision_process", "note"}


def _degrees() -> list[tuple[str, str]]:
    words = {
        1: pgettext("temperature", "1 cold"),
        2: pgettext("temperature", "2 cool"),
        3: pgettext("temperature", "3 fair"),
        4: pgettext("temperature", "4 warm"),
        5: pgettext("temperature", "5 hot"),
    }
    return [("", _("Unknown")), *((str(degree), word) for degree, word in words.items())]


class QualificationForm(forms.Form):
    """Some fields of the qualification, each with its question; `names` says which."""

    def __init__(self, *args: Any, names: tuple[str, ...] = FIELDS, **options: Any):
        super().__init__(*args, **options)
        for name in names:
            self.fields[name] = self._field(name)
        if len(names) == 1:
            self.fields[names[0]].widget.attrs["autofocus"] = True

    def _field(self, name: str) -> forms.Field:
        options: dict[str, Any] = {
            "label": LABELS[f"qualification.{name}"],
            "help_text": QUESTIONS[name],
            "required": False,
        }
        if name == "phase":
            return forms.ChoiceField(choices=[("", _("Unknown")), *Phase.choices], **options)
        if name == "temperature":
            return forms.TypedChoiceField(choices=_degrees(), coerce=int, empty_value=None, **options)
        widget = forms.Textarea(attrs={"rows": 2}) if name in _LONG else forms.TextInput()
        return forms.CharField(max_length=QUALIFICATION_TEXTS[name], widget=widget, **options)


def _known(lead: Lead) -> Qualification:
    return Qualification.objects.filter(lead=lead).first() or Qualification(lead=lead)


def _initial(lead: Lead) -> dict[str, Any]:
    known = _known(lead)
    return {name: getattr(known, name) for name in FIELDS}


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole qualification on a page of its own."""
    lead = _editable(request, pk)
    form = QualificationForm(posted(request), initial=_initial(lead))
    if request.method == "POST" and form.is_valid() and _save(request, lead, form):
        toasts.say(request, _("Saved"))
        return redirect("lead", pk=pk)
    return render(request, "leads/qualification.html", {"lead": lead, "form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One field in its place: GET the field, POST its value, then the viewpoint as it stands."""
    if name not in FIELDS:
        raise Http404
    lead = _editable(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return show(request, pk)
    if request.GET.get("cancel"):
        return _viewpoint(request, lead, name)
    form = QualificationForm(posted(request), initial=_initial(lead), names=(name,))
    if request.method == "POST" and form.is_valid() and _save(request, lead, form):
        answer = _viewpoint(request, lead, name)
        # The need panel and the steps read the qualification: they ask again.
        answer["HX-Trigger"] = "hf:qualified"
        return answer
    return render(request, "leads/_qualification_field.html", {"lead": lead, "field": form[name], "name": name})


def _editable(request: HttpRequest, pk: int) -> Lead:
    lead = visible(request, pk)
    if not request.user.may("qualify"):  # type: ignore[union-attr]
        raise PermissionDenied
    return lead


def _save(request: HttpRequest, lead: Lead, form: QualificationForm) -> bool:
    values = {name: form.cleaned_data[name] for name in form.fields if name in form.changed_data}
    try:
        leads.qualify(lead=lead, values=values, by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    except DomainError as error:
        for fault in error.errors:
            name = fault.field.removeprefix("qualification.")
            form.add_error(name if name in form.fields else None, str(fault.message))
        return False
    return True


def _viewpoint(request: HttpRequest, lead: Lead, name: str) -> HttpResponse:
    viewpoint = viewpoints.asked(viewpoints.VIEWPOINT_OF[name](_known(lead)), lead, at=request.entry.at)  # type: ignore[attr-defined]
    return render(request, "leads/_viewpoint.html", {"lead": lead, "viewpoint": viewpoint, "can_edit": True})

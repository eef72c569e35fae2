"""One of the organisation's own fields, edited in its place on the lead's page."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.interface.forms import show as show_error
from journal.errors import DomainError
from leads.models import Lead
from leads.queries import custom_values, viewpoints
from leads.queries.custom_values import Own
from leads.services import leads
from leads.web.lead_page import visible
from leads.web.own_values import PREFIX, field_of, initial_value, value_of
from leads.web.posting import posted


class OwnForm(forms.Form):
    """One own field alone."""

    def __init__(self, *args: Any, own: Own, **options: Any):
        super().__init__(*args, initial={PREFIX + own.key: initial_value(own)}, **options)
        self.fields[PREFIX + own.key] = field_of(own)
        self.fields[PREFIX + own.key].widget.attrs["autofocus"] = True


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One field in its place: GET the field, POST its value, then the viewpoint as it stands."""
    lead = visible(request, pk)
    if not request.user.may("edit_leads"):  # type: ignore[union-attr]
        raise PermissionDenied
    own = next((each for each in custom_values.of(lead.custom) if each.key == key), None)
    if own is None:
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("lead-edit", pk=pk)
    form = OwnForm(posted(request), own=own)
    is_done = request.GET.get("cancel") or (
        request.method == "POST" and form.is_valid() and _save(request, lead, form, own)
    )
    if is_done:
        now = visible(request, pk)
        viewpoint = viewpoints.asked(viewpoints.attributes(now), now, at=request.entry.at)  # type: ignore[attr-defined]
        context = {"lead": lead, "viewpoint": viewpoint}
        return render(request, "leads/_viewpoint.html", context)
    return render(request, "leads/_own_field.html", {"lead": lead, "field": form[PREFIX + key], "key": key})


def _save(request: HttpRequest, lead: Lead, form: OwnForm, own: Own) -> bool:
    value = value_of(own, form.cleaned_data[PREFIX + own.key])
    try:
        leads.update(lead=lead, values={"custom": {own.key: value}}, by=request.user, at=request.entry.at)  # type: ignore[arg-type,attr-defined]
    except DomainError as error:
        show_error(form, error)
        return False
    return True

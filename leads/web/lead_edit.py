"""Making and editing a lead by hand."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.interface import toasts
from journal.errors import DomainError
from leads.models import Lead
from leads.queries import custom_values
from leads.services import leads
from leads.web.forms import LeadForm, channel_names, initial_of
from leads.web.lead_page import visible
from leads.web.posting import posted


def _may_edit(request: HttpRequest) -> None:
    if not request.user.may("edit_leads"):  # type: ignore[union-attr]
        raise PermissionDenied


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An empty form, or the new lead; a known person is named with a link to the page."""
    _may_edit(request)
    form = LeadForm(posted(request), own=custom_values.of({}))
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            lead = leads.create(values=form.values(), by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
        except DomainError as error:
            form.refuse(error)
            known = _if_visible(request, getattr(error, "lead", None))
        else:
            toasts.say(request, _("%(name)s added") % {"name": lead})
            return redirect("lead", pk=lead.pk)
    return _form(request, form, known=known)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with what is known, or the change; somebody else's change in between is told."""
    lead = visible(request, pk)
    _may_edit(request)
    form = LeadForm(posted(request), initial=initial_of(lead), own=custom_values.of(lead.custom))
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            leads.update(
                lead=lead,
                values=_changed(form),
                by=request.user,
                at=request.entry.at,  # type: ignore[attr-defined]
                expected_version=form.cleaned_data["version"],
            )
        except DomainError as error:
            form.refuse(error)
            known = _if_visible(request, getattr(error, "lead", None))
        else:
            toasts.say(request, _("Saved"))
            return redirect("lead", pk=lead.pk)
    return _form(request, form, lead=lead, known=known)


def _changed(form: LeadForm) -> dict[str, Any]:
    """Only what the person touched: a seniority taken from the title goes on following it."""
    values = form.values()
    company = {"company_name", "industry", "employees", "prefecture"} & set(form.changed_data)
    wanted = set(form.changed_data) | ({"company"} if company else set()) | {"custom"}
    return {name: value for name, value in values.items() if name in wanted}


def _if_visible(request: HttpRequest, lead: Lead | None) -> Lead | None:
    return Lead.objects.visible_to(request.user).filter(pk=lead.pk).first() if lead else None


def _form(request: HttpRequest, form: LeadForm, lead: Lead | None = None, known: Lead | None = None) -> HttpResponse:
    context = {"form": form, "lead": lead, "known": known, "channels": channel_names()}
    return render(request, "leads/lead_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def refuse_contact(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    """No mail, or no contact at all."""
    lead = visible(request, pk)
    verb = leads.set_opted_out if which == "opted-out" else leads.set_do_not_contact
    try:
        verb(lead=lead, by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        said = (
            _("%(name)s will receive no more email")
            if which == "opted-out"
            else _("%(name)s will no longer be contacted")
        )
        toasts.say(request, said % {"name": lead})
    return redirect("lead", pk=pk)

"""Repairs a gap where it stands: the row opens a few fields, acts, and says what was done."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.models import User
from accounts.queries import organization
from accounts.web.places import safe_next
from handoff.models import Batch, Handoff
from handoff.web.done import Done
from handoff.web.repair_forms import RepairForm
from handoff.web.repairs import REPAIRS, Repair, Wish
from journal.errors import DomainError
from leads.models import Lead


@login_required
@require_http_methods(["GET", "POST"])
def repair(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """GET shows what is asked, POST does it; a row of the board takes the answer in place of itself."""
    if not request.user.may(Permission.SEE_LEADS):
        raise PermissionDenied
    chosen = REPAIRS.get(code)
    if chosen is None:
        raise Http404
    subject = _subject(chosen, pk, request.user)
    today = organization.local_day(request.entry.at)
    if request.method == "GET":
        return _ask(request, chosen, chosen.form(subject=subject, today=today))
    form = chosen.form(request.POST, subject=subject, today=today)
    if not form.is_valid():
        return _ask(request, chosen, form, status=400)
    try:
        done = chosen.apply(Wish(subject, request.user, request.entry.at, form.cleaned_data))
    except DomainError as refusal:
        return _ask(request, chosen, form, refusal=refusal, status=refusal.status)
    return _say(request, done)


def _subject(chosen: Repair, pk: int, user: User) -> Model:
    """The lead, handoff or batch, if this person may see it; else 404."""
    if chosen.model is Batch:
        return get_object_or_404(Batch, pk=pk)
    if chosen.model is Handoff:
        return get_object_or_404(Handoff.objects.visible_to(user).select_related("lead__company"), pk=pk)
    return get_object_or_404(Lead.objects.visible_to(user).select_related("company"), pk=pk)


def _ask(
    request: HttpRequest, chosen: Repair, form: RepairForm, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"repair": chosen, "form": form, "refusal": refusal, "lead": _lead(form.subject)}
    context["back"] = "" if request.htmx else _back(form.subject)
    page = "handoff/_gap_repair.html" if request.htmx else "handoff/gap_repair.html"
    response = render(request, page, context, status=status)
    if request.htmx and request.method == "POST":
        # From the open panel the answer takes the panel's place; from a row's button it opens the panel.
        inside = "panel" in request.POST
        response["HX-Retarget"] = "closest .hf-gap-slot" if inside else "next .hf-gap-slot"
        response["HX-Reswap"] = "innerHTML"
    return response


def _say(request: HttpRequest, done: Done) -> HttpResponse:
    if request.htmx:
        return render(request, "handoff/_gap_done.html", {"done": done})
    toasts.say(request, done.text, undo_url=done.undo_url)
    return redirect(safe_next(request, reverse("gaps")))


def _back(subject: Any) -> str:
    """A form on a page of its own goes back to the lead it is about."""
    lead = _lead(subject)
    return reverse("lead", args=[lead.pk]) if lead else reverse("gaps")


def _lead(subject: Any) -> Lead | None:
    return subject if isinstance(subject, Lead) else getattr(subject, "lead", None)

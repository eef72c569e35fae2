"""One lead's page: who, the panels of other apps by address, the viewpoints, the timeline, the company."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts import navigation
from accounts.interface.languages import in_language
from journal.errors import DomainError
from leads.domain import prefectures
from leads.domain.activity_types import STANDARD
from leads.models import ActivityType, Content, Lead, LeadSource
from leads.queries import colleagues, duplicate_pairs, merges, tags, timeline, viewpoints

# Panels that other apps draw: the lead's page knows their names only (arrows go downwards).
PANELS = {
    "steps": "lead-steps-panel",
    "need": "lead-need-panel",
    "nurture": "lead-nurture-panel",
    "actions": "lead-actions-panel",
    "score": "lead-score-panel",
    "handoff": "lead-handoff-panel",
}
# What people do themselves day by day has a button of its own.
QUICK = ("call", "email_sent", "meeting", "note")


def visible(request: HttpRequest, pk: int) -> Lead:
    """The lead if this person may see it, with what the page's head shows; else 404."""
    queryset = Lead.objects.visible_to(request.user)
    related = ("company", "channel", "campaign", "owner", "team", "score")
    lead = queryset.select_related(*related).filter(pk=pk).first()
    if lead is None:
        raise Http404
    return lead


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page."""
    try:
        lead = visible(request, pk)
    except Http404:
        if (today := merges.now(pk)) is None:
            raise
        return redirect("lead", pk=today)
    at = request.entry.at  # type: ignore[attr-defined]
    today = at.astimezone(request.entry.organization.zone).date()  # type: ignore[attr-defined]
    context = {
        "lead": lead,
        "panels": {name: navigation.address(route, pk) for name, route in PANELS.items()},
        "viewpoints": viewpoints.of(lead, at=at, today=today),
        "about": _about(lead),
        "sources": _sources(lead),
        "colleagues": colleagues.of(lead, user=request.user),
        "kinds": kinds_by_hand(),
        "known_contents": known_contents(),
        "now": local_input(at, request),
        "score": getattr(lead, "score", None),
        "tags": tags.of_leads([pk]).get(pk, []),
        "duplicates_url": navigation.address("lead-duplicates", pk),
        "duplicates": _duplicates(lead, request),
    }
    return render(request, "leads/lead.html", context | _timeline(request, lead))


def _duplicates(lead: Lead, request: HttpRequest) -> list[dict[str, Any]]:
    """Who may be this same person, likeliest first."""
    pairs = duplicate_pairs.waiting(request.user, lead=lead)[:3]  # type: ignore[arg-type]
    return [{"lead": pair.b if pair.a_id == lead.pk else pair.a, "score": pair.score} for pair in pairs]


def _about(lead: Lead) -> str:
    """製造業・320名・静岡県: the company in a line."""
    company = lead.company
    if company is None:
        return ""
    parts = (company.industry, viewpoints.employees(company), prefectures.shown(company.prefecture))
    return pgettext("separator", " · ").join(part for part in parts if part)


def _sources(lead: Lead) -> str:
    """Every source, the first one first, each with its campaign."""
    rows = LeadSource.objects.filter(lead=lead).order_by("at", "pk").values_list("channel__name", "campaign__name")
    named = [
        _("%(channel)s: %(campaign)s") % {"channel": channel, "campaign": campaign} if campaign else channel
        for channel, campaign in rows
    ]
    return _(", ").join(named)


def kinds_by_hand() -> list[dict[str, Any]]:
    """What a person may record, in two clicks: first what they did, then what they learned the lead did.

    Each has an id that makes a second press harmless.
    """
    types = {kind.code: kind for kind in ActivityType.objects.filter(is_by_hand=True).order_by("code")}
    words = {
        "call": pgettext("by hand", "Call"),
        "email_sent": pgettext("by hand", "Email"),
        "meeting": pgettext("by hand", "Meeting"),
        "note": pgettext("by hand", "Note"),
    }
    usual = [*QUICK, *(kind.code for kind in STANDARD)]
    codes = [code for code in dict.fromkeys([*usual, *types]) if code in types]
    return [
        {
            "code": code,
            "label": words.get(code) or in_language(types[code].label_ja, types[code].label_en),
            "icon": types[code].icon,
            "event_id": str(uuid.uuid4()),
            "is_quick": code in QUICK,
        }
        for code in codes
    ]


def known_contents() -> QuerySet[Content, str]:
    """Names to choose from while typing, the latest first."""
    return Content.objects.order_by("-pk").values_list("title", flat=True)[:200]


def local_input(at: datetime, request: HttpRequest) -> str:
    """The moment as a datetime-local field wants it."""
    return at.astimezone(request.entry.organization.zone).strftime("%Y-%m-%dT%H:%M")  # type: ignore[attr-defined]


def _timeline(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    try:
        entries, rest = timeline.lines(lead, cursor=request.GET.get("before"), size=12)
    except DomainError:
        entries, rest = timeline.lines(lead, size=12)
    return {"entries": entries, "older": rest}


@login_required
@require_GET
def more_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The older entries, for the end of the list; without script the whole page from there."""
    lead = visible(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return show(request, pk)
    return render(request, "leads/_timeline_more.html", {"lead": lead} | _timeline(request, lead))

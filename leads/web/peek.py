"""A lead beside the list: who, stage, why this score, what is next, what happened last; the page says the rest."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import navigation
from leads.models import Lead
from leads.queries import tags, timeline
from leads.queries.references import as_id
from leads.web.lead_page import visible

LATEST = 5


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment for the panel."""
    return render(request, "leads/_peek.html", {"peek": _about(visible(request, pk))})


def opened(request: HttpRequest) -> dict[str, Any] | None:
    """The lead that the list's address holds open, if this person may see it."""
    pk = as_id(request.GET.get("open", ""))
    if pk is None:
        return None
    try:
        return _about(visible(request, pk))
    except Http404:
        return None


def _about(lead: Lead) -> dict[str, Any]:
    return {
        "lead": lead,
        "url": reverse("lead", args=[lead.pk]),
        "score": getattr(lead, "score", None),
        "reasons_url": navigation.address("lead-score-reasons", lead.pk),
        "tags": tags.of_leads([lead.pk]).get(lead.pk, []),
        "entries": timeline.lines(lead, size=LATEST)[0],
    }

"""The settings: every panel as one sentence, and whether 詳しい設定 show."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import settings_panels
from accounts.domain.roles import Permission
from accounts.services import organization as organization_service
from accounts.web.access import needs


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """All panels."""
    entry = request.entry  # type: ignore[attr-defined]
    groups = settings_panels.groups(
        user=request.user,  # type: ignore[arg-type]
        at=entry.at,
        shows_advanced=entry.organization.shows_advanced,
    )
    return render(request, "settings/index.html", {"groups": groups, "journey": settings_panels.journey(entry.at)})


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def advanced(request: HttpRequest) -> HttpResponse:
    """Shows or hides 詳しい設定 for everybody."""
    organization_service.show_advanced(
        shows=request.POST.get("shows") == "yes",
        by=request.user,  # type: ignore[arg-type]
        at=request.entry.at,  # type: ignore[attr-defined]
    )
    return redirect("settings")

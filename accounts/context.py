"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import navigation
from accounts.models import User

THEME_COOKIE = "handoff_theme"
THEMES = ("auto", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template values of the frame, worked out only when a page draws them."""
    return {
        "theme": theme_of(request),
        "shell": SimpleLazyObject(lambda: _shell(request)),
        "clock_words": clock_words(),
        "demo_people": SimpleLazyObject(lambda: _demo_people(request)),
    }


def theme_of(request: HttpRequest) -> str:
    """`auto`, `light` or `dark`, as this browser chose."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def clock_words() -> dict[str, str]:
    """The sentences a running clock speaks, for the script that keeps it going."""
    return {
        "left": pgettext("clock", "%s left"),
        "late": pgettext("clock", "%s late"),
        "overdue": pgettext("clock", "Overdue by %s"),
        "paused": pgettext("clock", "Closed until %s"),
        "minutes": pgettext("clock", "{m} min"),
        "hours": pgettext("clock", "{h} h {m} min"),
        "wholeHours": pgettext("clock", "{h} h"),
        "days": ngettext("%(days)d working day", "%(days)d working days", 2),
        "zone": timezone.get_current_timezone_name(),
        "failed": _("That didn't go through. Check your connection and try again."),
    }


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    entry = getattr(request, "entry", None)
    if entry is None or user is None or not user.is_authenticated:
        return {"groups": (), "tabs": (), "organization": entry.organization if entry else None}
    organization = entry.organization
    groups = navigation.menu(
        user=user, at=entry.at, path=request.path, shows_advanced=organization is None or organization.shows_advanced
    )
    return {
        "groups": groups,
        "tabs": tuple(item for group in groups for item in group.items if item.place.on_tab_bar),
        "organization": organization,
        "search_url": navigation.address("leads"),
        "start_url": navigation.address("first-start") if organization and organization.is_sample else "",
        "role_names": user.role_labels,
    }


def _demo_people(request: HttpRequest) -> list[User]:
    """Whom a visitor may sign in as while the sample company is loaded."""
    entry = getattr(request, "entry", None)
    if entry is None or entry.organization is None or not entry.organization.is_sample:
        return []
    return list(User.objects.active().people().prefetch_related("role_grants", "memberships__team").order_by("pk"))

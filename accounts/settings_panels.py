"""The settings page: a list of panels, each one sentence with today's value, that the apps fill.

An app registers its panels from `AppConfig.ready()`:

    settings_panels.register(Panel("policies", "handing_over", _("Deadlines"), "settings-policies", sentence))
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import navigation
from accounts.domain.roles import Permission
from accounts.models import User

GROUPS = (
    ("people", _("People")),
    ("leads", _("Leads")),
    ("handing_over", _("Handing over")),
    ("connections", _("Connections")),
)


@dataclass(frozen=True)
class Panel:
    """One panel: `sentence(at)` says today's value; advanced ones wait behind 詳しい設定."""

    key: str
    group: str
    title: Any
    route: str
    sentence: Callable[[datetime], str]
    permission: Permission = Permission.CHANGE_SETTINGS
    is_advanced: bool = False
    position: int = 100


@dataclass(frozen=True)
class Line:
    """A panel as one person reads it now."""

    panel: Panel
    url: str
    sentence: str


@dataclass(frozen=True)
class Step:
    """One step of the way: past, now, or still to come (empty)."""

    label: str
    state: str = ""


@dataclass(frozen=True)
class Journey:
    """How far the organisation has come, and the next step."""

    steps: list[Step]
    sentence: str
    url: str
    label: str


_panels: dict[str, Panel] = {}
_journeys: list[Callable[[datetime], Journey]] = []


def register(panel: Panel) -> None:
    """Adds a panel; a later one of the same key replaces it."""
    _panels[panel.key] = panel


def register_journey(tell: Callable[[datetime], Journey]) -> None:
    """Names the one function that tells how far the organisation has come."""
    _journeys[:] = [tell]


def journey(at: datetime) -> Journey | None:
    """The way so far, if an app tells it."""
    return _journeys[0](at) if _journeys else None


def groups(*, user: User, at: datetime, shows_advanced: bool) -> list[tuple[Any, list[Line]]]:
    """The panels this person may open, in groups, with their sentences as of `at`."""
    seen = [panel for panel in _panels.values() if user.may(panel.permission)]
    seen = [panel for panel in seen if shows_advanced or not panel.is_advanced]
    lines = [_line(panel, at) for panel in sorted(seen, key=lambda panel: panel.position)]
    found = [(title, [line for line in lines if line.url and line.panel.group == key]) for key, title in GROUPS]
    return [(title, members) for title, members in found if members]


def _line(panel: Panel, at: datetime) -> Line:
    url = navigation.address(panel.route)
    return Line(panel, url, panel.sentence(at) if url else "")

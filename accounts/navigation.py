"""The menu: which places there are, who sees them, and the counts that the apps hang on them.

Upper apps add a count from their `AppConfig.ready()`:

    navigation.count("gaps", gap_count)

where `gap_count(*, user, at)` returns a `Count` or None and costs one indexed query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

from accounts.domain.roles import Permission
from accounts.models import User


@dataclass(frozen=True)
class Count:
    """A number beside a place; `is_late` makes it red, for what should not be there."""

    number: int
    is_late: bool = False


class Counter(Protocol):
    def __call__(self, *, user: User, at: datetime) -> Count | None: ...


@dataclass(frozen=True)
class Place:
    """One place of the menu: `route` is the name of its address."""

    key: str
    route: str
    label: Any
    icon: str
    group: str = ""
    permission: Permission | None = None
    is_advanced: bool = False
    on_tab_bar: bool = False


@dataclass(frozen=True)
class Item:
    """A place as one person sees it now."""

    place: Place
    url: str
    is_current: bool
    count: Count | None


@dataclass(frozen=True)
class Group:
    label: Any
    items: tuple[Item, ...] = field(default_factory=tuple)


P = Permission
GROUPS = (("", ""), ("look", pgettext_lazy("menu", "Analyze")), ("tune", pgettext_lazy("menu", "Setup")))
PLACES = (
    Place("today", "home", pgettext_lazy("menu", "Today"), "sun", on_tab_bar=True),
    Place("inbox", "inbox", pgettext_lazy("menu", "Inbox"), "inbox", permission=P.ANSWER_HANDOFFS, on_tab_bar=True),
    Place("leads", "leads", pgettext_lazy("menu", "Leads"), "users", permission=P.SEE_LEADS, on_tab_bar=True),
    Place("deals", "opportunities", pgettext_lazy("menu", "Deals"), "briefcase", permission=P.SEE_LEADS),
    Place("gaps", "gaps", pgettext_lazy("menu", "Gaps"), "stack-pop", permission=P.SEE_LEADS, on_tab_bar=True),
    Place("notices", "notices", pgettext_lazy("menu", "Notices"), "bell"),
    Place("dashboard", "dashboard", pgettext_lazy("menu", "Dashboard"), "chart-bar", "look", P.SEE_REPORTS),
    Place("results", "results", pgettext_lazy("menu", "Results"), "clipboard-text", "look", P.SEE_LEADS),
    Place("contents", "contents", pgettext_lazy("menu", "Content"), "file-text", "look", P.SEE_REPORTS),
    Place("review", "review", pgettext_lazy("menu", "Review"), "calendar-check", "look", P.SEE_REPORTS),
    Place("scoring", "scoring", pgettext_lazy("menu", "Scoring rules"), "adjustments-horizontal", "tune", P.SEE_LEADS),
    Place("playbook", "playbook", pgettext_lazy("menu", "Playbook"), "book", "tune", P.SEE_LEADS),
    Place("workflow", "workflow", pgettext_lazy("menu", "Workflow"), "arrows-exchange", "tune", P.SEE_LEADS),
    Place("imports", "imports", pgettext_lazy("menu", "Import"), "file-import", "tune", P.IMPORT_LEADS),
    Place("duplicates", "duplicates", pgettext_lazy("menu", "Duplicates"), "copy", "tune", P.IMPORT_LEADS),
    Place("settings", "settings", pgettext_lazy("menu", "Settings"), "settings", "tune", P.CHANGE_SETTINGS),
    Place("audit", "audit", pgettext_lazy("menu", "Audit log"), "history", "tune", P.SEE_AUDIT, is_advanced=True),
)
_counters: dict[str, Counter] = {}


def count(key: str, counter: Counter) -> None:
    """Hangs a count on the place named `key`; a later one replaces an earlier one."""
    _counters[key] = counter


def menu(*, user: User, at: datetime, path: str, shows_advanced: bool) -> tuple[Group, ...]:
    """The places this person may go to, in groups, with their counts as of `at`."""
    items = [
        item
        for place in PLACES
        if (place.permission is None or user.may(place.permission)) and (shows_advanced or not place.is_advanced)
        for item in [_item(place, user=user, at=at, path=path)]
        if item
    ]
    groups = (Group(label, tuple(i for i in items if i.place.group == key)) for key, label in GROUPS)
    return tuple(group for group in groups if group.items)


def address(route: str, *args: object) -> str:
    """The address of a named page; nothing where the installation lacks it, as it may lack an app above the asking."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def _item(place: Place, *, user: User, at: datetime, path: str) -> Item | None:
    url = address(place.route)
    if not url:
        return None
    counter: Callable[..., Count | None] | None = _counters.get(place.key)
    is_current = path == url or (url != "/" and path.startswith(url))
    return Item(place, url, is_current, counter(user=user, at=at) if counter else None)

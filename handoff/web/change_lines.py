"""What changed since yesterday, as lines of a timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext, pgettext

from accounts.interface import figures
from handoff.queries.reason_words import reason_label
from handoff.queries.today import Change

ICONS = {
    "won": "trophy",
    "opportunity": "briefcase",
    "mql": "trending-up",
    "lost": "x",
    "rejected": "arrow-back-up",
}


@dataclass(frozen=True)
class Line:
    icon: str
    text: str
    at: datetime
    note: str = ""
    url: str = ""
    is_key: bool = False


def lines(changes: Iterable[Change]) -> list[Line]:
    """One line a change; a single lead is named and linked."""
    return [_line(change) for change in changes]


def _line(change: Change) -> Line:
    return Line(
        icon=ICONS[change.kind],
        text=_named(change) if change.lead else _counted(change),
        at=change.latest_at,
        note=figures.person(change.by) if change.by else "",
        url=reverse("lead", args=[change.lead.pk]) if change.lead else "",
        is_key=change.kind == "won",
    )


def _named(change: Change) -> str:
    company = change.lead.company.name if change.lead.company else ""
    who = f"{company} {figures.person(change.lead)}".strip()
    patterns = {
        "won": pgettext("change", "%(who)s: won"),
        "opportunity": pgettext("change", "%(who)s: new opportunity"),
        "mql": pgettext("change", "%(who)s became MQL"),
        "lost": pgettext("change", "%(who)s: lost"),
    }
    return patterns[change.kind] % {"who": who}


def _counted(change: Change) -> str:
    number = change.number
    pattern = {
        "won": ngettext("%(number)d won", "%(number)d won", number),
        "opportunity": ngettext("%(number)d new opportunity", "%(number)d new opportunities", number),
        "mql": ngettext("%(number)d became MQL", "%(number)d became MQL", number),
        "lost": ngettext("%(number)d lost", "%(number)d lost", number),
        "rejected": ngettext("%(number)d handoff given back", "%(number)d handoffs given back", number),
    }[change.kind]
    said = pattern % {"number": number}
    reason = reason_label(change.reason)
    if not reason:
        return said
    one, most = pgettext("change", "%(said)s: “%(reason)s”"), pgettext("change", "%(said)s, mostly “%(reason)s”")
    return (one if number == 1 else most) % {"said": said, "reason": reason}

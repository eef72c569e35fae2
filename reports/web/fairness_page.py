"""How leads were shared out, team by team: bars of given against expected, and what moved them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import figures
from reports.domain.fairness import COMPANY, HAND, OUTSIDE_THE_TURN, QUEUE, REROUTED, RULE
from reports.domain.figures import UNCERTAIN_BELOW
from reports.queries import fairness
from reports.queries.fairness import Group, Row
from reports.web.asking import Asked


@dataclass(frozen=True)
class Shown:
    """One person as the page draws it; `given` and `expected` in tenths of a bar's length."""

    row: Row
    expected: str
    deviation: str
    share: str
    reasons: list[str]


@dataclass(frozen=True)
class Part:
    """One team on one leg."""

    group: Group
    rows: list[Shown]
    most: float
    is_uncertain: bool


def context(asked: Asked) -> dict[str, Any]:
    """What the tab shows."""
    groups = fairness.fairness(asked.question.of_every_leg())
    return {"parts": [_part(group) for group in groups], "given": sum(group.number for group in groups)}


def _part(group: Group) -> Part:
    most = max((max(row.taken.number, row.expected or 0) for row in group.rows), default=0)
    return Part(group, [_shown(row) for row in group.rows], most, group.number < UNCERTAIN_BELOW)


def _shown(row: Row) -> Shown:
    parts = {"weight": row.weights.weight, "days": row.weights.present_days, "capacity": row.weights.capacity}
    return Shown(
        row=row,
        expected="" if row.expected is None else figures.number(row.expected, 1),
        deviation="" if row.deviation is None else _signed(row.deviation),
        share=_("%(weight)d × %(days)d × %(capacity)d") % parts,
        reasons=_reasons(row),
    )


def _signed(value: float) -> str:
    """With a real minus; 0.0 has no sign."""
    text = figures.number(abs(value), 1)
    if round(value, 1) == 0:
        return f"±{text}"
    return f"+{text}" if value > 0 else f"−{text}"


def _reasons(row: Row) -> list[str]:
    """What moves the number away from what is expected, each with its count."""
    words = {
        COMPANY: pgettext("sharing out", "knows the company %(n)d"),
        RULE: pgettext("sharing out", "named by a rule %(n)d"),
        HAND: pgettext("sharing out", "given by hand %(n)d"),
        REROUTED: pgettext("sharing out", "passed on unanswered %(n)d"),
        QUEUE: pgettext("sharing out", "taken from the queue %(n)d"),
    }
    found = [words[way] % {"n": row.taken.by_way[way]} for way in OUTSIDE_THE_TURN if row.taken.by_way.get(way)]
    if row.absent_days:
        absent = ngettext("absent %(n)d working day", "absent %(n)d working days", row.absent_days)
        found.insert(0, absent % {"n": row.absent_days})
    if round(row.full_days, 1):
        found.insert(0, _("capacity full %(n)s days") % {"n": figures.number(row.full_days, 1)})
    if not row.is_member:
        found.insert(0, _("takes no turn in this team today"))
    return found

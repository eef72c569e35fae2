"""Decides which of two leads survives a merge, and what can be chosen field by field."""

from collections.abc import Mapping
from typing import Any

from leads.domain.choices import Stage

# The further stage survives (DESIGN §9).
_FURTHEST_FIRST = (
    Stage.WON,
    Stage.OPPORTUNITY,
    Stage.SQL,
    Stage.SAL,
    Stage.MQL,
    Stage.NURTURE,
    Stage.LOST,
    Stage.MAL,
    Stage.LEAD,
    Stage.DISQUALIFIED,
)
_RANK = {stage.value: rank for rank, stage in enumerate(_FURTHEST_FIRST)}

# What is chosen as one thing, and the columns that it consists of.
CHOICES: dict[str, tuple[str, ...]] = {
    "name": ("last_name", "first_name"),
    "name_kana": ("last_name_kana", "first_name_kana"),
    "company": ("company_id",),
    "department": ("department",),
    "title": ("title", "seniority"),
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("mobile",),
    "external_id": ("external_id",),
}
COLUMNS = tuple(column for columns in CHOICES.values() for column in columns)
QUALIFICATION = (
    "phase",
    "need",
    "challenge",
    "timeframe",
    "authority",
    "decision_process",
    "budget",
    "competitors",
    "temperature",
    "note",
)


def is_further(stage: str, than: str) -> bool:
    """Whether a lead in `stage` survives one in `than`, whichever was meant to."""
    return _RANK[stage] < _RANK[than]


def prefers_other(name: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Without a choice one's own value stays, unless the other's says more: mine is empty, or only half a name."""
    filled = [column for column in CHOICES[name] if other[column] not in ("", None)]
    known = [column for column in CHOICES[name] if mine[column] not in ("", None)]
    if not known:
        return bool(filled)
    return name == "name" and len(filled) == 2 and len(known) < 2

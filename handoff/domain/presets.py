"""What each starting preset sets up for handing over (AR-35): gates, policies, the one rule that is on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from handoff.domain.choices import Leg
from handoff.domain.questions import SQL_REQUIRED
from leads.domain.prefectures import PREFECTURES

# AR-43, shipped as an example of a stricter gate.
MQL_EXAMPLE: Mapping[str, Any] = {
    "all": [
        {"activity": {"types": ["document_download"], "distinct": "content", "at_least": 2}},
        {"activity": {"types": ["site_visit"], "within_days": 30, "at_least": 3}},
        {"field": "company.employee_count", "op": "gte", "value": 100},
        {
            "any": [
                {"field": "title", "op": "contains", "value": ["manager", "director", "VP", "課長", "部長", "役員"]},
                {"field": "seniority", "op": "in", "value": ["manager", "director", "executive"]},
            ]
        },
    ]
}
# AR-44: what a receiver looks for before accepting.
SAL_EXAMPLE: Mapping[str, Any] = {
    "all": [
        {"field": "qualification.budget", "op": "known"},
        {"field": "qualification.authority", "op": "known"},
        {"field": "qualification.need", "op": "known"},
        {"field": "seniority", "op": "gte", "value": "manager"},
    ]
}


# The name of the company's calendar.
CALENDAR = pgettext_lazy("calendar", "Standard")
# The name of the one handoff rule; it is stored in the language of whoever began.
RULE = pgettext_lazy("shipped", "Hand over once the criteria are met")
_STORED = ("基準に達したら引き渡す", "Hand over once the criteria are met")


def shown(stored: str) -> str:
    """A handoff rule's name as people read it: ours in the reader's language, theirs as written."""
    return str(RULE) if stored in _STORED else stored


@dataclass(frozen=True)
class GateDefault:
    kind: str
    mode: str
    condition: Mapping[str, Any] | None
    required: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PolicyDefault:
    kind: str
    band: str = ""
    minutes: int | None = None
    working_days: int | None = None


# AR-34, written as rows so that people see and change them; the answer stays half of the first contact.
POLICIES: Sequence[PolicyDefault] = (
    PolicyDefault("contact", "high", minutes=30),
    PolicyDefault("contact", "middle", minutes=240),
    PolicyDefault("contact", "low", minutes=540),
    PolicyDefault("qualify", working_days=5),
    PolicyDefault("feedback", working_days=3),
)

LEGS: Mapping[str, Sequence[Leg]] = {
    "small": (Leg.MARKETING_TO_FIELD,),
    "mid": (Leg.MARKETING_TO_INSIDE, Leg.INSIDE_TO_FIELD),
    "large": (Leg.MARKETING_TO_INSIDE, Leg.INSIDE_TO_FIELD),
}
# Where a large company begins with two field teams, the second one has the west of Japan, from Shiga on.
WEST: Mapping[str, Any] = {
    "field": "company.prefecture",
    "op": "in",
    "value": list(PREFECTURES[PREFECTURES.index("滋賀県") :]),
}
# What travels and how the receiver is told: a rule that lacks one of the five parts can't be switched on (AR-15).
TRAVELS = ("sheet", "score", "activities")
TOLD_BY = ("in_app", "email")


def gates(preset: str) -> tuple[GateDefault, ...]:
    """Small: nothing blocks and the MQL gate is empty. Else the SQL gate blocks the second leg."""
    if preset == "small":
        return (GateDefault("mql", "warn", None, ()), GateDefault("sql", "warn", None, SQL_REQUIRED))
    contact_known = {"any": [{"field": name, "op": "known"} for name in ("email", "phone", "mobile")]}
    return (
        GateDefault("mql", "block", contact_known, ()),
        GateDefault("sql", "block", None, SQL_REQUIRED),
    )

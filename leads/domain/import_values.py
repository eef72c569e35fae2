"""What one row of a sheet says about one lead, once its cells are understood."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from leads.domain.choices import Stage

# Rows of a list that name nobody on purpose: what adds it up, what shows how to fill it in, what is said below it.
ASIDE = ("total_row", "example_row", "note_row")
# The stages that the score decides on, in their order.
SCORED = (Stage.LEAD, Stage.MAL, Stage.MQL)


# (group, name, value) of one value in a group; ("", name, value) of one by itself; (group, "", values) of more for a list.
Filling = tuple[str, str, Any]


@dataclass
class RowValues:
    """Only what the row fills in; empty cells are absent, so that they never empty anything."""

    lead: dict[str, Any] = field(default_factory=dict)
    company: dict[str, Any] = field(default_factory=dict)
    qualification: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    channel: str = ""
    campaign: str = ""
    acquired_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    dated: list[tuple[str, datetime]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    stage: str = ""
    stage_at: datetime | None = None
    outcome: str = ""
    outcome_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    owner: str = ""
    stated_score: int | None = None

    def filled(self) -> tuple[Filling, ...]:
        """What stands in these values, as `add` takes it."""
        found: list[Filling] = []
        for name, value in vars(self).items():
            if isinstance(value, dict):
                found += [(name, key, one) for key, one in value.items()]
            elif value != _EMPTY[name]:
                found.append((name, "", value) if isinstance(value, list) else ("", name, value))
        return tuple(found)

    def add(self, filled: tuple[Filling, ...]) -> None:
        """Puts in what other values are filled with."""
        own = vars(self)
        for group, name, value in filled:
            if not group:
                own[name] = value
            elif name:
                own[group][name] = value
            else:
                own[group] += value

    @property
    def is_somebody(self) -> bool:
        """Whether the row names a person: a name, an address, a number or an id."""
        named = ("external_id", "last_name", "first_name", "email", "phone", "mobile")
        return any(self.lead.get(name) for name in named)

    @property
    def wanted_stage(self) -> str:
        """The stage the row asks for; an outcome says more than a stage."""
        return {"won": "won", "lost": "lost", "open": "opportunity"}.get(self.outcome, self.stage)

    def stage_for(self, current: str) -> str:
        """The stage the row moves a lead to that stands at `current`, or '' where it stays.

        What the score has made of a lead is not undone by a list that says what the person was before: a
        "lead" or MAL of the file leaves a MAL or MQL as it is, or each import of that list would move it to and fro.
        """
        wanted = self.wanted_stage
        if wanted in SCORED and current in SCORED and SCORED.index(wanted) < SCORED.index(current):
            return ""
        return wanted if wanted != current else ""

    def without_history(self) -> None:
        """Takes out the stage, the result and the owner; all else that the row says stays."""
        self.stage = self.outcome = self.owner = self.currency = ""
        self.stage_at = self.outcome_at = self.amount = None


_EMPTY = vars(RowValues())


@dataclass(frozen=True)
class RowFault:
    """Why a row is refused: in which column ('' for the row itself), by which code and values."""

    column: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_aside(self) -> bool:
        """Whether the row was never meant as somebody, so that nothing is missing without it."""
        return self.code in ASIDE

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the row."""
        return {"column": self.column, "code": self.code, "values": self.values}

"""Which fields a condition may read, of what kind each is, and how a person calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from leads.domain.choices import SENIORITY_ORDER, Phase, Seniority, Stage


class Kind(StrEnum):
    """How the values of a field compare."""

    TEXT = "text"  # ASCII letters compare without case, so that both engines and Python agree
    CHOICE = "choice"
    ORDER = "order"  # choices in an order: gte and lte make sense
    NUMBER = "number"
    RANGE = "range"  # two columns: gte reads the lower bound, lte the upper one
    DATE = "date"
    MOMENT = "moment"  # compared by local days
    YES_NO = "yes_no"


OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("eq", "ne", "in", "contains", "known", "unknown"),
    Kind.CHOICE: ("eq", "ne", "in", "known", "unknown"),
    Kind.ORDER: ("eq", "ne", "in", "gte", "lte", "between", "known", "unknown"),
    Kind.NUMBER: ("eq", "ne", "in", "gte", "lte", "between", "known", "unknown"),
    Kind.RANGE: ("eq", "ne", "gte", "lte", "between", "known", "unknown"),
    Kind.DATE: ("eq", "ne", "gte", "lte", "between", "known", "unknown"),
    Kind.MOMENT: ("gte", "lte", "between", "known", "unknown"),
    Kind.YES_NO: ("eq", "ne", "known", "unknown"),
}


@dataclass(frozen=True)
class Field:
    """`name` as written in a condition; `unit` follows numbers in sentences; `choices` value → label."""

    name: str
    kind: Kind
    label: str | Promise
    choices: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    unit: str | Promise = ""
    in_scoring: bool = True

    @property
    def operators(self) -> tuple[str, ...]:
        return OPERATORS[self.kind]

    @property
    def custom_key(self) -> str:
        """The key within Lead.custom, '' for a field of our own."""
        return self.name.removeprefix("custom.") if self.name.startswith("custom.") else ""


def _choices(enumeration: Any) -> dict[str, Any]:
    return dict(enumeration.choices)


def _field(name: str, kind: Kind, label: str, **more: Any) -> Field:
    return Field(name, kind, pgettext_lazy("condition field", label), **more)


# The labels are written out for the catalogue: pgettext_lazy("condition field", "…").
_BANDS = {
    "high": pgettext_lazy("band", "High"),
    "middle": pgettext_lazy("band", "Middle"),
    "low": pgettext_lazy("band", "Low"),
}

STANDARD: tuple[Field, ...] = (
    _field("company.industry", Kind.TEXT, "Industry"),
    _field("company.employee_count", Kind.RANGE, "Employees", unit=pgettext_lazy("condition unit", " people")),
    _field("company.prefecture", Kind.TEXT, "Prefecture"),
    _field("company.name", Kind.TEXT, "Company name"),
    _field("company.domain", Kind.TEXT, "Company domain"),
    _field("title", Kind.TEXT, "Job title"),
    _field("seniority", Kind.ORDER, "Seniority", choices=_choices(Seniority), order=tuple(SENIORITY_ORDER)),
    _field("department", Kind.TEXT, "Department"),
    _field("last_name", Kind.TEXT, "Last name"),
    _field("email", Kind.TEXT, "E-mail"),
    _field("phone", Kind.TEXT, "Phone"),
    _field("mobile", Kind.TEXT, "Mobile"),
    _field("channel", Kind.TEXT, "Channel"),
    _field("campaign", Kind.TEXT, "Campaign"),
    _field("acquired_at", Kind.MOMENT, "Acquired on"),
    _field("opted_out", Kind.YES_NO, "Opted out of mail"),
    _field("do_not_contact", Kind.YES_NO, "Do not contact"),
    _field("qualification.phase", Kind.CHOICE, "Buying phase", choices=_choices(Phase)),
    _field("qualification.need", Kind.TEXT, "Need"),
    _field("qualification.challenge", Kind.TEXT, "Challenge"),
    _field("qualification.timeframe", Kind.TEXT, "Timeframe"),
    _field("qualification.authority", Kind.TEXT, "Who approves"),
    _field("qualification.decision_process", Kind.TEXT, "Decision process"),
    _field("qualification.budget", Kind.TEXT, "Budget"),
    _field("qualification.competitors", Kind.TEXT, "Competitors"),
    _field("qualification.temperature", Kind.NUMBER, "Temperature"),
    # What scoring itself brings about, or what moves without it, may not decide a score.
    _field("stage", Kind.CHOICE, "Stage", choices=_choices(Stage), in_scoring=False),
    _field("score", Kind.NUMBER, "Score", unit=pgettext_lazy("condition unit", " points"), in_scoring=False),
    _field("band", Kind.CHOICE, "Priority", choices=_BANDS, in_scoring=False),
    _field("last_activity_at", Kind.MOMENT, "Latest activity on", in_scoring=False),
)


@dataclass(frozen=True)
class Registry:
    """All that a condition may name: fields (the organisation's own included) and activity types → label."""

    fields: Mapping[str, Field]
    activity_types: Mapping[str, str | Promise]

    def find(self, name: object) -> Field | None:
        return self.fields.get(name) if isinstance(name, str) else None


CUSTOM_KINDS = {
    "text": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "choice": Kind.CHOICE,
    "yes_no": Kind.YES_NO,
}


def custom(key: str, label: str, kind: str, choices: list[str]) -> Field:
    """A field that the organisation added."""
    return Field(f"custom.{key}", CUSTOM_KINDS[kind], label, choices={choice: choice for choice in choices})

"""Which fields a condition may read, of what kind each is, and how a person calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from leads.domain.choices import SENIORITY_ORDER, Phase, Seniority, Stage
from leads.domain.industries import spellings


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
    """`name` as written in a condition; `unit` follows numbers in sentences; `choices` value → label.

    `spellings`: what else the same text is called. `least`: the number below which no value of the field lies.
    """

    name: str
    kind: Kind
    label: str | Promise
    choices: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    unit: str | Promise = ""
    in_scoring: bool = True
    spellings: Callable[[str], tuple[str, ...]] | None = None
    least: int | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        return OPERATORS[self.kind]

    @cached_property
    def custom_key(self) -> str:
        """The key within Lead.custom, '' for a field of our own."""
        return self.name.removeprefix("custom.") if self.name.startswith("custom.") else ""


def _choices(enumeration: Any) -> dict[str, Any]:
    return dict(enumeration.choices)


_BANDS = {
    "high": pgettext_lazy("band", "High"),
    "middle": pgettext_lazy("band", "Mid"),
    "low": pgettext_lazy("band", "Low"),
}

STANDARD: tuple[Field, ...] = (
    Field("company.industry", Kind.TEXT, pgettext_lazy("condition field", "Industry"), spellings=spellings),
    Field(
        "company.employee_count",
        Kind.RANGE,
        pgettext_lazy("condition field", "Company size"),
        unit=pgettext_lazy("condition unit", " people"),
        least=0,
    ),
    Field("company.prefecture", Kind.TEXT, pgettext_lazy("condition field", "Prefecture")),
    Field("company.name", Kind.TEXT, pgettext_lazy("condition field", "Company name")),
    Field("company.domain", Kind.TEXT, pgettext_lazy("condition field", "Company domain")),
    Field("title", Kind.TEXT, pgettext_lazy("condition field", "Job title")),
    Field(
        "seniority",
        Kind.ORDER,
        pgettext_lazy("condition field", "Seniority"),
        choices=_choices(Seniority),
        order=tuple(SENIORITY_ORDER),
    ),
    Field("department", Kind.TEXT, pgettext_lazy("condition field", "Department")),
    Field("last_name", Kind.TEXT, pgettext_lazy("condition field", "Last name")),
    Field("email", Kind.TEXT, pgettext_lazy("condition field", "Email")),
    Field("phone", Kind.TEXT, pgettext_lazy("condition field", "Phone")),
    Field("mobile", Kind.TEXT, pgettext_lazy("condition field", "Mobile")),
    Field("channel", Kind.TEXT, pgettext_lazy("condition field", "Channel")),
    Field("campaign", Kind.TEXT, pgettext_lazy("condition field", "Campaign")),
    Field("acquired_at", Kind.MOMENT, pgettext_lazy("condition field", "Acquired")),
    Field("opted_out", Kind.YES_NO, pgettext_lazy("condition field", "Unsubscribed from email")),
    Field("do_not_contact", Kind.YES_NO, pgettext_lazy("condition field", "Do not contact")),
    Field(
        "qualification.phase", Kind.CHOICE, pgettext_lazy("condition field", "Buying phase"), choices=_choices(Phase)
    ),
    Field("qualification.need", Kind.TEXT, pgettext_lazy("condition field", "Need")),
    Field("qualification.challenge", Kind.TEXT, pgettext_lazy("condition field", "Challenge")),
    Field("qualification.timeframe", Kind.TEXT, pgettext_lazy("condition field", "Timeframe")),
    Field("qualification.authority", Kind.TEXT, pgettext_lazy("condition field", "Decision maker")),
    Field("qualification.decision_process", Kind.TEXT, pgettext_lazy("condition field", "Decision process")),
    Field("qualification.budget", Kind.TEXT, pgettext_lazy("condition field", "Budget")),
    Field("qualification.competitors", Kind.TEXT, pgettext_lazy("condition field", "Competitors")),
    Field("qualification.temperature", Kind.NUMBER, pgettext_lazy("condition field", "Temperature"), least=0),
    # What scoring itself brings about, or what moves without it, may not decide a score.
    Field("stage", Kind.CHOICE, pgettext_lazy("condition field", "Stage"), choices=_choices(Stage), in_scoring=False),
    Field(
        "score",
        Kind.NUMBER,
        pgettext_lazy("condition field", "Score"),
        unit=pgettext_lazy("condition unit", " points"),
        in_scoring=False,
    ),
    Field("band", Kind.CHOICE, pgettext_lazy("condition field", "Priority"), choices=_BANDS, in_scoring=False),
    Field("last_activity_at", Kind.MOMENT, pgettext_lazy("condition field", "Last activity"), in_scoring=False),
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

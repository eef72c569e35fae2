"""The columns of the list: which there are, which a person sees on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leads.domain.field_labels import LABELS, WORKED_OUT
from leads.models import CustomField, Segment
from leads.queries import column_choices
from leads.queries.references import as_id


@dataclass(frozen=True)
class Column:
    """One column: `sort` is the ordering its head offers; `key` and `kind` are an own field's."""

    name: str
    label: Any
    css: str
    sort: str = ""
    key: str = ""
    kind: str = ""


COLUMNS = (
    Column("score", WORKED_OUT["score"], "c-score", "score"),
    Column("stage", WORKED_OUT["stage"], "c-stage", "stage_since"),
    Column("touch", WORKED_OUT["touch"], "c-touch", "last_contact_at"),
    Column("act", WORKED_OUT["act"], "c-act", "last_activity_at"),
    Column("channel", LABELS["channel"], "c-channel"),
    Column("due", WORKED_OUT["due"], "c-due", "due_at"),
    Column("email", LABELS["email"], "c-email c-more"),
    Column("phone", LABELS["phone"], "c-phone c-more"),
    Column("mobile", LABELS["mobile"], "c-mobile c-more"),
    Column("seniority", LABELS["seniority"], "c-seniority c-more"),
    Column("industry", LABELS["company.industry"], "c-industry"),
    Column("employees", LABELS["company.employee_count"], "c-employees"),
    Column("prefecture", LABELS["company.prefecture"], "c-prefecture"),
    Column("address", LABELS["company.address"], "c-address c-more"),
    Column("company_phone", LABELS["company.phone"], "c-switchboard c-more"),
    Column("website", LABELS["company.url"], "c-website c-more"),
    Column("corporate_number", LABELS["company.corporate_number"], "c-number c-more"),
    Column("campaign", LABELS["campaign"], "c-campaign"),
    Column("acquired", LABELS["acquired_at"], "c-acquired", "acquired_at"),
    Column("tags", LABELS["tags"], "c-tags"),
    Column("owner", WORKED_OUT["owner"], "c-owner"),
)
DEFAULT = ("score", "stage", "touch", "act", "channel", "owner")
OWN = "custom."


def offered() -> list[Column]:
    """All columns there are: ours, then the organisation's own fields."""
    own = CustomField.objects.order_by("position", "pk")
    return [*COLUMNS, *(Column(f"{OWN}{row.key}", row.label, "c-own", key=row.key, kind=row.kind) for row in own)]


def opened(user: Any, query: Mapping[str, str]) -> Segment | None:
    """The saved list that an address names with `list`, if there is one that this person sees."""
    number = as_id(query.get("list", ""))
    return Segment.objects.visible_to(user).filter(pk=number).first() if number else None


@dataclass(frozen=True)
class Choice:
    """The names of the columns that a person sees; `is_own` where they are a choice of theirs, for this list."""

    names: tuple[str, ...]
    is_own: bool = False


def of(user: Any, segment: Segment | None, columns: list[Column]) -> Choice:
    """What this person chose for the list, else what the list was saved with, else what they chose for no list.

    A choice that names none of the `columns` there are (its own fields were deleted) is none.
    """
    kept = column_choices.of(user, segment)
    there = {column.name for column in columns}
    choices = (kept.here, segment.columns if segment else [], kept.usual)
    here, saved, usual = (tuple(name for name in names if name in there) for names in choices)
    if here or saved:
        return Choice(here or saved, is_own=bool(here and saved))
    return Choice(usual or DEFAULT, is_own=bool(usual) and segment is None)


def among(columns: list[Column], choice: Choice) -> list[Column]:
    """Those of the columns that are chosen, in their fixed order."""
    return [column for column in columns if column.name in choice.names]

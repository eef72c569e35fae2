"""The columns of an exported list: their heads are names that the importer knows, so that an export comes in again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy


class Kind(StrEnum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"  # the local day of a moment
    SIZE = "size"  # employees, both bounds
    YES = "yes"  # 1, or nothing
    STAGE = "stage"
    BAND = "band"
    SENIORITY = "seniority"
    PREFECTURE = "prefecture"


@dataclass(frozen=True)
class Column:
    """`source` is a key of the row; `field` the importer's field, empty for what only Handoff decides."""

    head: Promise | str
    source: str
    kind: Kind = Kind.TEXT
    field: str = ""


def _column(head: Promise, field: str, source: str = "", kind: Kind = Kind.TEXT) -> Column:
    return Column(head, source or field.replace("company.", "company__").replace(".", "__"), kind, field)


def _counted(head: Promise, source: str) -> Column:
    return Column(head, source, Kind.NUMBER, source)


EVERYTHING: tuple[Column, ...] = (
    _column(pgettext_lazy("export", "External ID"), "external_id"),
    _column(pgettext_lazy("export", "Company name"), "company.name"),
    _column(pgettext_lazy("export", "Last name"), "last_name"),
    _column(pgettext_lazy("export", "First name"), "first_name"),
    _column(pgettext_lazy("export", "Last name kana"), "last_name_kana"),
    _column(pgettext_lazy("export", "First name kana"), "first_name_kana"),
    _column(pgettext_lazy("export", "Department"), "department"),
    _column(pgettext_lazy("export", "Job title"), "title"),
    _column(pgettext_lazy("export", "Seniority"), "seniority", kind=Kind.SENIORITY),
    _column(pgettext_lazy("export", "Email"), "email"),
    _column(pgettext_lazy("export", "Phone"), "phone"),
    _column(pgettext_lazy("export", "Mobile"), "mobile"),
    _column(pgettext_lazy("export", "Industry"), "company.industry"),
    _column(pgettext_lazy("export", "Employees"), "company.employee_count", kind=Kind.SIZE),
    _column(pgettext_lazy("export", "Corporate number"), "company.corporate_number"),
    _column(pgettext_lazy("export", "Website"), "company.url"),
    _column(pgettext_lazy("export", "Postal code"), "company.postal_code"),
    _column(pgettext_lazy("export", "Prefecture"), "company.prefecture", kind=Kind.PREFECTURE),
    _column(pgettext_lazy("export", "Address"), "company.address"),
    _column(pgettext_lazy("export", "Channel"), "channel", "channel__name"),
    _column(pgettext_lazy("export", "Campaign"), "campaign", "campaign__name"),
    _column(pgettext_lazy("export", "Acquired at"), "acquired_at", kind=Kind.DAY),
    _column(pgettext_lazy("export", "Opted out"), "opted_out", kind=Kind.YES),
    _column(pgettext_lazy("export", "Do not contact"), "do_not_contact", kind=Kind.YES),
    _column(pgettext_lazy("export", "Tags"), "tags"),
    _column(pgettext_lazy("export", "Need"), "qualification.need"),
    _column(pgettext_lazy("export", "Challenge"), "qualification.challenge"),
    _column(pgettext_lazy("export", "Timeframe"), "qualification.timeframe"),
    _column(pgettext_lazy("export", "Budget"), "qualification.budget"),
    _column(pgettext_lazy("export", "Authority"), "qualification.authority"),
    _column(pgettext_lazy("export", "Decision process"), "qualification.decision_process"),
    _column(pgettext_lazy("export", "Competitors"), "qualification.competitors"),
    # What Handoff decides has names that the importer does not take for its own.
    Column(pgettext_lazy("export", "Present stage"), "stage", Kind.STAGE),
    Column(pgettext_lazy("export", "Present owner"), "owner"),
    Column(pgettext_lazy("export", "Present team"), "team__name"),
    Column(pgettext_lazy("export", "Present score"), "score__total", Kind.NUMBER),
    Column(pgettext_lazy("export", "Priority"), "score__band", Kind.BAND),
    Column(pgettext_lazy("export", "Latest activity on"), "last_activity_at", Kind.DAY),
    Column(pgettext_lazy("export", "Latest contact on"), "last_contact_at", Kind.DAY),
)

# The Excel sheet that small firms start from, with the heads that the empty one has in the same language.
STARTER: tuple[Column, ...] = (
    _column(pgettext_lazy("starter sheet", "Company name"), "company.name"),
    _column(pgettext_lazy("starter sheet", "Contact name"), "name"),
    _column(pgettext_lazy("starter sheet", "Industry"), "company.industry"),
    _column(pgettext_lazy("starter sheet", "Employees"), "company.employee_count", kind=Kind.SIZE),
    _column(pgettext_lazy("starter sheet", "Job title"), "title"),
    _counted(pgettext_lazy("starter sheet", "Downloads"), "activity:document_download"),
    _counted(pgettext_lazy("starter sheet", "Webinars attended"), "activity:webinar_attended"),
    _counted(pgettext_lazy("starter sheet", "Website visits"), "activity:site_visit"),
    Column(pgettext_lazy("starter sheet", "Total score"), "score__total", Kind.NUMBER, "stated_score"),
    Column(pgettext_lazy("starter sheet", "Priority"), "score__band", Kind.BAND),
)
LAYOUTS: Mapping[str, tuple[Column, ...]] = {"everything": EVERYTHING, "excel_starter": STARTER}
SIZE_MAX = "company__employee_count_max"


def own(key: str, label: str) -> Column:
    """A field that the organisation added."""
    return Column(label, f"custom.{key}", field=f"custom.{key}")


def cells(
    row: Mapping[str, Any], columns: Sequence[Column], *, zone: ZoneInfo, words: Mapping[str, Mapping[str, str]]
) -> list[str | int]:
    """One line. `words`: by kind (stage, band, seniority, prefecture) the value's word. Numbers stay numbers, the rest is text."""
    return [_cell(row, column, zone, words) for column in columns]


def _cell(row: Mapping[str, Any], column: Column, zone: ZoneInfo, words: Mapping[str, Mapping[str, str]]) -> str | int:
    value = row.get(column.source)
    if column.kind == Kind.SIZE:
        return _size(value, row.get(SIZE_MAX))
    if value in (None, ""):
        return 0 if column.source.startswith("activity:") else ""
    if column.kind == Kind.DAY:
        return _day(value, zone)
    if column.kind == Kind.YES:
        return "1" if value else ""
    if column.kind in words:
        return words[column.kind].get(value, value)
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _day(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).date().isoformat()


def _size(least: int | None, most: int | None) -> str | int:
    if least is None:
        return ""
    if most is None:
        return pgettext("employees in an export", "%(least)s+") % {"least": least}
    if least == most:
        return least
    return pgettext("employees in an export", "%(least)s to %(most)s") % {"least": least, "most": most}

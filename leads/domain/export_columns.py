"""The columns of an exported list: their heads are the words of the pages, and names that the importer knows, so that an
export comes in again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.functional import Promise, lazy
from django.utils.translation import pgettext, pgettext_lazy

from leads.domain.field_labels import LABELS, WORKED_OUT

Cell = str | int | date
ACT = "act"  # the row's key of what the newest own act was


class Kind(StrEnum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"  # the local day of a moment
    DATE = "date"  # a day that is kept as a text
    DUTY = "duty"
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


def _field(field: str, source: str = "", kind: Kind = Kind.TEXT) -> Column:
    return _column(LABELS[field], field, source, kind)


def _counted(head: Promise, source: str) -> Column:
    return Column(head, source, Kind.NUMBER, source)


def _now(name: str, source: str, kind: Kind = Kind.TEXT) -> Column:
    # What Handoff decides has a name that the importer does not take for its own: an old file turns no stage back.
    return Column(_about(pgettext_lazy("export", "%(column)s (current)"), name), source, kind)


def _details(name: str, source: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(_about(pgettext_lazy("export", "%(column)s (details)"), name), source, kind)


def _about(words: Promise, name: str) -> str:
    return _filled(words, WORKED_OUT[name])


def _fill(words: Promise, column: Promise) -> str:
    return str(words) % {"column": column}


_filled = lazy(_fill, str)


COMPANY = _field("company.name")
NAMES = (_field("last_name"), _field("first_name"))
PLACE_OF_WORK = (_field("department"), _field("title"))
SENIORITY = _field("seniority", kind=Kind.SENIORITY)
EMAIL, PHONE, MOBILE = _field("email"), _field("phone"), _field("mobile")
INDUSTRY = _field("company.industry")
EMPLOYEES = _field("company.employee_count", kind=Kind.SIZE)
CORPORATE_NUMBER, WEBSITE = _field("company.corporate_number"), _field("company.url")
COMPANY_PHONE, ADDRESS = _field("company.phone"), _field("company.address")
PREFECTURE = _field("company.prefecture", kind=Kind.PREFECTURE)
CHANNEL, CAMPAIGN = _field("channel", "channel__name"), _field("campaign", "campaign__name")
ACQUIRED = _field("acquired_at", kind=Kind.DAY)
TAGS = _field("tags")
STAGE = _now("stage", "stage", Kind.STAGE)
OWNER = (_now("owner", "owner"), _now("team", "team__name"))
SCORE = (_now("score", "score__total", Kind.NUMBER), Column(WORKED_OUT["band"], "score__band", Kind.BAND))
LAST_CONTACT = Column(WORKED_OUT["touch"], "last_contact_at", Kind.DAY)
LAST_ACTIVITY = Column(WORKED_OUT["act"], "last_activity_at", Kind.DAY)

EVERYTHING: tuple[Column, ...] = (
    _field("external_id"),
    COMPANY,
    *NAMES,
    _field("last_name_kana"),
    _field("first_name_kana"),
    *PLACE_OF_WORK,
    SENIORITY,
    EMAIL,
    PHONE,
    MOBILE,
    INDUSTRY,
    EMPLOYEES,
    CORPORATE_NUMBER,
    WEBSITE,
    COMPANY_PHONE,
    _field("company.postal_code"),
    PREFECTURE,
    ADDRESS,
    CHANNEL,
    CAMPAIGN,
    ACQUIRED,
    _field("opted_out", kind=Kind.YES),
    _field("do_not_contact", kind=Kind.YES),
    TAGS,
    _field("qualification.need"),
    _field("qualification.challenge"),
    _field("qualification.timeframe"),
    _field("qualification.budget"),
    _field("qualification.authority"),
    _field("qualification.decision_process"),
    _field("qualification.competitors"),
    STAGE,
    *OWNER,
    *SCORE,
    LAST_ACTIVITY,
    LAST_CONTACT,
)
# Who the leads of a list are, before the columns that the list shows.
WHO: tuple[Column, ...] = (COMPANY, *NAMES, *PLACE_OF_WORK)
# By the name of a column of the list: what it says, as columns of a file.
SHOWN: Mapping[str, tuple[Column, ...]] = {
    "score": SCORE,
    "stage": (STAGE,),
    "touch": (LAST_CONTACT,),
    "act": (LAST_ACTIVITY, _details("act", ACT)),
    "channel": (CHANNEL,),
    "due": (Column(WORKED_OUT["due"], "due_at", Kind.DAY), _details("due", "due_kind", Kind.DUTY)),
    "email": (EMAIL,),
    "phone": (PHONE,),
    "mobile": (MOBILE,),
    "seniority": (SENIORITY,),
    "industry": (INDUSTRY,),
    "employees": (EMPLOYEES,),
    "prefecture": (PREFECTURE,),
    "address": (ADDRESS,),
    "company_phone": (COMPANY_PHONE,),
    "website": (WEBSITE,),
    "corporate_number": (CORPORATE_NUMBER,),
    "campaign": (CAMPAIGN,),
    "acquired": (ACQUIRED,),
    "tags": (TAGS,),
    "owner": OWNER,
}

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
LAYOUTS: Mapping[str, tuple[Column, ...]] = {"everything": EVERYTHING, "shown": WHO, "excel_starter": STARTER}
SIZE_MAX = "company__employee_count_max"


def own(key: str, label: str, kind: str = "") -> Column:
    """A field that the organisation added, of that kind."""
    return Column(label, f"custom.{key}", Kind.DATE if kind == "date" else Kind.TEXT, f"custom.{key}")


def cells(
    row: Mapping[str, Any], columns: Sequence[Column], *, zone: ZoneInfo, words: Mapping[str, Mapping[str, str]]
) -> list[Cell]:
    """One line. `words`: by kind (stage, band, …) the value's word. Numbers and days stay what they are, the rest is text."""
    return [_cell(row, column, zone, words) for column in columns]


def _cell(row: Mapping[str, Any], column: Column, zone: ZoneInfo, words: Mapping[str, Mapping[str, str]]) -> Cell:
    value = row.get(column.source)
    if column.kind == Kind.SIZE:
        return _size(value, row.get(SIZE_MAX))
    if value in (None, ""):
        return 0 if column.source.startswith("activity:") else ""
    if column.kind == Kind.DAY:
        return _day(value, zone)
    if column.kind == Kind.DATE:
        return _date(str(value))
    if column.kind == Kind.YES:
        return "1" if value else ""
    if column.kind in words:
        return words[column.kind].get(value, value)
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _day(value: datetime, zone: ZoneInfo) -> date:
    return value.astimezone(zone).date()


def _date(text: str) -> Cell:
    try:
        return parse_date(text) or text
    except ValueError:
        return text


def _size(least: int | None, most: int | None) -> Cell:
    if least is None:
        return ""
    if most is None:
        return pgettext("employees in an export", "%(least)s+") % {"least": least}
    if least == most:
        return least
    return pgettext("employees in an export", "%(least)s to %(most)s") % {"least": least, "most": most}

"""What the page of an import tells of a row's cells: how they were understood, and which can be written anew."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.interface import dates, figures
from leads.domain import import_cells as cells
from leads.domain import prefectures
from leads.domain.import_fields import IDENTIFYING
from leads.domain.import_plan import Column, Plan
from leads.domain.import_values import RowValues
from leads.domain.normalise import company_key
from leads.models import Company, ImportRow, ImportRun
from leads.queries.import_matching import Index, keys_of
from leads.services.import_plans import plan_of

_WRITING = (ImportRow.Result.CREATED, ImportRow.Result.UPDATED)
_MEETING = (ImportRow.Result.UPDATED, ImportRow.Result.UNCHANGED)


@dataclass(frozen=True)
class Understood:
    """A cell that was read as something else than is written there."""

    header: str
    text: str


@dataclass(frozen=True)
class ReadAs:
    """What a preview tells of a row beside its cells: those read differently, and a hint of what it would make."""

    cells: list[Understood]
    hint: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell that can be written anew; `place` is its column's."""

    place: int
    header: str
    text: str


# -- understood ------------------------------------------------------------------------------------
def understood(run: ImportRun, rows: Sequence[ImportRow], *, at: datetime) -> dict[int, ReadAs]:
    """Per row number the cells of which what was understood doesn't read as what is written, and a hint."""
    plan, _faults = plan_of(run)
    if plan is None or not rows:
        return {}
    plan = plan.at_moment(at)
    values = {row.number: plan.read(row.cells, at=at)[0] for row in rows}
    companies = _companies(values.values())
    return {
        row.number: ReadAs(_of_row(row, plan, values[row.number], companies), _hint(row, values[row.number], companies))
        for row in rows
    }


def _companies(values: Any) -> Index:
    """The companies that are here already under the rows' names."""
    index = Index()
    names = {company_key(one.company["name"]) for one in values if one.company.get("name")}
    for company in Company.objects.filter(name_key__in=names - {""}).order_by("pk"):
        index.add_company(company)
    return index


def _of_row(row: ImportRow, plan: Plan, values: RowValues, companies: Index) -> list[Understood]:
    found = []
    for column in plan.columns:
        written = row.cells[column.index].strip() if column.index < len(row.cells) else ""
        if written and (text := _read(column, written, plan, values, _company(row, values, companies))):
            found.append(Understood(column.header, text))
    return found


def _hint(row: ImportRow, values: RowValues, companies: Index) -> str:
    """That a company of this name is here already, and that the row's is made beside it."""
    keys = keys_of(values)
    if row.result not in _WRITING or companies.company_of(values, keys):
        return ""
    elsewhere = companies.companies_elsewhere(values, keys)
    places = dict.fromkeys(prefectures.shown(one.prefecture) for one in elsewhere)
    told = {"name": elsewhere[0].name, "prefecture": " / ".join(places)} if elsewhere else {}
    return (
        _("%(name)s is here already, in another prefecture (%(prefecture)s). This row adds a company of its own.")
        % told
        if told
        else ""
    )


def _company(row: ImportRow, values: RowValues, companies: Index) -> Company | None:
    """The company that the row's lead will have: of somebody who is here and doesn't move, the one they have."""
    if row.lead and row.result in _MEETING and "company_id" not in row.old:
        return row.lead.company
    return companies.company_of(values, keys_of(values))


def _read(column: Column, written: str, plan: Plan, values: RowValues, here: Company | None) -> str:
    """What the cell was read as, '' where that is what is written there (or was not understood)."""
    if column.field.name == "company.name":
        text = here.name if here else ""
    else:
        tell = _TOLD.get(column.field.kind)
        text = tell(plan.read_cell(column, written)) if tell else ""
    return "" if _alike(text, written) else text


def _alike(text: str, written: str) -> bool:
    """Whether both read the same but for width, blanks and how a date is punctuated."""
    return _bare(text) == _bare(written)


def _bare(text: str) -> str:
    plain = re.sub(r"[年月]", "/", cells.plain(text)).removesuffix("日")
    return re.sub(r"(?<=/)0(?=\d)", "", re.sub(r"\s", "", plain).replace("-", "/"))


def _day(values: RowValues) -> str:
    moments = [values.acquired_at, values.stage_at, values.outcome_at, *(moment for _kind, moment in values.dated)]
    moment = next((one for one in moments if one), None)
    # With its year whatever the year is: that is what is looked at here.
    return dates.day(moment, today=date.min, weekday=False) if moment else ""


def _number(values: RowValues) -> str:
    lead = values.lead
    return next((lead[name] for name in ("phone", "mobile") if lead.get(name)), values.company.get("phone", ""))


def _name(values: RowValues) -> str:
    last, first = values.lead.get("last_name", ""), values.lead.get("first_name", "")
    if not first or not (last + first).replace(" ", "").isascii():
        return ""
    return _("last name %(last)s, first name %(first)s") % {"last": last, "first": first}


def _amount(values: RowValues) -> str:
    return f"{figures.number(values.amount)} {values.currency}".strip() if values.amount is not None else ""


_TOLD: dict[str, Callable[[RowValues], str]] = {
    "date": _day,
    "activity": _day,
    "phone": _number,
    "contact": lambda values: values.lead.get("email") or _number(values),
    "name": _name,
    "full_name": _name,
    "money": _amount,
}


# -- mending ------------------------------------------------------------------------------------
def mendable(row: ImportRow, run: ImportRun) -> list[Cell]:
    """The cells that a refused row was refused for; of one that names nobody, those that could."""
    if row.result != ImportRow.Result.REFUSED or row.old == {"unreadable": True}:
        return []
    wrong = {fault.get("column", "") for fault in row.errors}
    codes = {fault["code"] for fault in row.errors}
    named = [
        place
        for place, header in enumerate(run.headers)
        if header in wrong or ("nobody" in codes and _field(run, header) in IDENTIFYING - {"company.name"})
    ]
    return [Cell(place, run.headers[place], row.cells[place] if place < len(row.cells) else "") for place in named]


def _field(run: ImportRun, header: str) -> str:
    target = run.mapping.get(header, "")
    return str(target["field"] if isinstance(target, dict) else target)

"""Puts a row's values into a lead in memory and says what that changed; empty cells never empty anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from journal import bulk
from leads.domain.import_values import RowFault, RowValues
from leads.domain.normalise import company_key, derived, person_key, phone_key, seniority_of
from leads.models import Company, ImportRow, ImportRun, Lead, Qualification
from leads.queries.import_matching import Index, Keys

# (name within the lead, type, moment, note) of an activity.
Event = tuple[str, str, datetime, str]


@dataclass
class Draft:
    """One row on its way: what it says, whom it means, what it changed or why it did not."""

    row: ImportRow
    values: RowValues
    keys: Keys | None = None
    lead: Lead | None = None
    is_new: bool = False
    # Its lead is first written with this chunk, by this row or by one before it.
    is_fresh: bool = False
    old: dict[str, Any] = field(default_factory=dict)
    has_changed: bool = False
    held: str = ""
    candidates: list[Lead] = field(default_factory=list)
    # The lines of those of them whom so far only the file names.
    lines: list[int] = field(default_factory=list)
    # In what the row contradicts the candidates: (field, there, here).
    differing: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    source: tuple[str, str] = ("", "")
    events: list[Event] = field(default_factory=list)
    # The event ids of activities of a count of this import that were told with their day since.
    replaced: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    # Which of stage and owner the row changes.
    history: list[str] = field(default_factory=list)
    # What the company lacked and now has.
    company_facts: list[str] = field(default_factory=list)
    # The import that brought the very same row before, which therefore brings nothing now.
    repeats: int = 0

    def repeat(self, lead: Lead, *, of: int) -> None:
        """The row stands for this lead as it is: whatever was done to it since the import `of` brought it stays."""
        self.lead, self.repeats = lead, of


@dataclass
class Changes:
    """What the rows of a chunk change together, each thing once."""

    new_leads: list[Lead] = field(default_factory=list)
    leads: dict[int, tuple[Lead, set[str]]] = field(default_factory=dict)
    new_companies: list[Company] = field(default_factory=list)
    companies: dict[int, tuple[Company, set[str]]] = field(default_factory=dict)
    qualifications: dict[int, tuple[Lead, Qualification]] = field(default_factory=dict)
    refusals: list[tuple[Lead, str]] = field(default_factory=list)
    # Two who may be one person; and two of whom somebody decided that they are not.
    probable: list[tuple[Lead, Lead]] = field(default_factory=list)
    apart: list[tuple[Lead, Lead]] = field(default_factory=list)
    # What all new leads have in common.
    blank: Lead | None = None

    def note_alike(self, lead: Lead, others: Sequence[Lead], asked: Sequence[Lead], *, are_apart: bool) -> None:
        """`others` may be the same person as the lead; or neither they nor those `asked` about are, as somebody decided."""
        pairs, alike = (self.apart, [*others, *asked]) if are_apart else (self.probable, others)
        pairs += [(lead, one) for one in alike if one is not lead]


# Set on the lead only where it has none: a row found by another key doesn't rename what others refer to.
_ONLY_WHEN_MISSING = {"external_id"}
_ONLY_ON = {"opted_out", "do_not_contact"}
_NAMES = (("last_name", "first_name"), ("last_name_kana", "first_name_kana"))
_NUMBERS = {"phone", "mobile"}


def take(draft: Draft, lead: Lead | None, index: Index, changes: Changes, *, run: ImportRun, at: datetime) -> None:
    """Writes the row into the lead found, or into a new one, and notes what changed."""
    company = _company(draft, lead, index, changes, at)
    if lead is None:
        lead = _new_lead(draft, company, changes, run, at)
        draft.is_new = draft.has_changed = True
        changes.new_leads.append(lead)
        index.added.append(lead)
        index.lines[id(lead)] = draft.row.line
    draft.lead = lead
    changed = _columns(draft, lead, company, index)
    _acquired(draft, lead, changed)
    if changed and not draft.is_new:
        changes.leads.setdefault(id(lead), (lead, set()))[1].update(changed)
        draft.has_changed = True
    if changed or draft.is_new:
        _derive(lead, index)
    _flags(draft, lead, changed, changes)
    _qualification(draft, lead, index, changes, run, at)


def _new_lead(draft: Draft, company: Company | None, changes: Changes, run: ImportRun, at: datetime) -> Lead:
    if changes.blank is None:
        changes.blank = Lead(stage_since=at, created_at=at, updated_at=at, imported_by_id=run.created_by_id)
    # Who came with a dated act was met then, not on the day of the import.
    acquired = draft.values.acquired_at or min([at, *(moment for _kind, moment in draft.values.dated)])
    lead = bulk.stamp(changes.blank, acquired_at=acquired, custom={})
    if company is not None:
        lead.company = company
    return lead


def _columns(draft: Draft, lead: Lead, company: Company | None, index: Index) -> set[str]:
    given = {name: value for name, value in draft.values.lead.items() if value not in ("", None, False)}
    if "title" in given and "seniority" not in given and lead.seniority in ("", seniority_of(lead.title)):
        given["seniority"] = seniority_of(given["title"])
    if draft.is_new:
        return _fill(lead, given, draft.values.custom)
    _keep_split_names(given, draft.values.lead, lead)
    kept = _ONLY_WHEN_MISSING | _inherited(draft, lead, index)
    changed: set[str] = set()
    for name, value in given.items():
        before = getattr(lead, name)
        if value == before or (before and (name in kept or _says_the_same(name, value, before))):
            continue
        _set(draft, lead, name, value, changed)
    custom = lead.custom | draft.values.custom
    if custom != lead.custom:
        _set(draft, lead, "custom", custom, changed)
    if company is not None and lead.company is not company:
        draft.old["company_id"] = lead.company_id
        lead.company = company
        changed.add("company")
    return changed


def _fill(lead: Lead, given: dict[str, Any], custom: dict[str, Any]) -> set[str]:
    """All that the row says goes into a new lead; there is nothing to compare it with, and nothing to go back to."""
    for name, value in given.items():
        setattr(lead, name, value)
    lead.custom = dict(custom)
    return set(given)


def _keep_split_names(given: dict[str, Any], row: dict[str, Any], lead: Lead) -> None:
    """田中一郎 is the 田中 一郎 we know, and 田中 alone is no news of him; another whole name replaces both parts."""
    for last, first in _NAMES:
        known_last, known_first = getattr(lead, last), getattr(lead, first)
        if last not in given or first in given or not known_first:
            continue
        said = person_key(given[last], "")
        if said in (person_key(known_last, known_first), person_key(known_last, "")):
            del given[last]
        elif first in row:
            given[first] = ""


def _inherited(draft: Draft, lead: Lead, index: Index) -> set[str]:
    """Fields in which the row says what a merge decided against: that finds the lead, and changes nothing in it."""
    said = {"email": draft.keys.email, "mobile": draft.keys.mobile} if draft.keys else {}
    return {name for name, key in said.items() if (lead.pk, key) in index.inherited}


def _says_the_same(name: str, value: Any, before: str) -> bool:
    """Whether only the blanks and dashes of a number differ, or the capitals of an address: what is here is kept."""
    if name == "email":
        return str(value).lower() == before.lower()
    return name in _NUMBERS and _digits(value) == _digits(before) != ""


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _set(draft: Draft, lead: Lead, name: str, value: Any, changed: set[str]) -> None:
    before = getattr(lead, name)
    draft.old[name] = before.isoformat() if isinstance(before, datetime) else before
    setattr(lead, name, value)
    changed.add(name)


def _acquired(draft: Draft, lead: Lead, changed: set[str]) -> None:
    """The earliest acquisition counts, whichever file came first; a bare day is no news of that very day."""
    given = draft.values.acquired_at
    if not given or draft.is_new or given >= lead.acquired_at:
        return
    is_day = given.time() == time()
    if not is_day or lead.acquired_at.astimezone(given.tzinfo).date() != given.date():
        _set(draft, lead, "acquired_at", given, changed)


def _derive(lead: Lead, index: Index) -> None:
    for name, value in derived(vars(lead), lead.company.name if lead.company else "").items():
        setattr(lead, name, value)
    index.add_lead(lead)


def _flags(draft: Draft, lead: Lead, changed: set[str], changes: Changes) -> None:
    for name in _ONLY_ON & changed:
        if getattr(lead, name):
            changes.refusals.append((lead, name))


# -- company ------------------------------------------------------------------------------------
def _company(draft: Draft, lead: Lead | None, index: Index, changes: Changes, at: datetime) -> Company | None:
    """The company the row means, made if it is new; what it lacked is filled in, nothing is overwritten."""
    given = {name: value for name, value in draft.values.company.items() if value not in ("", None)}
    if not given.get("name") and not given.get("corporate_number"):
        return None
    company = index.company_of(draft.values, draft.keys, lead) if draft.keys else None
    if company is None:
        return _new_company(given, index, changes, at) if given.get("name") else None
    missing = {name for name, value in given.items() if getattr(company, name) in ("", None)}
    if "employee_count_max" in missing and company.employee_count is not None:
        missing.discard("employee_count_max")  # '300名以上' has no upper bound on purpose
    for name in missing:
        setattr(company, name, given[name])
    if missing:
        draft.has_changed = True
        draft.company_facts = [f"company.{name}" for name in given if name in missing]
        _keys(company)
        if company.pk:
            changes.companies.setdefault(id(company), (company, set()))[1].update(missing)
        if "corporate_number" in missing:
            index.numbers.setdefault(company.corporate_number, company)
    return company


def _new_company(given: dict[str, Any], index: Index, changes: Changes, at: datetime) -> Company:
    company = Company(**given, created_at=at, updated_at=at)
    _keys(company)
    index.add_company(company)
    changes.new_companies.append(company)
    return company


def _keys(company: Company) -> None:
    company.name_key = company_key(company.name)
    company.phone_key = phone_key(company.phone)[:20] if company.phone else ""


# -- qualification ------------------------------------------------------------------------------
def _qualification(draft: Draft, lead: Lead, index: Index, changes: Changes, run: ImportRun, at: datetime) -> None:
    given = {name: value for name, value in draft.values.qualification.items() if value not in ("", None)}
    if not given:
        return
    known = changes.qualifications.get(id(lead), (lead, None))[1] or index.qualifications.get(lead.pk or 0)
    row = known or Qualification(lead=lead)
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        draft.old[f"qualification.{name}"] = getattr(row, name)
        setattr(row, name, value)
    row.updated_at, row.updated_by_id = at, run.created_by_id
    changes.qualifications[id(lead)] = (lead, row)
    draft.has_changed = True

"""Turns a mapping into a plan, and rows of cells into values with it; names every fault of a mapping at once."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leads.domain import import_cells as cells
from leads.domain.import_examples import is_example
from leads.domain.import_faults import CellFault
from leads.domain.import_fields import ACTIVITY, CUSTOM, IDENTIFYING, LEAVE_OUT, MATCH_KEYS, REPEATABLE, Field, field_of
from leads.domain.import_setters import SETTERS, Reading
from leads.domain.import_totals import is_note, is_total
from leads.domain.import_values import Filling, RowFault, RowValues
from leads.domain.prefectures import prefecture_of


@dataclass(frozen=True)
class Column:
    """One column of the sheet that is taken in: where it stands, what it means, its value map."""

    index: int
    header: str
    field: Field
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class MappingFault:
    """`where` is the column header or the option; `code` and `values` make its sentence."""

    where: str
    code: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


# What a cell puts into a row's values, and its faults; by text, for each column where rows say the same.
_Said = tuple[tuple[Filling, ...], tuple[RowFault, ...]]
_Heard = tuple[tuple[Column, dict[str, _Said] | None], ...]
_OWN_KINDS = frozenset({"name", "full_name", "email", "phone", "contact", "text"})
_DEPENDENT = frozenset({"status", "business_card_on"})


def _is_own(target: Field) -> bool:
    """Whether what a cell says is each row's own, or depends on its other cells."""
    return (
        target.kind in _OWN_KINDS
        or target.name == "external_id"
        or not _DEPENDENT.isdisjoint((target.kind, target.name))
    )


@dataclass(frozen=True)
class Plan:
    """How to read the rows of one file."""

    columns: tuple[Column, ...]
    constants: tuple[tuple[Field, str], ...]
    match_on: str
    reading: Reading
    width: int
    heard: _Heard = dataclasses.field(default=(), compare=False, repr=False)

    @property
    def fields(self) -> set[str]:
        """The names of all fields that the plan fills."""
        return {column.field.name for column in self.columns} | {name.name for name, _ in self.constants}

    def at_moment(self, at: datetime) -> "Plan":
        """The same, to read many rows at one moment: what a cell says is understood once for all rows that hold it."""
        heard: _Heard = tuple((column, None if _is_own(column.field) else {}) for column in self.columns)
        return dataclasses.replace(self, reading=self.reading.at_moment(at), heard=heard)

    def read(self, row: Sequence[str], *, at: datetime) -> tuple[RowValues, list[RowFault]]:
        """The values of one row and every fault of its cells."""
        if self.reading.at != at:
            return self.at_moment(at).read(row, at=at)
        values = RowValues()
        faults: list[RowFault] = []
        if is_total(row):
            return values, [RowFault("", "total_row")]
        if is_example(row):
            return values, [RowFault("", "example_row")]
        if is_note(row):
            return values, [RowFault("", "note_row")]
        for target, text in self.constants:
            self._set(values, faults, target, "", text, self.reading)
        for column, heard in self.heard:
            text = row[column.index] if column.index < len(row) else ""
            if heard is None:
                self._understand(values, faults, column, text)
            elif text or column.values:
                said = heard.get(text) or self._hear(column, text, heard)
                values.add(said[0])
                faults += said[1]
        if any(cell.strip() for cell in row[self.width :]):
            faults.append(RowFault("", "too_many_cells", {"most": self.width}))
        if values.company.get("address") and not values.company.get("prefecture"):
            values.company["prefecture"] = prefecture_of(values.company["address"])
        if not faults and not values.is_somebody:
            faults.append(RowFault("", "nobody"))
        return values, faults

    def read_cell(self, column: Column, text: str) -> RowValues:
        """What one cell says by itself; nothing where it is not understood."""
        alone = RowValues()
        self._understand(alone, [], column, text)
        return alone

    def _hear(self, column: Column, text: str, heard: dict[str, _Said]) -> _Said:
        """What a cell says by itself, kept for the next row that holds it."""
        alone = RowValues()
        faults: list[RowFault] = []
        self._understand(alone, faults, column, text)
        heard[text] = alone.filled(), tuple(faults)
        return heard[text]

    def _understand(self, values: RowValues, faults: list[RowFault], column: Column, text: str) -> None:
        text = cells.as_exported(text)
        if column.values:
            text = column.values.get(cells.plain(text).lower(), text)
        self._set(values, faults, column.field, column.header, text, self.reading)

    def _set(
        self, values: RowValues, faults: list[RowFault], target: Field, header: str, text: str, reading: Reading
    ) -> None:
        if not text or cells.is_nothing(text):
            return
        try:
            SETTERS[target.kind](values, target, text, reading)
        except CellFault as fault:
            faults.append(RowFault(header or target.name, fault.code, dict(fault.values)))


def build(
    *,
    headers: Sequence[str],
    mapping: Mapping[str, Any],
    constants: Mapping[str, Any],
    match_on: str,
    date_order: str,
    zone: ZoneInfo,
    activity_types: set[str],
    custom: Mapping[str, tuple[str, tuple[str, ...]]],
    create_custom: bool,
) -> tuple[Plan | None, list[MappingFault]]:
    """The plan, or None and every fault. `custom` holds kind and choices of the organisation's own fields by key."""
    faults: list[MappingFault] = []
    known = _Known(activity_types, custom, create_custom)
    columns = [
        column for header, target in mapping.items() if (column := _column(header, target, headers, known, faults))
    ]
    fixed = [one for name, value in constants.items() if (one := _constant(name, value, known, faults))]
    _check_together(columns, [name for name, _ in fixed], match_on, date_order, faults)
    if faults:
        return None, faults
    reading = Reading(zone, date_order, dict(custom))
    return Plan(tuple(columns), tuple(fixed), match_on, reading, len(headers)), []


@dataclass(frozen=True)
class _Known:
    activity_types: set[str]
    custom: Mapping[str, Any]
    create_custom: bool

    def fault(self, name: str) -> str:
        """Why this is no field; '' when it is one."""
        if field_of(name) is None:
            return "unknown_field"
        if name.startswith(ACTIVITY) and name.removeprefix(ACTIVITY) not in self.activity_types:
            return "unknown_activity_type"
        if name.startswith(CUSTOM) and not self.create_custom and name.removeprefix(CUSTOM) not in self.custom:
            return "unknown_custom_field"
        return ""


def _column(
    header: str, target: Any, headers: Sequence[str], known: _Known, faults: list[MappingFault]
) -> Column | None:
    name, values = (target.get("field"), target.get("values", {})) if isinstance(target, dict) else (target, {})
    if header not in headers:
        faults.append(MappingFault(header, "no_such_column"))
        return None
    if not isinstance(name, str) or not _is_value_map(values):
        faults.append(MappingFault(header, "malformed"))
        return None
    if name in (LEAVE_OUT, ""):
        return None
    if code := known.fault(name):
        faults.append(MappingFault(header, code, {"field": name}))
        return None
    table = {cells.plain(str(key)).lower(): str(value) for key, value in values.items()}
    found = field_of(name)
    return Column(headers.index(header), header, found, table) if found else None


def _is_value_map(values: Any) -> bool:
    return isinstance(values, dict) and all(isinstance(value, str | int | float | bool) for value in values.values())


def _constant(name: str, value: Any, known: _Known, faults: list[MappingFault]) -> tuple[Field, str] | None:
    found = field_of(name)
    if found is None or known.fault(name):
        faults.append(MappingFault(name, known.fault(name), {"field": name}))
        return None
    if not isinstance(value, str | int | float | bool):
        faults.append(MappingFault(name, "malformed"))
        return None
    return found, str(value)


def _check_together(
    columns: Sequence[Column], fixed: Sequence[Field], match_on: str, date_order: str, faults: list[MappingFault]
) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.field.name in seen and column.field.name not in REPEATABLE:
            faults.append(MappingFault(column.header, "field_twice", {"field": column.field.name}))
        seen.add(column.field.name)
    if not faults and not seen & IDENTIFYING - {"company.name"}:
        faults.append(MappingFault("mapping", "nobody_mapped"))
    if match_on and match_on not in MATCH_KEYS:
        faults.append(MappingFault("match_on", "unknown_match", {"known": ", ".join(MATCH_KEYS)}))
    if date_order not in ("", "dmy", "mdy"):
        faults.append(MappingFault("date_order", "unknown_order"))


def constant_faults(plan: Plan, *, at: datetime) -> list[MappingFault]:
    """The constants that no row could be given, each with its reason."""
    faults: list[RowFault] = []
    for target, text in plan.constants:
        plan._set(RowValues(), faults, target, "", text, plan.reading.at_moment(at))
    return [MappingFault(fault.column, fault.code, fault.values) for fault in faults]

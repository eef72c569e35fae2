"""Writing a list of leads into a file for spreadsheets, and keeping a note of who took how many."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import IO

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.queries import organization
from journal import services as journal
from journal.errors import Forbidden, Invalid
from leads.domain import export_columns, prefectures
from leads.domain.choices import DueKind, Seniority, Stage
from leads.domain.export_columns import Cell, Column
from leads.domain.file_names import file_name
from leads.domain.import_cells import for_spreadsheet
from leads.domain.import_words import seniority_word
from leads.models import CustomField, Lead
from leads.queries import export_rows, lead_list
from leads.queries.lead_filter import BANDS

MOST_ROWS = 100_000
IN_MEMORY = 4 * 1024 * 1024
CSV, SHIFT_JIS, XLSX = "csv", "csv_cp932", "xlsx"
FORMATS = (XLSX, CSV, SHIFT_JIS)
Cells = list[Cell]
_FIRST_YEAR = 1900  # spreadsheets count days from here and show an earlier one as ####


class TooManyLeads(Invalid):
    """More than one file may hold."""

    code = "too_many_leads"
    message = _("A file can hold at most %(most)s leads. Narrow the list first.")


class NotInShiftJis(Invalid):
    """A text has a letter that Shift-JIS lacks; nothing is replaced in silence."""

    code = "not_in_shift_jis"
    message = _("Shift-JIS has no letter for “%(letter)s” (in “%(text)s”). Choose Excel or UTF-8 instead.")


class UnknownFormat(Invalid):
    """There is no such layout or format."""

    code = "invalid_choice"
    message = _("Choose one of the sheets and formats shown.")


@dataclass(frozen=True)
class Export:
    """A finished file, open at its beginning; `leads` is how many lines it has below the heads."""

    file: IO[bytes]
    name: str
    content_type: str
    leads: int


def export(
    *,
    leads: QuerySet[Lead],
    layout: str,
    file_format: str,
    by: User,
    at: datetime,
    shown: Sequence[str] = (),
    ordering: str = "id",
    name: str = "",
) -> Export:
    """The leads (already narrowed to what the person sees) as a file.

    `layout` is `everything`, `shown` (who, then the list's columns named in `shown`; others than the list has are
    passed over) or `excel_starter`, `file_format` one of FORMATS, `ordering` one of the list's, `name` the saved list's
    that the file is called by. Raises Forbidden, UnknownFormat, UnknownOrdering, TooManyLeads, NotInShiftJis.
    """
    if not by.may(Permission.EXPORT_LEADS):
        raise Forbidden(_("You don't have permission to export leads."))
    if layout not in export_columns.LAYOUTS or file_format not in FORMATS:
        raise UnknownFormat
    if leads.order_by().values("pk")[: MOST_ROWS + 1].count() > MOST_ROWS:
        raise TooManyLeads(most=f"{MOST_ROWS:,}")
    columns = _columns(layout, shown)
    zone = organization.current().zone
    words = _words()
    rows = export_rows.read(leads, columns, lead_list.sort_of(ordering))
    lines = (export_columns.cells(row, columns, zone=zone, words=words) for row in rows)
    file, count = _write(file_format, [str(column.head) for column in columns], lines)
    journal.record(
        "leads.exported", subject=by, by=by, at=at, data={"leads": count, "layout": layout, "format": file_format}
    )
    ending, content_type = _TYPES[file_format]
    day = organization.local_day(at).isoformat()
    return Export(file, file_name(name, f"-{day}.{ending}", otherwise="leads"), content_type, count)


_TYPES = {
    XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    CSV: ("csv", "text/csv; charset=utf-8"),
    SHIFT_JIS: ("csv", "text/csv; charset=shift_jis"),
}


def _columns(layout: str, shown: Sequence[str]) -> tuple[Column, ...]:
    columns = export_columns.LAYOUTS[layout]
    if layout == "excel_starter":
        return columns
    rows = CustomField.objects.order_by("position", "pk").values_list("key", "label", "kind")
    own = {f"custom.{key}": (export_columns.own(key, label, kind),) for key, label, kind in rows}
    if layout == "shown":
        known = {**export_columns.SHOWN, **own}
        return (*columns, *(column for name in shown for column in known.get(name, ())))
    return (*columns, *chain.from_iterable(own.values()))


def _words() -> dict[str, dict[str, str]]:
    return {
        "stage": {value: str(label) for value, label in Stage.choices},
        "duty": {value: str(label) for value, label in DueKind.choices},
        "seniority": {value: seniority_word(value) for value in Seniority.values},
        "prefecture": {name: prefectures.shown(name) for name in prefectures.PREFECTURES},
        "band": {value: str(label) for value, label in BANDS},
    }


def _write(file_format: str, heads: Sequence[str], lines: Iterable[Cells]) -> tuple[IO[bytes], int]:
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer reads and closes it)
    write = _write_workbook if file_format == XLSX else _write_text
    count = write(file, heads, lines, "cp932" if file_format == SHIFT_JIS else "utf-8-sig")
    file.seek(0)
    return file, count


def _write_text(file: IO[bytes], heads: Sequence[str], lines: Iterable[Cells], encoding: str) -> int:
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(text)
    count = -1  # the heads are no lead, but those of own fields are as free as what stands below them
    for line in chain([heads], lines):
        count += 1
        cells = [for_spreadsheet(cell) if isinstance(cell, str) else cell for cell in line]
        try:
            writer.writerow(cells)
        except UnicodeEncodeError as error:
            raise _lacking(cells, encoding) from error
    text.flush()
    text.detach()
    return count


def _lacking(cells: Iterable[Cell], encoding: str) -> NotInShiftJis:
    for cell in cells:
        for letter in str(cell):
            try:
                letter.encode(encoding)
            except UnicodeEncodeError:
                return NotInShiftJis(letter=letter, text=str(cell)[:40])
    return NotInShiftJis(letter="?", text="")


def _write_workbook(file: IO[bytes], heads: Sequence[str], lines: Iterable[Cells], encoding: str) -> int:
    # Row by row to the disk; texts are written as texts, so that nothing in them is ever a formula or a link.
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet(pgettext("workbook", "Leads"))
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
            sheet.set_column(column, column, max(10, min(28, 2 * len(head) + 2)))
        count = 0
        for count, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                if isinstance(cell, date) and cell.year < _FIRST_YEAR:
                    sheet.write_string(count, column, cell.isoformat())
                elif isinstance(cell, date):
                    sheet.write_datetime(count, column, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(count, column, cell)
                elif cell:
                    sheet.write_string(count, column, cell)
        return count

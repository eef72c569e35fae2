"""Understands the beginning of a file: what it is, where its header stands, what its columns may mean."""

from collections.abc import Iterator
from dataclasses import dataclass

from leads.domain.import_columns import is_known, layout_of
from leads.domain.import_headers import LOOK_AT, find_header, headers_at
from leads.imports.errors import Empty, FileRefused, HeaderMissing
from leads.imports.reader import SheetRow, reading

SAMPLES = 5
_SECONDS = 30
# Beyond so many sheets a person says which one it is.
_SHEETS = 8


@dataclass(frozen=True)
class Understood:
    """`samples` are the first rows below the header, as written."""

    format: str
    encoding: str
    sheet: str
    sheets: list[str]
    layout: str
    header_line: int
    headers: list[str]
    samples: list[list[str]]


def understand(path: str, *, encoding: str = "", sheet: str = "", header_line: int = 0) -> Understood:
    """Reads the file's beginning; `header_line` > 0 says where the column names stand.

    Of a workbook the first sheet with column names that are known, else the first with any, unless one is chosen.
    Raises a FileRefused, HeaderMissing among them.
    """
    first, fault = _looked(path, encoding, sheet, header_line)
    if sheet or (first.headers and _is_list(first)):
        others = []
    else:
        others = [name for name in first.sheets if name != first.sheet][:_SHEETS]
    for name in others:
        other, _ = _looked(path, encoding, name, header_line)
        if other.headers and (_is_list(other) or not first.headers):
            first, fault = other, None
            if _is_list(other):
                break
    if fault:
        raise fault
    return first


def _looked(path: str, encoding: str, sheet: str, header_line: int) -> tuple[Understood, FileRefused | None]:
    """One sheet; without headers where it has none or nothing below them, and why."""
    with reading(path, encoding=encoding, sheet=sheet, most_rows=LOOK_AT + SAMPLES, seconds=_SECONDS) as found:
        rows = _beginning(found.chunks)
        about = (found.format, found.encoding, found.sheet, found.sheets)
    place = _place(rows, header_line) if header_line else find_header([row.cells for row in rows])
    if place is None or place == len(rows) - 1:
        return Understood(*about, "", 0, [], []), HeaderMissing() if place is None else Empty()
    headers = headers_at([row.cells for row in rows], place)
    samples = [row.cells for row in rows[place + 1 : place + 1 + SAMPLES]]
    return Understood(*about, layout_of(headers), rows[place].line, headers, samples), None


def _beginning(chunks: Iterator[list[SheetRow]]) -> list[SheetRow]:
    try:
        return [row for chunk in chunks for row in chunk]
    except Empty:
        return []


def _is_list(found: Understood) -> bool:
    return sum(map(is_known, found.headers)) >= min(2, len(found.headers))


def _place(rows: list[SheetRow], line: int) -> int | None:
    return next((place for place, row in enumerate(rows) if row.line == line), None)

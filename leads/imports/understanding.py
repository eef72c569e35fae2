"""Understands the beginning of a file: what it is, where its header stands, what its columns may mean."""

from dataclasses import dataclass

from leads.domain.import_columns import layout_of, unique_headers
from leads.domain.import_headers import LOOK_AT, find_header
from leads.imports.errors import Empty, HeaderMissing
from leads.imports.reader import reading

SAMPLES = 5
_SECONDS = 30


@dataclass(frozen=True)
class Understood:
    """`samples` are the first rows below the header, as written."""

    format: str
    encoding: str
    sheet: str
    layout: str
    header_line: int
    headers: list[str]
    samples: list[list[str]]


def understand(path: str, *, encoding: str = "", sheet: str = "") -> Understood:
    """Reads the file's beginning. Raises a FileRefused, HeaderMissing among them."""
    with reading(path, encoding=encoding, sheet=sheet, most_rows=LOOK_AT + SAMPLES, seconds=_SECONDS) as found:
        rows = [row for chunk in found.chunks for row in chunk]
        about = (found.format, found.encoding, found.sheet)
    place = find_header([row.cells for row in rows])
    if place is None:
        raise HeaderMissing
    if place == len(rows) - 1:
        raise Empty
    headers = unique_headers(rows[place].cells)
    samples = [row.cells for row in rows[place + 1 : place + 1 + SAMPLES]]
    return Understood(*about, layout_of(headers), rows[place].line, headers, samples)

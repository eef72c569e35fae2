"""XLSX: looks at the zip directory and at the real bytes first, then lets the reader at the sheet."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

import python_calamine

from leads.imports import limits
from leads.imports.stops import Stop

_BLOCK = 1 << 18
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,9})["']""")
_OVERLAP = 64


def rows(file: BinaryIO, *, sheet: str = "") -> tuple[str, list[str], Iterator[tuple[int, list[str]]]]:
    """The chosen (else first filled) sheet's name, all sheet names, and its rows as (line, cells).

    Raises Stop `workbook_damaged`, `too_big_unpacked`, `too_many_parts`, `packed_to_harm`, `far_cell`,
    `too_many_rows`, `sheet_missing`, `empty`.
    """
    _check(file)
    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        names = [meta.name for meta in book.sheets_metadata if meta.visible == python_calamine.SheetVisibleEnum.Visible]
        chosen = _choose(book, names, sheet)
    except (python_calamine.CalamineError, OSError, ValueError, KeyError) as error:
        raise Stop("workbook_damaged") from error
    return chosen.name, names, _lines(chosen)


def _choose(book: python_calamine.CalamineWorkbook, names: list[str], wanted: str) -> python_calamine.CalamineSheet:
    if wanted and wanted not in names:
        raise Stop("sheet_missing", sheet=wanted)
    for name in [wanted] if wanted else names:
        found = book.get_sheet_by_name(name)
        if found.end is not None:
            return found
    raise Stop("empty")


def _lines(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """iter_rows begins at the top of the sheet, so that its count is the line that people see."""
    merged = Merged(sheet.merged_cell_ranges or [])
    for line, row in enumerate(sheet.iter_rows(), start=1):
        yield line, merged.filled(line - 1, [as_text(value) for value in row])


class Merged:
    """Cells merged downwards: one company beside its three people holds for each of them.

    Cells merged sideways are titles; their text stays where it stands.
    """

    def __init__(self, ranges: list[tuple[tuple[int, int], tuple[int, int]]]):
        self._ends = {(top, left): bottom for (top, left), (bottom, _right) in ranges if bottom > top}
        self._open: dict[int, tuple[int, str]] = {}

    def filled(self, row: int, cells: list[str]) -> list[str]:
        """The row's cells with those that lie below the first cell of a merged range. Call it row by row."""
        for column, (bottom, text) in list(self._open.items()):
            if row > bottom:
                del self._open[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        if self._ends:
            for column, text in enumerate(cells):
                if text and (row, column) in self._ends:
                    self._open[column] = (self._ends[row, column], text)
        return cells


def as_text(value: object) -> str:
    """A cell as a person would read it: whole numbers without '.0', dates as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _check(file: BinaryIO) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise Stop("workbook_damaged") from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names:
        raise Stop("not_a_sheet")
    if len(entries) > limits.ZIP_ENTRIES:
        raise Stop("too_many_parts", most=limits.ZIP_ENTRIES)
    if sum(entry.file_size for entry in entries) > limits.UNPACKED_BYTES:
        raise Stop("too_big_unpacked", megabytes=limits.UNPACKED_BYTES >> 20)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Stop("old_workbook")
    _count(file, entries)


def _count(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    """The directory may lie about sizes, so the real bytes are counted while they are unpacked."""
    left = limits.UNPACKED_BYTES
    packed = max(1, file.seek(0, 2))
    for entry in entries:
        extent = Extent() if "sheet" in entry.filename.lower() and entry.filename.endswith(".xml") else None
        for block in _unpacked(file, entry):
            left -= len(block)
            if left < 0:
                raise Stop("too_big_unpacked", megabytes=limits.UNPACKED_BYTES >> 20)
            if limits.UNPACKED_BYTES - left > max(limits.PACKED_FREELY, packed * limits.PACKED_RATIO):
                raise Stop("packed_to_harm")
            if extent:
                extent.see(block)


class Extent:
    """How far the sheet reaches, read from its cells' places as the bytes pass by."""

    def __init__(self) -> None:
        self._tail = b""
        self._row = self._column = 0

    def see(self, block: bytes) -> None:
        """Raises Stop `far_cell` or `too_many_rows` as soon as a place lies beyond the caps."""
        if block[:2] in (b"\xff\xfe", b"\xfe\xff") and not self._tail:
            raise Stop("workbook_damaged")
        for letters, digits in set(_PLACE.findall(self._tail + block)):
            self._reach(letters, int(digits))
        self._tail = block[-_OVERLAP:]

    def _reach(self, letters: bytes, row: int) -> None:
        column = _number(letters)
        if column > limits.COLUMNS or (column and row > limits.ROWS + 100 and not self._row):
            raise Stop("far_cell", cell=(letters.decode().upper() + str(row)))
        self._row, self._column = max(self._row, row), max(self._column, column)
        if self._row > limits.ROWS + 100:
            raise Stop("too_many_rows", most=limits.ROWS)
        if self._row * self._column > limits.PLACES:
            raise Stop("too_demanding")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Stop("workbook_damaged")
    file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from _stored(file, entry.compress_size)
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(file, entry.compress_size)
    else:
        raise Stop("workbook_damaged")


def _stored(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (block := file.read(min(size, _BLOCK))):
        size -= len(block)
        yield block


def _inflated(file: BinaryIO, size: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _stored(file, size):
            while packed and not inflate.eof:
                block = inflate.decompress(packed, _BLOCK)
                packed = inflate.unconsumed_tail
                if block:
                    yield block
    except zlib.error as error:
        raise Stop("workbook_damaged") from error

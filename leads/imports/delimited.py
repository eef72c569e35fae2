"""CSV and its cousins: finds the separator and yields numbered rows of cells."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from leads.imports.limits import FIELD_CHARACTERS
from leads.imports.stops import Stop

DELIMITERS = (",", "\t", ";")
_SAMPLE_LINES = 60


class Lines:
    """Hands lines to the csv module and knows whether it was still inside a cell when they ended."""

    def __init__(self, text: TextIO):
        self._text = text
        self.given = 0
        self.starts_at = 1
        self.ended_inside = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline()
        if not line:
            self.ended_inside = self.given >= self.starts_at
            raise StopIteration
        self.given += 1
        return line

    def row_done(self) -> None:
        """Ends a row: the next one begins on the next line."""
        self.starts_at = self.given + 1


def sniff(text: TextIO) -> str:
    """The separator under which most cells fall into rows of one width."""
    sample = [line for _, line in zip(range(_SAMPLE_LINES), text, strict=False)]
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: list[str], delimiter: str) -> int:
    try:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter))
    except csv.Error:
        return 0
    return max((width * count for width, count in widths.items() if width > 1), default=0)


def rows(text: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yields (number, cells), numbered as a spreadsheet does: a cell of two lines is still one row.

    Raises Stop `quote_open` when a quotation mark is never closed, with the line of text, where it can be mended.
    """
    csv.field_size_limit(FIELD_CHARACTERS)
    lines = Lines(text)
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if lines.ended_inside:
                raise Stop("quote_open", line=lines.starts_at)
            lines.row_done()
            yield number, cells
    except csv.Error as error:
        raise Stop("quote_open", line=lines.starts_at) from error

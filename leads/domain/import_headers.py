"""Finds the row with the column names, below title lines such as Eight's."""

import re
from collections import Counter
from collections.abc import Sequence

from leads.domain.import_columns import is_known, unique_headers

LOOK_AT = 40
_VALUE = re.compile(r"(?=.*\d)[\d\s.,/:%¥$\-+年月日]+|.*@.*\..*|https?://.*", re.I | re.S)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The index of the header among the first rows that hold something; None when there is none.

    The row with the most known column names (two at least, or one in a list of one column); else the first row
    as wide as the list whose cells all read like names, not like values.
    """
    looked = rows[:LOOK_AT]
    known = [sum(is_known(cell) for cell in row if cell.strip()) for row in looked]
    width = _usual_width(looked)
    best = max(range(len(looked)), key=lambda index: (known[index], -index), default=None)
    if best is not None and known[best] >= min(2, max(width, 1)):
        return best
    return next((index for index, row in enumerate(looked) if _reads_like_names(row, width)), None)


def headers_at(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """The names of all columns: where most rows below reach further than the header, the rest are nameless ones."""
    header = list(rows[place])
    below = [len(row) for row in rows[place + 1 : LOOK_AT]]
    wide = sum(width > len(header) for width in below)
    if below and wide * 2 > len(below):
        header += [""] * (max(below) - len(header))
    return unique_headers(header)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows)
    return max(widths, key=lambda width: (widths[width] * width, width), default=0)


def _reads_like_names(row: Sequence[str], width: int) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or len(filled) < max(1, width * 0.6):
        return False
    return len(set(filled)) == len(filled) and not any(_VALUE.fullmatch(cell) or len(cell) > 80 for cell in filled)

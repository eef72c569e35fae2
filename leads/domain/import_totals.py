"""Recognises rows that add up the list, or say something about it, instead of naming somebody."""

import re
from collections.abc import Sequence

from leads.domain.import_cells import plain

_WORD = re.compile(r"(?:総|小|累)?(?:合?計)(?:件数|金額|人数)?|総数|平均|(?:grand |sub)?-?\s?totals?|sum|average", re.I)
_BEGINS = re.compile(r"[総小累合計平ＴtT ＳsSgGaA]")
_LONGEST = 40
_NOTE = re.compile(
    r"[※＊]|[(（\[【-]?\s*(?:以\s*上|社\s*外\s*秘|取扱注意|confidential)\s*[)）\]】-]?$|(?:注|注記|出典|source)\s*[:：]",
    re.I,
)
_FIGURE = re.compile(r"[\d\s.,¥$€%()\-+~/]*(?:件|名|人|社|円|行|点|万円|千円|件数|rows?|records?)?", re.I)


def is_total(cells: Sequence[str]) -> bool:
    """Whether the first filled cell reads 合計 or the like and nothing but figures follow."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    if not first or len(first) > _LONGEST or not _BEGINS.match(first):
        return False
    filled = [text for cell in cells if (text := plain(cell))]
    word, _, rest = filled[0].partition(":")
    head = re.sub(r"[\s　]+", "", word) if not word.isascii() else word
    return bool(_WORD.fullmatch(head)) and all(_FIGURE.fullmatch(text) for text in [rest.strip(), *filled[1:]])


def is_note(cells: Sequence[str]) -> bool:
    """Whether the only filled cell is a note below the list: ※…, 以上, 社外秘."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) == 1 and bool(_NOTE.match(filled[0]))

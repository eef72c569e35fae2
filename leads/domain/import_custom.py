"""Which kind an own field gets that is made from a column: the narrowest that every filled cell fits."""

import re
from dataclasses import dataclass, field

from leads.domain.import_cells import is_nothing, is_yes_or_no, plain
from leads.domain.import_dates import understand_date
from leads.domain.import_faults import CellFault

# No leading zero and no more digits than a number keeps: 0312 and 4006381333931 are names, not amounts.
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,11})(?:\.\d{1,10})?")
_SERIAL = re.compile(r"\d+(?:\.\d+)?")


@dataclass
class ColumnKind:
    """Looks at one column cell by cell; `kind` says text, number, date or yes_no at any moment."""

    order: str = ""
    _left: set[str] = field(default_factory=lambda: {"yes_no", "number", "date"})
    _seen: set[str] = field(default_factory=set)

    def see(self, cell: str) -> None:
        """One more cell; an empty one says nothing."""
        if not self._left or is_nothing(cell) or cell in self._seen:
            return
        if len(self._seen) < 1000:
            self._seen.add(cell)
        self._left = {kind for kind in self._left if _FITS[kind](plain(cell), self.order)}

    @property
    def kind(self) -> str:
        """'text' where nothing narrower holds or nothing was seen."""
        if not self._seen:
            return "text"
        return next((kind for kind in ("yes_no", "number", "date") if kind in self._left), "text")


def _is_word(text: str, _order: str) -> bool:
    # 1 and 0 alone may as well be counts.
    return not text.isdigit() and is_yes_or_no(text)


def _is_number(text: str, _order: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _is_date(text: str, order: str) -> bool:
    if _SERIAL.fullmatch(text):
        return False
    try:
        understand_date(text, order=order)
    except CellFault:
        return False
    return True


_FITS = {"yes_no": _is_word, "number": _is_number, "date": _is_date}

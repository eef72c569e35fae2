"""Guesses what a column without a known name means, from the shape of what stands in it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from leads.domain import import_cells as cells
from leads.domain.import_faults import CellFault
from leads.domain.import_fields import LEAVE_OUT
from leads.domain.prefectures import PREFECTURES

_COMPANY = re.compile(r"株式会社|有限会社|合同会社|\(株\)|\(有\)|(?:,\s*inc\.?|co\.,?\s*ltd\.?|gmbh|llc)$", re.I)


def guess(headers: Iterable[str], samples: Sequence[Sequence[str]], mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping with guesses for columns left out; only shapes that can hardly be anything else."""
    guessed = dict(mapping)
    taken = {target["field"] if isinstance(target, dict) else target for target in mapping.values()}
    for place, header in enumerate(headers):
        if mapping.get(header) != LEAVE_OUT:
            continue
        found = [row[place].strip() for row in samples if place < len(row) and row[place].strip()]
        name = next((name for name, fits in _SHAPES if found and name not in taken and all(map(fits, found))), "")
        if name:
            guessed[header] = name
            taken.add(name)
    return guessed


def _reads(read: Callable[[str], Any]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return bool(read(text))
        except CellFault:
            return False

    return fits


def _is_mobile(text: str) -> bool:
    return bool(re.fullmatch(r"0[789]0-?\d{4}-?\d{4}", cells.plain(text)))


def _is_phone(text: str) -> bool:
    return bool(re.fullmatch(r"\(?0\d{1,4}\)?-\d{1,4}-\d{3,4}|0\d{1,4}\(\d{1,4}\)\d{3,4}", cells.plain(text)))


def _is_site(text: str) -> bool:
    return cells.plain(text).lower().startswith(("http://", "https://", "www."))


_SHAPES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("email", _reads(cells.understand_email)),
    ("mobile", _is_mobile),
    ("phone", _is_phone),
    ("company.url", _is_site),
    ("company.prefecture", lambda text: text in PREFECTURES),
    ("company.corporate_number", _reads(cells.understand_corporate_number)),
    ("company.name", lambda text: bool(_COMPANY.search(cells.plain(text)))),
)

"""Pages by position, not by number: as fast at depth as at the top, and stable while rows come and go.

Rows without a value of the sort column come last, in a second phase of their own, so that both phases can be
read from an index and a lead that has no score yet is still in the list.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journal.errors import Invalid


class BadCursor(Invalid):
    """The cursor is none of ours, or belongs to another ordering."""

    code = "bad_cursor"
    message = _("This page no longer exists. Start from the first one.")


@dataclass(frozen=True)
class Sort:
    """An ordering: its public name, the column it reads, which way."""

    name: str
    column: str
    is_descending: bool
    is_moment: bool = False

    @property
    def key(self) -> str:
        """As it stands in an address: `-score`."""
        return f"-{self.name}" if self.is_descending else self.name


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: which way to read on from the row with this value and id."""

    sort: str
    is_backward: bool
    value: Any
    pk: int

    def encode(self) -> str:
        """Opaque text for an address."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        document = json.dumps([self.sort, int(self.is_backward), value, self.pk], separators=(",", ":"))
        return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def decode(text: str, sort: Sort) -> Cursor:
    """The cursor behind the text; raises BadCursor."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        key, backward, value, pk = json.loads(raw)
        moment = datetime.fromisoformat(value) if sort.is_moment and value is not None else value
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    is_whole = isinstance(pk, int) and 0 <= pk < 2**63 and backward in (0, 1)
    if key != sort.key or not is_whole or not _fits(moment, sort):
        raise BadCursor
    return Cursor(key, bool(backward), moment, pk)


def _fits(value: Any, sort: Sort) -> bool:
    if value is None:
        return True
    if sort.is_moment:
        return isinstance(value, datetime) and is_sane(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def is_sane(moment: datetime) -> bool:
    """Aware, and within what both engines and every time zone can hold."""
    return moment.tzinfo is not None and 1900 <= moment.year <= 2200


@dataclass
class Page:
    """Some rows (dicts of `columns`) and the cursors of their neighbours, None at an end."""

    rows: list[dict[str, Any]]
    next: str | None
    previous: str | None


def page(queryset: QuerySet[Model], *, columns: tuple[str, ...], sort: Sort, cursor: str | None, size: int) -> Page:
    """`size` rows after (or before) the cursor, as dicts with `pk`, the sort column and `columns`."""
    place = decode(cursor, sort) if cursor else None
    backward = place is not None and place.is_backward
    rows = _read(queryset, columns, sort, place, backward, size + 1)
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_next = bool(rows) and (more or backward)
    has_previous = bool(rows) and (more if backward else place is not None)
    return Page(
        rows,
        _cursor(rows[-1], sort, False) if has_next and rows else None,
        _cursor(rows[0], sort, True) if has_previous and rows else None,
    )


def in_order(queryset: QuerySet[Model], sort: Sort) -> list[int]:
    """The ids of all rows in the order of the pages, as of one moment: who moves meanwhile is neither lost nor twice.

    All rows are read, so sorting them costs little, and one statement sees each of them once; two phases would miss
    one that gets its first score between them.
    """
    column = F(sort.column)
    ordered = column.desc(nulls_last=True) if sort.is_descending else column.asc(nulls_last=True)
    return list(queryset.order_by(ordered, "-pk" if sort.is_descending else "pk").values_list("pk", flat=True))


def _cursor(row: dict[str, Any], sort: Sort, is_backward: bool) -> str:
    return Cursor(sort.key, is_backward, row[sort.column], row["pk"]).encode()


def _read(
    queryset: QuerySet[Model], columns: tuple[str, ...], sort: Sort, place: Cursor | None, backward: bool, most: int
) -> list[dict[str, Any]]:
    names = tuple(dict.fromkeys(("pk", sort.column, *columns)))
    rows: list[dict[str, Any]] = []
    # Forward: those with a value, then those without; backward the other way round.
    for has_value in (False, True) if backward else (True, False):
        starts_here = place is not None and (place.value is not None) == has_value
        is_behind = place is not None and not starts_here and has_value != backward
        if is_behind:
            continue
        phase = _phase(queryset, sort, has_value, backward)
        if starts_here and place is not None:
            phase = phase.filter(_beyond(sort, place, has_value, backward))
        rows += phase.values(*names)[: most - len(rows)]
        if len(rows) >= most:
            break
    return rows


def _phase(queryset: QuerySet[Model], sort: Sort, has_value: bool, backward: bool) -> QuerySet[Model]:
    phase = queryset.filter(**{f"{sort.column}__isnull": not has_value})
    sign = "-" if sort.is_descending != backward else ""
    return phase.order_by(f"{sign}{sort.column}", f"{sign}{_tie(sort)}") if has_value else phase.order_by(f"{sign}pk")


def _tie(sort: Sort) -> str:
    # Score and lead share their primary key; naming the score's own lets its index serve both columns.
    return "score__lead_id" if sort.column.startswith("score__") else "pk"


def _beyond(sort: Sort, place: Cursor, has_value: bool, backward: bool) -> Q:
    less = "lt" if sort.is_descending != backward else "gt"
    if not has_value:
        return Q(**{f"pk__{less}": place.pk})
    tie = Q(**{sort.column: place.value, f"{_tie(sort)}__{less}": place.pk})
    # The redundant bound lets the index start at the place instead of filtering from the top.
    return Q(**{f"{sort.column}__{less}e": place.value}) & (Q(**{f"{sort.column}__{less}": place.value}) | tie)

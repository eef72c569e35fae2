"""Which rows of a file a row has to be looked at with: those that can mean the same person, and those of its company."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from leads.domain.import_fields import IDENTIFYING
from leads.domain.import_plan import Plan
from leads.models import ImportRow
from leads.queries.import_matching import Keys, keys_of

# So far around a row its companions are looked for while somebody waits; the commit looks at all rows in any case.
REACH = 10_000
# Rows of the same companies: what those are like is said by the first ones.
_MOST_BESIDE = 1_000
_TELLING = IDENTIFYING | {"first_name", "company.corporate_number", "company.prefecture", "company.address"}


@dataclass
class Companions:
    """`same`: rows that share an id, address, number or name at a company with the row, or with one that does.
    `beside`: other rows of these companies, which decide only on what the companies are like."""

    same: list[ImportRow] = field(default_factory=list)
    beside: list[ImportRow] = field(default_factory=list)


def of(row: ImportRow, plan: Plan, *, at: datetime) -> Companions:
    """The companions of this row (itself in neither list), as its cells are now; refused rows are nobody's."""
    others = ImportRow.objects.filter(
        run=row.run_id, number__gte=row.number - REACH, number__lte=row.number + REACH
    ).exclude(pk=row.pk)
    taken = others.exclude(result=ImportRow.Result.REFUSED)
    columns = tuple(column for column in plan.columns if column.field.name in _TELLING)
    reading = dataclasses.replace(plan, columns=columns).at_moment(at)
    keys = {row.number: keys_of(reading.read(row.cells, at=at)[0])}
    for number, cells in taken.values_list("number", "cells").iterator(chunk_size=2_000):
        keys[number] = keys_of(reading.read(cells, at=at)[0])
    same = _connected(row.number, keys)
    companies = {name for number in same for name in _companies(keys[number])}
    beside = sorted(n for n, one in keys.items() if n not in same and not companies.isdisjoint(_companies(one)))
    return Companions(
        list(taken.filter(number__in=same - {row.number})), list(taken.filter(number__in=beside[:_MOST_BESIDE]))
    )


def _connected(start: int, keys: dict[int, Keys]) -> set[int]:
    """The numbers of all rows that are reached from one over what they share."""
    by_mark: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, one in keys.items():
        for mark in _marks(one):
            by_mark[mark].append(number)
    found, waiting = {start}, [start]
    while waiting:
        for mark in _marks(keys[waiting.pop()]):
            fresh = set(by_mark.pop(mark, ())) - found
            found |= fresh
            waiting += fresh
    return found


def _marks(one: Keys) -> Iterator[tuple[str, ...]]:
    yield from ((name, value) for name in ("external_id", "email", "mobile") if (value := getattr(one, name)))
    if one.name:
        yield from (("name", one.name, company) for company in _companies(one) or [""])


def _companies(one: Keys) -> list[str]:
    return [value for value in (one.company, one.corporate_number) if value]

"""Which rows of a file a row has to be looked at with: those that can mean the same person, and those of its company."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from leads.models import ImportRow

# So far around a row its companions are looked for while somebody waits, and so many of each kind are looked at, the
# first ones: they say who is new and what a company is like. The commit looks at all rows in any case.
REACH = 10_000
MOST = 500

Keys = Mapping[str, str]


@dataclass
class Companions:
    """`same`: rows that share an id, address, number or name at a company with the row, or with one that does.
    `beside`: other rows of these companies, which decide only on what the companies are like."""

    same: list[ImportRow] = field(default_factory=list)
    beside: list[ImportRow] = field(default_factory=list)


def of(row: ImportRow) -> Companions:
    """The companions of this row of a preview (itself in neither list) by the keys kept with each; refused rows are
    nobody's."""
    others = ImportRow.objects.filter(
        run=row.run_id, number__gte=row.number - REACH, number__lte=row.number + REACH
    ).exclude(pk=row.pk)
    taken = others.exclude(result=ImportRow.Result.REFUSED)
    keys: dict[int, Keys] = dict(taken.values_list("number", "keys").iterator(chunk_size=2_000))
    keys[row.number] = row.keys
    same = _connected(row.number, keys)
    companies = {name for number in same for name in _companies(keys[number])}
    beside = (n for n, one in keys.items() if n not in same and not companies.isdisjoint(_companies(one)))
    return Companions(_first(taken, same - {row.number}), _first(taken, beside))


def _first(rows: QuerySet[ImportRow], numbers: Iterable[int]) -> list[ImportRow]:
    return list(rows.filter(number__in=sorted(numbers)[:MOST]))


def _connected(start: int, keys: Mapping[int, Keys]) -> set[int]:
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
    yield from ((name, value) for name in ("external_id", "email", "mobile") if (value := one.get(name)))
    if name := one.get("name"):
        yield from (("name", name, company) for company in _companies(one) or [""])


def _companies(one: Keys) -> list[str]:
    return [value for name in ("company", "corporate_number") if (value := one.get(name))]

"""Cuts the values of fields into conditions: numbers into ranges, names into groups of like rate, small ones pooled."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.condition_reading import fold
from leads.domain.conditions import MOST_TEXT
from scoring.domain.suggested import IDENTITIES, Sample, dimension_of

# Into so many ranges or groups at most: more say hardly more, and nobody reads them.
MOST_PARTS = 4
MOST_NAMES = 12
# Names beyond the most frequent ones count as rare.
MOST_FREQUENT = 100
# A part needs so many cases among the fitted leads: an absolute number, and a share.
LEAST_CASES, LEAST_SHARE = 10, 0.02
# So many imagined leads of the average rate go with each name, so that few cases say little.
PRIOR = 5
# A whole number that nearly every lead has for itself is a number of the lead, not a quantity.
NUMBERS_APART, LEAST_NUMBERS = 0.95, 50
MOST_DIGITS = 3
MOST_WHOLE = 2_000_000_000

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Reals = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Candidate:
    """A condition that could become a rule; `holds` says for which leads of the sample. `source`: field or activity."""

    source: str
    condition: Mapping[str, Any]
    holds: Mask

    @property
    def dimension(self) -> str:
        return dimension_of(self.source)


@dataclass(frozen=True)
class Fitted:
    """The outcomes, and the places of the leads that may teach."""

    good: Mask
    taught: Mask

    @property
    def least(self) -> int:
        return max(LEAST_CASES, ceil(LEAST_SHARE * int(self.taught.sum())))

    def is_telling(self, holds: Mask, least: int | None = None) -> bool:
        """Whether enough leads meet it, and enough don't."""
        cases = int((holds & self.taught).sum())
        wanted = self.least if least is None else least
        return wanted <= cases <= int(self.taught.sum()) - wanted


def candidates(sample: Sample, known: Registry, good: Mask, taught: Mask) -> list[Candidate]:
    """All conditions worth trying."""
    fitted = Fitted(good, taught)
    found: list[Candidate] = []
    for field in known.fields.values():
        if field.in_scoring:
            found += of_field(field, sample.values[field.name], fitted)
    return [*found, *_of_activities(sample, fitted)]


def of_field(field: Field, values: Sequence[Any], fitted: Fitted) -> list[Candidate]:
    """The parts of one field that enough leads have, and whether it is known."""
    read = typed(field, values)
    told = np.array([value is not None for value in read], dtype=bool)
    parts = [_known(field, told, fitted)]
    if field.name in IDENTITIES or field.kind in (Kind.DATE, Kind.MOMENT):
        pass  # names and calendar days: only that they are known can say anything about the next lead
    elif field.kind == Kind.YES_NO:
        said = np.array([value is True for value in read], dtype=bool)
        parts += [Candidate(field.name, _test(field, "eq", True), said)]
        parts += [Candidate(field.name, _test(field, "eq", False), told & ~said)]
    elif field.kind in (Kind.TEXT, Kind.CHOICE):
        parts += _groups(field, read, told, fitted)
    else:
        parts += _ranges(field, read, told, fitted)
    return [part for part in parts if fitted.is_telling(part.holds)]


def _known(field: Field, told: Mask, fitted: Fitted) -> Candidate:
    """That it is known, or that it is not, whichever speaks for a lead: points that add up need no negative line."""
    taught = fitted.taught
    shares = [float(fitted.good[taught & holds].mean()) if (taught & holds).any() else 0.0 for holds in (told, ~told)]
    if shares[0] >= shares[1]:
        return Candidate(field.name, {"field": field.name, "op": "known"}, told)
    return Candidate(field.name, {"field": field.name, "op": "unknown"}, ~told)


def typed(field: Field, values: Sequence[Any]) -> list[Any]:
    """The values that have the field's type; the others are unknown, as conditions see them."""
    match field.kind:
        case Kind.YES_NO:
            return [value if isinstance(value, bool) else None for value in values]
        case Kind.NUMBER:
            return [value if _is_number(value) else None for value in values]
        case Kind.RANGE:
            return [value if isinstance(value, tuple) and value[0] is not None else None for value in values]
        case Kind.ORDER:
            return [value if value in field.order else None for value in values]
        case Kind.DATE | Kind.MOMENT:
            return [value or None for value in values]
    return [value if isinstance(value, str) and value else None for value in values]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _test(field: Field, op: str, value: Any) -> dict[str, Any]:
    return {"field": field.name, "op": op, "value": value}


# -- numbers ------------------------------------------------------------------------------------------


def _ranges(field: Field, read: Sequence[Any], told: Mask, fitted: Fitted) -> Iterator[Candidate]:
    """From each cut to the one before the next; the ends are open."""
    low, high = _bounds(field, read)
    if field.kind == Kind.NUMBER and _numbers_leads(low[told]):
        return
    write = (lambda place: field.order[int(place)]) if field.kind == Kind.ORDER else _plain
    step = _step(low[told])
    cuts = _cuts(low, told, fitted, step, is_order=field.kind == Kind.ORDER)
    for start, end in zip([None, *cuts], [*cuts, None], strict=True):
        last = None if end is None else round(end - step, MOST_DIGITS)
        holds = told.copy()
        holds &= np.ones_like(told) if start is None else low >= start
        holds &= np.ones_like(told) if last is None else high <= last
        if start is None and last is None:
            continue
        if start is None:
            yield Candidate(field.name, _test(field, "lte", write(last)), holds)
        elif last is None:
            yield Candidate(field.name, _test(field, "gte", write(start)), holds)
        elif start == last and field.kind != Kind.RANGE:
            yield Candidate(field.name, _test(field, "eq", write(start)), holds)
        else:
            yield Candidate(field.name, _test(field, "between", [write(start), write(last)]), holds)


def _bounds(field: Field, read: Sequence[Any]) -> tuple[Reals, Reals]:
    """What `gte` reads and what `lte` reads; NaN where unknown, infinite above an open end."""
    if field.kind == Kind.RANGE:
        low = [np.nan if value is None else value[0] for value in read]
        high = [np.nan if value is None or value[1] is None else value[1] for value in read]
        return np.array(low, dtype=float), np.array(high, dtype=float)
    places = {name: place for place, name in enumerate(field.order)}
    numbers = [np.nan if value is None else places.get(value, value) for value in read]
    return np.array(numbers, dtype=float), np.array(numbers, dtype=float)


def _numbers_leads(numbers: Reals) -> bool:
    whole = len(numbers) >= LEAST_NUMBERS and bool(np.all(numbers == np.floor(numbers)))
    return whole and len(np.unique(numbers)) >= NUMBERS_APART * len(numbers)


def _step(numbers: Reals) -> float:
    """The smallest difference that the values are written with: 1, 0.1, 0.01 or 0.001."""
    for digits in range(MOST_DIGITS):
        if np.allclose(numbers, np.round(numbers, digits), rtol=0, atol=1e-9):
            return float(10**-digits)
    return float(10**-MOST_DIGITS)


def _cuts(numbers: Reals, told: Mask, fitted: Fitted, step: float, *, is_order: bool) -> list[float]:
    """Where a small decision tree would cut: the beginnings of ranges, as round numbers, or as a rank that occurs."""
    thresholds = _splits(numbers[told & fitted.taught], fitted.good[told & fitted.taught], fitted.least)
    if is_order:
        return [float(numbers[numbers > threshold].min()) for threshold in thresholds]
    return sorted({round(ceil(_two_digits(cut) / step - 1e-9) * step, MOST_DIGITS) for cut in thresholds})


def _splits(numbers: Reals, good: Mask, least: int) -> list[float]:
    if len(numbers) < 2 * least or len(np.unique(good)) < 2:
        return []
    tree = DecisionTreeClassifier(max_leaf_nodes=MOST_PARTS, min_samples_leaf=least, random_state=0)
    tree.fit(numbers.reshape(-1, 1), good)
    return sorted(float(cut) for cut in tree.tree_.threshold[tree.tree_.feature >= 0])


def _two_digits(number: float) -> float:
    return round(number, 1 - floor(log10(abs(number)))) if number else 0.0


def _plain(number: float) -> int | float:
    """As conditions take it: whole where it is, and small enough for a whole number."""
    return int(number) if number == int(number) and abs(number) <= MOST_WHOLE else float(number)


# -- names --------------------------------------------------------------------------------------------


def _groups(field: Field, read: Sequence[Any], told: Mask, fitted: Fitted) -> Iterator[Candidate]:
    """Frequent names in groups of like rate, and all the rare ones as one."""
    same = _same_as(field)
    written = {value: same(value) if value is not None else "" for value in set(read)}
    folded = np.array([written[value] for value in read], dtype=object)
    cases = Counter(folded[told & fitted.taught])
    frequent = [
        name for name, number in cases.most_common(MOST_FREQUENT) if number >= LEAST_CASES and _can_be_said(field, name)
    ]
    if not frequent:
        return
    spelt = _spellings(read, folded, frequent)
    for group in _alike(folded, frequent, fitted):
        names = sorted(group, key=lambda name: (-cases[name], name))[:MOST_NAMES]
        yield Candidate(field.name, _one_of(field, [spelt[name] for name in names]), np.isin(folded, names))
    rare = told & ~np.isin(folded, frequent)
    others = [{"field": field.name, "op": "known"}, {"not": _one_of(field, [spelt[name] for name in frequent])}]
    yield Candidate(field.name, {"all": others}, rare)


def _can_be_said(field: Field, name: str) -> bool:
    """Whether a condition takes it as a value."""
    return name in field.choices if field.kind == Kind.CHOICE else len(name) <= MOST_TEXT and name == name.strip()


def _same_as(field: Field) -> Callable[[str], str]:
    """What two names share that conditions take for one."""
    if field.kind == Kind.CHOICE:
        return str
    if field.spellings is None:
        return fold
    spellings = field.spellings
    return lambda name: min(fold(word) for word in spellings(name))


def _spellings(read: Sequence[Any], folded: Any, frequent: Sequence[str]) -> dict[str, str]:
    """Each name as it is written most."""
    written: dict[str, Counter[str]] = {name: Counter() for name in frequent}
    for value, name in zip(read, folded, strict=True):
        if name in written:
            written[name][value] += 1
    return {name: max(found, key=lambda spelling: (found[spelling], spelling)) for name, found in written.items()}


def _alike(folded: Any, frequent: Sequence[str], fitted: Fitted) -> list[list[str]]:
    """The frequent names, grouped by a decision tree over the share of good outcomes of each."""
    rates = _rates(folded, frequent, fitted)
    shared = np.array([rates.get(name, np.nan) for name in folded], dtype=float)
    taught = fitted.taught & ~np.isnan(shared)
    cuts = _splits(shared[taught], fitted.good[taught], fitted.least)
    groups: dict[int, list[str]] = {}
    for name in frequent:
        groups.setdefault(int(np.searchsorted(cuts, rates[name])), []).append(name)
    return list(groups.values())


def _rates(folded: Any, frequent: Sequence[str], fitted: Fitted) -> dict[str, float]:
    average = float(fitted.good[fitted.taught].mean())
    rates = {}
    for name in frequent:
        mine = fitted.good[fitted.taught & (folded == name)]
        rates[name] = (float(mine.sum()) + PRIOR * average) / (len(mine) + PRIOR)
    return rates


def _one_of(field: Field, names: list[str]) -> dict[str, Any]:
    return _test(field, "in", names) if len(names) > 1 else _test(field, "eq", names[0])


# -- activities ---------------------------------------------------------------------------------------


def _of_activities(sample: Sample, fitted: Fitted) -> Iterator[Candidate]:
    """At least so many of a type, ever or within a window before the offer or outcome."""
    for (code, window), counts in sample.counts.items():
        numbers = np.array(counts, dtype=float)
        told = np.ones(len(numbers), dtype=bool)
        for cut in sorted({1.0, *_cuts(numbers, told, fitted, 1.0, is_order=False)} - {0.0}):
            test: dict[str, Any] = {"types": [code]}
            if window:
                test["within_days"] = window
            if cut > 1:
                test["at_least"] = int(cut)
            one = Candidate(f"activity.{code}", {"activity": test}, numbers >= cut)
            if fitted.is_telling(one.holds):
                yield one

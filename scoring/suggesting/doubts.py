"""Finds fields whose values may have come only after the outcome, from the values alone.

Nothing says so for certain; each finding tells a person which field to ask about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from leads.domain.condition_fields import Kind, Registry
from leads.domain.condition_reading import fold
from scoring.domain import accuracy
from scoring.domain.suggested import Doubt, Sample
from scoring.suggesting import points
from scoring.suggesting.cuts import Candidate, Mask, typed

# One field that tells good from bad so well by itself is rather a result than a reason.
TOO_GOOD = 0.85
LEAST_TESTED = 10
# Known so many times as often for one kind of outcome.
TIMES = 2.0
LEAST_KNOWN = 20
# Of the offered leads that have it now, so many got it after the offer.
LATER = 0.3
# Two fields with so many values in common that agree on so many leads, but not on all.
LEAST_VALUES, AGREE, AGREE_WHOLLY = 5, 0.5, 0.995
# Fields that the same leads have, and of the leads of one day only some.
SOME = (0.1, 0.9)
MIXED_DAYS = 0.5
# A text that so many fields have among their values is what a form shows before anything is chosen.
PLACEHOLDER_FIELDS = 3
_TEXTS = (Kind.TEXT, Kind.CHOICE)


def find(
    sample: Sample, known: Registry, candidates: Sequence[Candidate], good: Mask, taught: Mask
) -> tuple[Doubt, ...]:
    """At most one doubt for a field, the weightiest."""
    read = {name: typed(known.fields[name], values) for name, values in sample.values.items()}
    texts = {name: _words(values) for name, values in read.items() if known.fields[name].kind in _TEXTS}
    told = _told(read, texts)
    enough = {name: mask for name, mask in told.items() if mask.sum() >= LEAST_KNOWN}
    found = [
        *_too_good(enough, candidates, good, taught),
        *_filled_later(sample),
        *_one_outcome(enough, good),
        *_written_twice({name: column for name, column in texts.items() if name in enough}),
        *_filled_together(enough, sample),
    ]
    first: dict[str, Doubt] = {}
    for doubt in found:
        first.setdefault(doubt.field, doubt)
    return tuple(first.values())


def _told(read: Mapping[str, Sequence[Any]], texts: Mapping[str, Any]) -> dict[str, Mask]:
    """Which leads have a value that somebody chose."""
    idle = _placeholders(texts)
    told = {}
    for name, values in read.items():
        chosen = np.array([value is not None for value in values], dtype=bool)
        told[name] = chosen & (texts[name] != idle[name]) if name in idle else chosen
    return told


def _words(values: Sequence[Any]) -> Any:
    """As conditions compare them; '' where unknown."""
    same = {value: fold(value) if value else "" for value in set(values)}
    return np.array([same[value] for value in values], dtype=object)


def _placeholders(texts: Mapping[str, Any]) -> dict[str, str]:
    """What each field shows before anything is chosen, where that is plain.

    Fields with several values in common have codes in common (high, middle, low), and no placeholder.
    """
    values = {name: set(column) - {""} for name, column in texts.items()}
    seen = Counter(value for mine in values.values() for value in mine)
    shared = {name: [value for value in mine if seen[value] >= PLACEHOLDER_FIELDS] for name, mine in values.items()}
    return {name: found[0] for name, found in shared.items() if len(found) == 1}


def _too_good(told: Mapping[str, Mask], candidates: Sequence[Candidate], good: Mask, taught: Mask) -> Iterator[Doubt]:
    """The field alone, cut as for rules: learnt on the taught, measured on the others; among those that have it too."""
    parts = defaultdict(list)
    for one in candidates:
        parts[one.source].append(one.holds)
    for name, mask in told.items():
        rates = _rates_by_part(parts[name], mask, good, taught)
        measured = [_auc(rates, good, ~taught), _auc(rates, good, ~taught & mask)]
        if (best := max(measured)) >= TOO_GOOD:
            yield Doubt(name, "too_good", best)


def _rates_by_part(parts: Sequence[Mask], told: Mask, good: Mask, taught: Mask) -> Any:
    """For each lead the share of good ones among the taught of its part."""
    rates = np.full(len(good), good[taught].mean())
    for holds in (~told, *parts):
        if (holds & taught).any():
            rates[holds] = good[holds & taught].mean()
    return rates


def _auc(rates: Any, good: Mask, tested: Mask) -> float:
    kinds = good[tested]
    if min(int(kinds.sum()), int((~kinds).sum())) < LEAST_TESTED:
        return 0.0
    return points.auc(rates[tested], kinds) or 0.0


def _filled_later(sample: Sample) -> Iterator[Doubt]:
    """Among offered leads: unknown at the offer, known now."""
    for name in sample.present:
        pairs = zip(sample.values[name], sample.present[name], sample.was_offered, strict=True)
        now = [_is_known(then) for then, present, offered in pairs if offered and _is_known(present)]
        later = now.count(False)
        if len(now) >= LEAST_KNOWN and later >= LATER * len(now):
            yield Doubt(name, "filled_later", later / len(now))


def _is_known(value: Any) -> bool:
    return value not in (None, "") and not (isinstance(value, tuple) and value[0] is None)


def _one_outcome(told: Mapping[str, Mask], good: Mask) -> Iterator[Doubt]:
    """Known at least twice as often for one kind, and not by chance: the 95 % intervals lie apart."""
    for name, mask in told.items():
        among_good, among_bad = int(mask[good].sum()), int(mask[~good].sum())
        shares = (among_good / int(good.sum()), among_bad / int((~good).sum()))
        low, high = sorted(
            [(among_good, int(good.sum())), (among_bad, int((~good).sum()))], key=lambda of: of[0] / of[1]
        )
        if max(shares) >= TIMES * min(shares) and accuracy.interval(*low)[1] < accuracy.interval(*high)[0]:
            yield Doubt(name, "one_outcome", *shares)


def _written_twice(read: Mapping[str, Any]) -> Iterator[Doubt]:
    """The same fact written down at two times: of two such fields at least one was written over later."""
    values = {name: set(column) - {""} for name, column in read.items()}
    for one, other in combinations(read, 2):
        if len(values[one] & values[other]) < LEAST_VALUES:
            continue
        both = (read[one] != "") & (read[other] != "")
        agree = float((read[one] == read[other])[both].mean()) if both.any() else 0.0
        if AGREE <= agree < AGREE_WHOLLY:
            yield Doubt(one, "written_twice", agree, others=(other,))
            yield Doubt(other, "written_twice", agree, others=(one,))


def _filled_together(told: Mapping[str, Mask], sample: Sample) -> Iterator[Doubt]:
    """The very same leads have them, but not all that came in on the same day: something filled them afterwards."""
    alike = defaultdict(list)
    for name, mask in told.items():
        if SOME[0] <= mask.mean() <= SOME[1]:
            alike[np.packbits(mask).tobytes()].append(name)
    days = np.unique(np.array([day.toordinal() for day in sample.came_on]), return_inverse=True)[1]
    for names in alike.values():
        mask = told[names[0]]
        if len(names) > 1 and _mixed(mask, days) >= MIXED_DAYS:
            for name in names:
                others = tuple(other for other in names if other != name)
                yield Doubt(name, "filled_together", float(mask.mean()), others=others)


def _mixed(mask: Mask, days: Any) -> float:
    """The share of leads that came in on a day of which some have it and some don't."""
    having, all_of = np.bincount(days, weights=mask), np.bincount(days)
    mixed = (having > 0) & (having < all_of)
    return float(all_of[mixed].sum() / len(mask))

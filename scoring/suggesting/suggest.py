"""From a sample of outcomes to a few rules with points, measured on the newest third, which they never saw."""

from collections.abc import Collection, Sequence

import numpy as np

from leads.domain.condition_fields import Registry
from scoring.domain import accuracy
from scoring.domain.suggested import MOST_HINTS, Sample, SuggestedRule, Suggestion
from scoring.suggesting import cuts, doubts, points
from scoring.suggesting.cuts import Candidate, Mask


def suggest(sample: Sample, known: Registry, *, most: int, without: Collection[str] | None) -> Suggestion:
    """At most `most` rules from fields that are not in `without`; None leaves out every doubtful one."""
    good = np.array(sample.good, dtype=bool)
    found = Suggestion(len(good), int(good.sum()))
    if not found.has_enough:
        return found
    taught = np.arange(len(good)) < len(good) * 2 // 3
    if good[taught].all() or not good[taught].any():
        return found
    tried = cuts.candidates(sample, known, good, taught)
    doubtful = doubts.find(sample, known, tried, good, taught)
    left_out = frozenset({doubt.field for doubt in doubtful} if without is None else without)
    different = _different([one for one in tried if one.source not in left_out])
    usable = _telling(different, good, taught)
    chosen, given = _fit(usable, good, taught, most)
    totals = _totals(chosen, given, len(good))
    return Suggestion(
        leads=len(good),
        good=int(good.sum()),
        fitted=int(taught.sum()),
        tested=int((~taught).sum()),
        auc=points.auc(totals[~taught], good[~taught]),
        lift=points.lift(totals[~taught], good[~taught]),
        line=_line(totals[taught], good[taught]) if chosen else None,
        rules=tuple(_rule(one, each, good) for one, each in zip(chosen, given, strict=True)),
        hints=() if chosen else _hints(different, good, taught),
        doubts=doubtful,
        without=left_out,
    )


def _different(tried: Sequence[Candidate]) -> list[Candidate]:
    """One of those that tell the same leads apart; of a condition and its opposite the rarer."""
    seen: dict[bytes, Candidate] = {}
    for one in tried:
        key = np.packbits(one.holds if one.holds[0] else ~one.holds).tobytes()
        if key not in seen or one.holds.sum() < seen[key].holds.sum():
            seen[key] = one
    return list(seen.values())


def _telling(tried: Sequence[Candidate], good: Mask, taught: Mask) -> list[Candidate]:
    if not tried:
        return []
    conditions = np.column_stack([one.holds[taught] for one in tried])
    return [tried[column] for column in points.telling(conditions, good[taught])]


def _hints(tried: Sequence[Candidate], good: Mask, taught: Mask) -> tuple[SuggestedRule, ...]:
    """The conditions that differ most, one for each source, though no more than chance may make them: no points."""
    if not tried:
        return ()
    likely = points.chances(np.column_stack([one.holds[taught] for one in tried]), good[taught])
    ranked = sorted(zip(likely, tried, strict=True), key=lambda pair: (pair[0], str(pair[1].condition)))
    best: dict[str, Candidate] = {}
    for _, one in ranked:
        best.setdefault(one.source, one)
    return tuple(_rule(one, 0, good) for one in list(best.values())[:MOST_HINTS])


def _fit(usable: Sequence[Candidate], good: Mask, taught: Mask, most: int) -> tuple[list[Candidate], list[int]]:
    """The chosen conditions and their points, strongest first; those that round to nothing fall away."""
    if not usable:
        return [], []
    conditions = np.column_stack([one.holds[taught] for one in usable])
    columns = points.choose(conditions, good[taught], most)
    if not columns:
        return [], []
    given = points.give(conditions[:, columns], good[taught])
    pairs = [(usable[column], int(each)) for column, each in zip(columns, given, strict=True) if each]
    pairs.sort(key=lambda pair: (-abs(pair[1]), -pair[1], str(pair[0].condition)))
    return [one for one, _ in pairs], [each for _, each in pairs]


def _totals(chosen: Sequence[Candidate], given: Sequence[int], leads: int) -> points.Whole:
    totals = np.zeros(leads, dtype=np.int64)
    for one, each in zip(chosen, given, strict=True):
        totals += each * one.holds
    return totals


def _line(totals: points.Whole, good: Mask) -> int | None:
    """A line that a model can have; None where as many as were good reach less than one point."""
    line = points.line(totals, good)
    return line if line >= 1 else None


def _rule(one: Candidate, each: int, good: Mask) -> SuggestedRule:
    cases, met = int(one.holds.sum()), int(good[one.holds].sum())
    low, high = accuracy.interval(met, cases)
    return SuggestedRule(one.condition, one.dimension, each, cases, met, met / cases, low, high)

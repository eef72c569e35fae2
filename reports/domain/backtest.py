"""How well a score would have chosen, told from how many cases each total has and how many of them had the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.domain.figures import UNCERTAIN_BELOW, Rate, over
from scoring.domain import accuracy

DECILES = 10
# {total: (cases, of them with the outcome)}
Tally = Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Cut:
    """What handing over from a total on would have come to.

    `precision`: of those at or above it, with the outcome. `recall`: of those with the outcome, at or above it.
    """

    start: int
    precision: Rate
    recall: Rate

    @property
    def handed_over(self) -> int:
        return self.precision.denominator


@dataclass(frozen=True)
class Decile:
    """A tenth of the cases by total, the first the highest; `highest` and `lowest` are its totals.

    Where a tenth ends amid equal totals, it gets its part of their outcomes: `hits` need not be whole.
    """

    number: int
    highest: int
    lowest: int
    cases: int
    hits: float
    rate: float
    lift: float | None
    captured: float | None

    @property
    def is_uncertain(self) -> bool:
        return self.cases < UNCERTAIN_BELOW


@dataclass(frozen=True)
class Told:
    """The cases with something (a rule that matched, a content that was seen) beside all of them."""

    matched: Rate
    everything: Rate

    @property
    def others(self) -> Rate:
        """Those without it."""
        return Rate(
            self.everything.numerator - self.matched.numerator, self.everything.denominator - self.matched.denominator
        )

    @property
    def reach(self) -> Rate:
        """How many of all have it."""
        return Rate(self.matched.denominator, self.everything.denominator)

    @property
    def lift(self) -> float | None:
        """The rate of those with it ÷ the rate of all; None with nothing to divide by."""
        return over(self.matched.value, self.everything.value)


def everything(tally: Tally) -> Rate:
    """All cases, and of them those with the outcome."""
    return Rate(sum(hits for _, hits in tally.values()), sum(cases for cases, _ in tally.values()))


def cut(tally: Tally, start: int) -> Cut:
    """Handing over from this total on."""
    above = everything({total: counts for total, counts in tally.items() if total >= start})
    return Cut(start, above, Rate(above.numerator, everything(tally).numerator))


def cuts(tally: Tally) -> list[Cut]:
    """At every total that there is, from the highest down; between two of them nothing changes."""
    cases = hits = 0
    found, all_hits = [], everything(tally).numerator
    for total in sorted(tally, reverse=True):
        cases, hits = cases + tally[total][0], hits + tally[total][1]
        found.append(Cut(total, Rate(hits, cases), Rate(hits, all_hits)))
    return found


def auc(tally: Tally) -> float | None:
    """How well the total tells those with the outcome from those without; see `accuracy.auc`."""
    return accuracy.auc((total, cases, hits) for total, (cases, hits) in tally.items())


def deciles(tally: Tally) -> list[Decile]:
    """At most ten tenths of equal size (give or take one), from the highest; empty ones are left out.

    `lift` is the rate ÷ the rate of all; `captured` the share of all outcomes in this and the tenths above it.
    """
    whole = everything(tally)
    found: list[Decile] = []
    captured = 0.0
    for number in range(1, DECILES + 1):
        first, end = whole.denominator * (number - 1) // DECILES, whole.denominator * number // DECILES
        if first == end:
            continue
        totals, hits = _between(tally, first, end)
        captured += hits
        rate = hits / (end - first)
        share = captured / whole.numerator if whole.numerator else None
        found.append(Decile(number, totals[0], totals[-1], end - first, hits, rate, over(rate, whole.value), share))
    return found


def _between(tally: Tally, first: int, end: int) -> tuple[list[int], float]:
    """The totals of the cases from rank `first` (from the highest, 0 on) up to before `end`, and their outcomes."""
    rank, hits = 0, 0.0
    totals: list[int] = []
    for total in sorted(tally, reverse=True):
        cases, with_outcome = tally[total]
        taken = min(end, rank + cases) - max(first, rank)
        if taken > 0:
            totals.append(total)
            hits += with_outcome * taken / cases
        rank += cases
    return totals, hits

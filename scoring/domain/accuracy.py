"""How well figures tell what will come of leads: the area under the curve, and how sure a share is."""

from collections.abc import Iterable
from itertools import groupby
from math import sqrt
from operator import itemgetter
from statistics import NormalDist

# The normal quantile that leaves 2.5 % on either side.
Z_95 = NormalDist().inv_cdf(0.975)


def auc(tallies: Iterable[tuple[float, int, int]]) -> float | None:
    """The area under the ROC curve, from (score, cases, of them with the outcome); None without both kinds.

    By Mann and Whitney: the share of all pairs of one with and one without the outcome in which the one with it has
    the higher score, a tie counting half, in whichever tallies it stands. 1 tells them apart, 0.5 is chance.
    """
    below = with_outcome = 0
    won = 0.0
    for _score, tied in groupby(sorted(tallies), key=itemgetter(0)):
        counts = [(cases - hits, hits) for _, cases, hits in tied]
        others, hits = (sum(count) for count in zip(*counts, strict=True))
        won += hits * (below + others / 2)
        below, with_outcome = below + others, with_outcome + hits
    return won / (with_outcome * below) if with_outcome and below else None


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the share of `hits` among `cases` (one at least): its ends, from 0 to 1.

    With p of n cases its middle is (p + z²/2n) ÷ (1 + z²/n) and its half width
    z ÷ (1 + z²/n) · √(p(1 − p)/n + z²/4n²) (E. B. Wilson, JASA 22, 1927). It stays within 0 and 1, and says
    something for 0 of n and for few cases, where p ± 1.96 standard errors does not.
    """
    share, weight = hits / cases, Z_95**2 / cases
    middle = (share + weight / 2) / (1 + weight)
    half = Z_95 / (1 + weight) * sqrt(share * (1 - share) / cases + weight / cases / 4)
    # The share itself lies within, whatever the last bit of the arithmetic says.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))

"""How well a score tells those with an outcome from those without."""

from collections.abc import Iterable


def auc(tallies: Iterable[tuple[int, int, int]]) -> float | None:
    """The area under the ROC curve, from (score, cases, of them with the outcome); None without both kinds.

    By Mann and Whitney: the share of all pairs of one with and one without the outcome in which the one with it has
    the higher score, a tie counting half. 1 tells them apart, 0.5 is chance.
    """
    below = with_outcome = 0
    won = 0.0
    for _score, cases, hits in sorted(tallies):
        others = cases - hits
        won += hits * (below + others / 2)
        below, with_outcome = below + others, with_outcome + hits
    return won / (with_outcome * below) if with_outcome and below else None

"""Chooses a few conditions by an L1-penalised logistic regression, and gives them integer points."""

import warnings
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.stats import binomtest, false_discovery_control
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import l1_min_c

from scoring.domain import accuracy
from scoring.domain.suggested import STRONGEST
from scoring.suggesting.cuts import Mask, Reals

# How often the strength of the penalty is halved in on, and up to how weak it may get.
HALVINGS = 10
WEAKEST = 10.0
SEED = 0
# Of the conditions that are tried at all, so many may look telling by chance alone.
BY_CHANCE = 0.05

Matrix = Any
Whole = np.ndarray[Any, np.dtype[np.int64]]


def telling(conditions: Mask, good: Mask) -> list[int]:
    """The columns whose share of good leads differs from that of all, beyond chance (Benjamini and Hochberg).

    `conditions`: leads × conditions, each met by somebody.
    """
    found = false_discovery_control(chances(conditions, good)) <= BY_CHANCE
    return [int(column) for column in np.flatnonzero(found)]


def chances(conditions: Mask, good: Mask) -> list[float]:
    """For each column how likely chance alone makes its share of good leads as different (exact binomial test)."""
    average = float(good.mean())
    cases, met = conditions.sum(axis=0), conditions[good].sum(axis=0)
    return [float(binomtest(int(hits), int(number), average).pvalue) for hits, number in zip(met, cases, strict=True)]


def choose(conditions: Mask, good: Mask, most: int) -> list[int]:
    """At most `most` columns: those left under the weakest penalty that leaves no more.

    `conditions`: leads × conditions.
    """
    columns = csr_matrix(conditions.astype(float))
    strong, weak = float(l1_min_c(columns, good, loss="log")), WEAKEST
    chosen: list[int] = []
    for _ in range(HALVINGS):
        middle = float(np.sqrt(strong * weak))
        left = _left(columns, good, middle)
        if len(left) <= most:
            strong, chosen = middle, left
        else:
            weak = middle
    return chosen


def _left(columns: Matrix, good: Mask, weakness: float) -> list[int]:
    model = LogisticRegression(l1_ratio=1.0, solver="liblinear", C=weakness, random_state=SEED)
    with warnings.catch_warnings():
        # Which conditions are left is settled long before their weights are.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(columns, good)
    return [int(column) for column in np.flatnonzero(model.coef_[0])]


def give(conditions: Mask, good: Mask) -> Whole:
    """Points of each condition: weights of a logistic regression over these alone, the strongest scaled to ±20."""
    weights = LogisticRegression(C=1.0, max_iter=1000).fit(conditions.astype(float), good).coef_[0]
    strongest = float(np.abs(weights).max())
    return np.rint(weights / strongest * STRONGEST).astype(int) if strongest else np.zeros(len(weights), dtype=int)


def auc(totals: Reals | Whole, good: Mask) -> float | None:
    """The chance that a good lead has more than a bad one; None where one kind is missing."""
    values, places = np.unique(totals, return_inverse=True)
    cases, hits = np.bincount(places), np.bincount(places[good], minlength=len(values))
    return accuracy.auc(zip(values.tolist(), cases.tolist(), hits.tolist(), strict=True))


def lift(totals: Whole, good: Mask, share: float = 0.1) -> float | None:
    """How many times as often the best tenth is good as all are. Leads that tie at the edge count in part."""
    if not good.any():
        return None
    wanted = max(1, round(len(good) * share))
    edge = np.sort(totals)[::-1][wanted - 1]
    above, tied = totals > edge, totals == edge
    rest = (wanted - int(above.sum())) / int(tied.sum())
    best = (float(good[above].sum()) + rest * float(good[tied].sum())) / wanted
    return best / float(good.mean())


def line(totals: Whole, good: Mask) -> int:
    """The total that as many leads reach as were good."""
    return int(np.sort(totals)[::-1][max(0, int(good.sum()) - 1)])

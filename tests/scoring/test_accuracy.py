"""The area under the curve and the interval of a share, which the suggestions and all reports draw from one place."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from scoring.domain import accuracy
from scoring.suggesting import points

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    # Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(hits: int, cases: int, low: float, high: float) -> None:
    assert accuracy.interval(hits, cases) == pytest.approx((low, high), abs=0.00006)


def test_the_interval_stays_within_what_a_share_can_be_and_holds_the_share() -> None:
    for cases in (1, 2, 19, 20, 1000):
        for hits in {0, 1, cases // 2, cases}:
            low, high = accuracy.interval(hits, cases)
            assert 0 <= low <= hits / cases <= high <= 1
            known = binomtest(hits, cases).proportion_ci(method="wilson")
            assert (low, high) == pytest.approx((known.low, known.high), abs=1e-12)


@pytest.mark.parametrize(
    ("tallies", "area"),
    [
        ([(10, 3, 0), (40, 2, 2)], 1.0),
        ([(10, 3, 3), (40, 2, 0)], 0.0),
        ([(30, 4, 2)], 0.5),
        ([(30, 1, 1), (30, 1, 0)], 0.5),
        ([(30, 1, 1), (30, 3, 0)], 0.5),
        ([(10, 1, 1), (20, 1, 0), (20, 2, 1)], 0.25),
        ([(10, 2, 1), (20, 2, 1), (30, 2, 2)], (0.5 + 1.5 + 2 + 2) / 8),
        ([(10, 3, 3)], None),
        ([], None),
    ],
)
def test_the_area_counts_pairs_in_the_right_order(tallies: list[tuple[int, int, int]], area: float | None) -> None:
    assert accuracy.auc(tallies) == area


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_the_area_of_single_leads_counts_ties_by_half(kind: type) -> None:
    chance = np.random.default_rng(7)
    totals = (chance.integers(-20, 20, size=500) / (1 if kind is np.int64 else 3)).astype(kind)
    good = chance.random(500) < (totals - totals.min()) / (totals.max() - totals.min())
    assert points.auc(totals, good) == pytest.approx(roc_auc_score(good, totals), abs=1e-12)
    for all_alike in (np.ones(500, dtype=bool), np.zeros(500, dtype=bool)):
        assert points.auc(totals, all_alike) is None

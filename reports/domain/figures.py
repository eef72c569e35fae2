"""Figures that carry what they were made of."""

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

UNCERTAIN_BELOW = 20
# The normal quantile that leaves 2.5 % on either side.
Z_95 = 1.959964


@dataclass(frozen=True)
class Rate:
    """A share with its two numbers. Nothing to divide by makes no value; under 20 cases it is uncertain."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def is_uncertain(self) -> bool:
        return self.denominator < UNCERTAIN_BELOW

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share: lower and upper end from 0 to 1, or None with nothing to divide by.

        With p of n cases its middle is (p + z²/2n) ÷ (1 + z²/n) and its half width
        z ÷ (1 + z²/n) · √(p(1 − p)/n + z²/4n²) (E. B. Wilson, JASA 22, 1927). It stays within 0 and 1, and says
        something for 0 of n and for few cases, where p ± 1.96 standard errors does not.
        """
        share, cases = self.value, self.denominator
        if share is None:
            return None
        weight = Z_95**2 / cases
        middle = (share + weight / 2) / (1 + weight)
        half = Z_95 / (1 + weight) * sqrt(share * (1 - share) / cases + weight / cases / 4)
        # The share itself lies within, whatever the last bit of the arithmetic says.
        return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))

    def points_over(self, other: "Rate") -> float | None:
        """The difference in percentage points; None when either has no value."""
        if self.value is None or other.value is None:
            return None
        return (self.value - other.value) * 100


@dataclass(frozen=True)
class Spread:
    """Median and p90 of a set of lengths; `n` says of how many. Empty sets have neither."""

    n: int = 0
    median: float | None = None
    p90: float | None = None


def divided(numerator: Decimal, denominator: Decimal | int) -> float | None:
    """A quotient, or None when there is nothing to divide by."""
    return float(numerator / denominator) if denominator else None


def over(rate: float | None, base: float | None) -> float | None:
    """How many times the base a rate is; None with nothing to divide by."""
    return rate / base if rate is not None and base else None

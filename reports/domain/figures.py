"""Figures that carry what they were made of."""

from dataclasses import dataclass
from decimal import Decimal

UNCERTAIN_BELOW = 20


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

"""Figures that carry what they were made of."""

from dataclasses import dataclass
from decimal import Decimal

from scoring.domain import accuracy

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

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share, or None with nothing to divide by; see `accuracy.interval`."""
        return accuracy.interval(self.numerator, self.denominator) if self.denominator else None

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

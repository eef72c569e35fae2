"""What became of a number of handoffs."""

from dataclasses import astuple, dataclass

from reports.domain.figures import Rate, over


@dataclass(frozen=True)
class Outcomes:
    """Numbers of episodes. One can have become an opportunity and be won or lost as well; none is won and lost."""

    handed_over: int = 0
    opportunities: int = 0
    won: int = 0
    lost: int = 0
    rejected: int = 0

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def rate(self, name: str) -> Rate:
        """The share of the handed over: `opportunities`, `won`, `lost` or `rejected`."""
        return Rate(int(getattr(self, name)), self.handed_over)


@dataclass(frozen=True)
class Split:
    """The handoffs with something (a rule that matched) beside all of the same kind."""

    matched: Outcomes
    everything: Outcomes

    @property
    def others(self) -> Outcomes:
        """Those without it."""
        return self.everything - self.matched

    @property
    def reach(self) -> Rate:
        """How many of all have it."""
        return Rate(self.matched.handed_over, self.everything.handed_over)

    def lift(self, name: str) -> float | None:
        """The rate of those with it ÷ the rate of all: 1 says that it tells nothing; None with nothing to divide by."""
        return over(self.matched.rate(name).value, self.everything.rate(name).value)

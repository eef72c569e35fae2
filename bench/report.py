"""What a bench prints: a figure, its yardstick's, their ratio and the limit that it is held to."""

from dataclasses import dataclass

from bench.serving import Pair


@dataclass(frozen=True)
class Line:
    """One row of the table; seconds are of one request or row."""

    what: str
    product: float
    bare: float
    ratio: float
    limit: str
    is_met: bool

    @classmethod
    def times(cls, what: str, pair: Pair, most: float) -> "Line":
        """How many times the yardstick's 95th percentile."""
        product, bare = pair.p95
        return cls(what, product, bare, product / bare, f"≤ {most:g}", product / bare <= most)

    @classmethod
    def rate(cls, what: str, pair: Pair, least: float) -> "Line":
        """Which part of the yardstick's rate, by medians."""
        return cls.rate_of(what, *pair.median, least)

    @classmethod
    def rate_of(cls, what: str, product: float, bare: float, least: float) -> "Line":
        """The same of two single figures, seconds a piece."""
        return cls(what, product, bare, bare / product, f"≥ {least:g}", bare / product >= least)

    def __str__(self) -> str:
        mark = "" if self.is_met else "  missed"
        return (
            f"{self.what:<40}{self.product * 1000:>10.2f} ms{self.bare * 1000:>10.2f} ms"
            f"{self.ratio:>9.2f}   {self.limit}{mark}"
        )

"""A scoring model as plain values: what rules, points, caps, bands and the line say, and their arithmetic.

All arithmetic is on integers, so that SQLite, PostgreSQL and Python agree to the last bit: a decay weight is an
integer number of billionths, and only the rounding of that weight ever sees a floating point number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import floor

from leads.domain.conditions import ALWAYS, ActivityTest, Node
from scoring.domain.choices import Band, Dimension

BILLION = 1_000_000_000
# After 64 half-lives nothing is left, and power() would one day underflow, which PostgreSQL refuses.
MOST_HALF_LIVES = 64
MOST_POINTS = 1000
MOST_CAP = 10_000
MOST_RULES = 100
GRADE_EDGES = (75, 50, 25)  # per cent of the capped maximum
DIMENSIONS = tuple(dimension.value for dimension in Dimension)


@dataclass(frozen=True)
class RuleSpec:
    """One rule. With `per_activity` the condition is one activity test and `points` count for each activity."""

    key: str
    dimension: str
    condition: Node
    points: int
    per_activity: bool = False
    cap: int | None = None
    half_life_days: int | None = None
    label_ja: str = ""
    label_en: str = ""

    @property
    def test(self) -> ActivityTest:
        """The activity test of a per-activity rule."""
        assert isinstance(self.condition, ActivityTest)
        return self.condition

    @property
    def most(self) -> int:
        """The most (in size) the rule can bring."""
        return min(self.cap or MOST_CAP, MOST_CAP) if self.per_activity else abs(self.points)


@dataclass(frozen=True)
class BandSpec:
    """A band from its lowest total on; the last band's `start` is None."""

    band: str
    start: int | None
    label_ja: str = ""
    label_en: str = ""


@dataclass(frozen=True)
class ModelSpec:
    """One version of a model; `caps`: dimension → the most it can bring."""

    id: int
    line: int
    bands: tuple[BandSpec, ...]
    rules: tuple[RuleSpec, ...]
    applies_to: Node = ALWAYS
    caps: Mapping[str, int] = field(default_factory=dict)
    number: int = 1
    name: str = ""

    def rules_of(self, dimension: str) -> list[RuleSpec]:
        return [rule for rule in self.rules if rule.dimension == dimension]


def sharing(model: ModelSpec, other: ModelSpec) -> ModelSpec:
    """The model with each condition that the other has as well being that one's object, so that it is read once."""
    theirs = {rule.condition: rule.condition for rule in other.rules}
    return replace(
        model, rules=tuple(replace(rule, condition=theirs.get(rule.condition, rule.condition)) for rule in model.rules)
    )


@lru_cache(maxsize=4096)
def weight(days: int, half_life: int) -> int:
    """2^(−days / half-life) in billionths, rounded half up."""
    return floor(2.0 ** -min(days / half_life, float(MOST_HALF_LIVES)) * float(BILLION) + 0.5)


def rounded(points: int, weights: int) -> int:
    """points × weights (billionths), rounded half up: 2.5 → 3, −2.5 → −2."""
    return (points * weights + BILLION // 2) // BILLION


def capped(points: int, cap: int) -> int:
    """At most the cap, in either direction."""
    return max(-cap, min(cap, points))


def band_of(model: ModelSpec, total: int) -> str:
    """The band of a total."""
    for band in model.bands:
        if band.start is None or total >= band.start:
            return band.band
    return Band.LOW.value


def most_of(model: ModelSpec, dimension: str) -> int:
    """The most a dimension can bring, its cap included."""
    most = sum(rule.most for rule in model.rules_of(dimension) if rule.points > 0)
    return min(most, model.caps.get(dimension, most))


def maximum(model: ModelSpec) -> int:
    """The highest total the rules can reach (満点)."""
    return sum(most_of(model, dimension) for dimension in DIMENSIONS)


def grade_of(model: ModelSpec, fit: int, engagement: int) -> str:
    """A1 to D4: fit as a letter, engagement as a figure; '' when the model has no rules for one of them."""
    most_fit, most_engagement = most_of(model, Dimension.FIT), most_of(model, Dimension.ENGAGEMENT)
    if not most_fit or not most_engagement:
        return ""
    return "ABCD"[_step(fit, most_fit)] + "1234"[_step(engagement, most_engagement)]


def _step(points: int, most: int) -> int:
    for step, edge in enumerate(GRADE_EDGES):
        if points * 100 >= edge * most:
            return step
    return len(GRADE_EDGES)

"""Scores one lead in plain Python, line by line: what explains a score, and what the SQL is held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leads.domain.condition_fields import Registry
from leads.domain.condition_reading import ActivityFact, Facts, holds, matching
from scoring.domain import formula
from scoring.domain.formula import DIMENSIONS, ModelSpec, RuleSpec


@dataclass(frozen=True)
class RuleReading:
    """What one rule brings: in full, after decay and rounding, after its cap."""

    rule: RuleSpec
    full: int
    decayed: int
    points: int
    activities: tuple[ActivityFact, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The score of one lead; `model` is None when no model applies. `sums` are before the dimensions' caps."""

    model: ModelSpec | None
    rules: tuple[RuleReading, ...] = ()
    sums: tuple[tuple[str, int], ...] = ()
    dimensions: tuple[tuple[str, int], ...] = ()
    total: int = 0
    band: str = "low"
    grade: str = ""
    reaches_line: bool = False


def read(models: Sequence[ModelSpec], facts: Facts, *, on: date, registry: Registry) -> Reading:
    """The score under the first model that applies."""
    for model in models:
        if holds(model.applies_to, facts, on=on, registry=registry):
            return _read(model, facts, on, registry)
    return Reading(None, dimensions=tuple((dimension, 0) for dimension in DIMENSIONS))


def _read(model: ModelSpec, facts: Facts, on: date, registry: Registry) -> Reading:
    rules = tuple(_rule(rule, facts, on, registry) for rule in model.rules)
    sums = {d: sum(rule.points for rule in rules if rule.rule.dimension == d) for d in DIMENSIONS}
    dimensions = {d: min(points, model.caps.get(d, points)) for d, points in sums.items()}
    total = sum(dimensions.values())
    return Reading(
        model=model,
        rules=rules,
        sums=tuple(sums.items()),
        dimensions=tuple(dimensions.items()),
        total=total,
        band=formula.band_of(model, total),
        grade=formula.grade_of(model, dimensions["fit"], dimensions["engagement"]),
        reaches_line=total >= model.line,
    )


def _rule(rule: RuleSpec, facts: Facts, on: date, registry: Registry) -> RuleReading:
    if not rule.per_activity:
        points = rule.points if holds(rule.condition, facts, on=on, registry=registry) else 0
        return RuleReading(rule, points, points, points)
    found = tuple(matching(rule.test, facts.activities, on=on))
    if rule.half_life_days:
        weights = sum(formula.weight((on - activity.on).days, rule.half_life_days) for activity in found)
        full, decayed = rule.points * len(found), formula.rounded(rule.points, weights)
    else:
        full = decayed = rule.points * _count(rule, found)
    return RuleReading(rule, full, decayed, formula.capped(decayed, rule.most), found)


def _count(rule: RuleSpec, found: Sequence[ActivityFact]) -> int:
    if rule.test.distinct == "content":
        return len({activity.content_id for activity in found} - {None})
    if rule.test.distinct == "day":
        return len({activity.on for activity in found})
    return len(found)

"""Scores one lead in plain Python, line by line: what explains a score, and what the SQL is held against."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from leads.domain.condition_fields import Registry
from leads.domain.condition_reading import ActivityFact, Facts, holds, matching
from scoring.domain import formula
from scoring.domain.formula import DIMENSIONS, ModelSpec, RuleSpec


class RuleReading(NamedTuple):
    """What one rule brings: in full, after decay and rounding, after its cap. A tuple, for a replay makes a million."""

    rule: RuleSpec
    full: int
    decayed: int
    points: int
    activities: tuple[ActivityFact, ...] = ()


class Reading(NamedTuple):
    """The score of one lead; `model` is None when no model applies. `sums` are before the dimensions' caps."""

    model: ModelSpec | None
    rules: tuple[RuleReading, ...] = ()
    sums: tuple[tuple[str, int], ...] = ()
    dimensions: tuple[tuple[str, int], ...] = ()
    total: int = 0
    band: str = "low"
    reaches_line: bool = False

    @property
    def grade(self) -> str:
        """A1 to D4; '' without a model, or where it has no rules for one of the two dimensions."""
        points = dict(self.dimensions)
        return formula.grade_of(self.model, points["fit"], points["engagement"]) if self.model else ""


# What conditions have said of one lead on one day, by the identity of the condition.
Said = dict[int, bool]


def read(
    models: Sequence[ModelSpec], facts: Facts, *, on: date, registry: Registry, said: Said | None = None
) -> Reading:
    """The score under the first model that applies.

    Whoever reads the same facts on the same day under several models gives each reading the same `said` (empty at
    first): a condition that the models share as one object is then read once. See `formula.sharing`.
    """
    said = {} if said is None else said
    for model in models:
        if holds(model.applies_to, facts, on=on, registry=registry):
            return _read(model, facts, on, registry, said)
    return Reading(None, dimensions=tuple((dimension, 0) for dimension in DIMENSIONS))


def _read(model: ModelSpec, facts: Facts, on: date, registry: Registry, said: Said) -> Reading:
    rules = tuple([_rule(rule, facts, on, registry, said) for rule in model.rules])
    sums = dict.fromkeys(DIMENSIONS, 0)
    for rule in rules:
        sums[rule.rule.dimension] += rule.points
    dimensions = {d: min(points, model.caps.get(d, points)) for d, points in sums.items()}
    total = sum(dimensions.values())
    return Reading(
        model=model,
        rules=rules,
        sums=tuple(sums.items()),
        dimensions=tuple(dimensions.items()),
        total=total,
        band=formula.band_of(model, total),
        reaches_line=total >= model.line,
    )


def _rule(rule: RuleSpec, facts: Facts, on: date, registry: Registry, said: Said) -> RuleReading:
    key = id(rule.condition)
    if not rule.per_activity:
        if key not in said:
            said[key] = holds(rule.condition, facts, on=on, registry=registry)
        points = rule.points if said[key] else 0
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

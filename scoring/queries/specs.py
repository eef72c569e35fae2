"""Stored models as the plain values that are compiled, read and explained."""

from collections.abc import Iterable

from leads.domain.condition_fields import Registry
from leads.queries import conditions
from scoring.domain.choices import ModelState
from scoring.domain.formula import BandSpec, ModelSpec, RuleSpec
from scoring.models import Rule, ScoringModel


def published(known: Registry | None = None) -> list[ModelSpec]:
    """The published models in the order in which they are tried."""
    known = known or conditions.registry()
    models = ScoringModel.objects.filter(state=ModelState.PUBLISHED).order_by("position").prefetch_related("rules")
    return [spec(model, known) for model in models]


def spec(model: ScoringModel, known: Registry) -> ModelSpec:
    """One stored model as values; raises InvalidCondition when a condition no longer reads."""
    rules = sorted(model.rules.all(), key=lambda rule: (rule.position, rule.pk or 0))
    return ModelSpec(
        id=model.pk,
        line=model.line,
        bands=tuple(_band(band) for band in model.bands),
        rules=tuple(rule_spec(rule, known) for rule in rules),
        applies_to=conditions.read(model.applies_to, known=known, scoring=True, path="applies_to"),
        caps=dict(model.caps),
        number=model.number,
        name=model.name,
    )


def rule_spec(rule: Rule, known: Registry) -> RuleSpec:
    """One stored rule as values."""
    return RuleSpec(
        key=rule.key,
        dimension=rule.dimension,
        condition=conditions.read(rule.condition, known=known, scoring=True, path=f"rules[{rule.key}].condition"),
        points=rule.points,
        per_activity=rule.per_activity,
        cap=rule.cap,
        half_life_days=rule.half_life_days,
        label_ja=rule.label_ja,
        label_en=rule.label_en,
    )


def _band(stored: dict[str, object]) -> BandSpec:
    start = stored.get("from")
    return BandSpec(
        band=str(stored["band"]),
        start=int(start) if start is not None else None,  # type: ignore[call-overload]
        label_ja=str(stored.get("label_ja", "")),
        label_en=str(stored.get("label_en", "")),
    )


def by_id(ids: Iterable[int], known: Registry) -> dict[int, ModelSpec]:
    """These models, whatever their state."""
    models = ScoringModel.objects.filter(pk__in=set(ids)).prefetch_related("rules")
    return {model.pk: spec(model, known) for model in models}

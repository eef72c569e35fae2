"""Stored models as the plain values that are compiled, read and explained."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q

from journal.models import Event
from leads.domain.condition_fields import Registry
from leads.domain.conditions import ALWAYS, InvalidCondition
from leads.queries import conditions
from scoring.domain.choices import ModelState
from scoring.domain.formula import BandSpec, ModelSpec, RuleSpec
from scoring.models import Rule, ScoringModel

# The event of a published model that is tried before another one; its data: {"than": the other one's id}.
TRIED_EARLIER = "scoring_model.tried_earlier"


def published(known: Registry | None = None) -> list[ModelSpec]:
    """The published models in the order in which they are tried."""
    known = known or conditions.registry()
    models = ScoringModel.objects.filter(state=ModelState.PUBLISHED).order_by("position").prefetch_related("rules")
    return [spec(model, known) for model in models]


def once_published(model: ScoringModel, own: ModelSpec, known: Registry) -> list[ModelSpec]:
    """The published models as they would be tried once this one, whose values are `own`, is published."""
    now = published(known)
    if model.state == ModelState.PUBLISHED:
        return [own if spec.id == own.id else spec for spec in now]
    gone = [spec.id for spec in leaving(model, own, now)]
    if _is_last(own):
        return [*(spec for spec in now if spec.id not in gone), own]
    if not gone:
        return [*(spec for spec in now if not _is_last(spec)), own, *(spec for spec in now if _is_last(spec))]
    order = [own if spec.id == gone[0] else spec for spec in now]
    return [spec for spec in order if spec.id not in gone]


def leaving(model: ScoringModel, own: ModelSpec, now: Sequence[ModelSpec]) -> list[ModelSpec]:
    """Those of the published models `now` whose place this one takes, the one in whose place it is tried first.

    Its origin, but a model with a condition never takes the place of the one for all other leads; and any with the
    same condition, for of two such only the first would ever score a lead.
    """
    origin = [spec for spec in now if spec.id == model.copied_from_id and not _is_last(spec)]
    return origin + [spec for spec in now if spec.applies_to == own.applies_to and spec not in origin]


def beside(model: ScoringModel, own: ModelSpec, known: Registry) -> ModelSpec | None:
    """The published model that this one, whose values are `own`, would stand in for, else the last; None without another."""
    now = [spec for spec in published(known) if spec.id != model.pk]
    if model.state == ModelState.PUBLISHED or not now:
        return None
    return next(iter(leaving(model, own, now)), now[-1])


def _is_last(spec: ModelSpec) -> bool:
    return spec.applies_to == ALWAYS


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
    """These models, whatever their state, without those that no longer read: a field they ask about is gone."""
    models = ScoringModel.objects.filter(pk__in=set(ids)).prefetch_related("rules")
    readable = {}
    for model in models:
        with suppress(InvalidCondition):
            readable[model.pk] = spec(model, known)
    return readable


def in_force(days: Collection[date], *, zone: tzinfo, known: Registry) -> dict[date, list[ModelSpec | None]]:
    """The models that were published at the end of each of these local days, in the order in which they were tried.

    Before the first publication there are none. None stands for a version that asks about a field that is gone: of
    which leads it scored, and how, nothing is known.
    """
    reach = Q(retired_at__isnull=True) | Q(retired_at__gte=datetime.combine(min(days), time.min, zone))
    rows = ScoringModel.objects.filter(reach, published_at__isnull=False).values_list(
        "pk", "position", "published_at", "retired_at"
    )
    spans = [
        (pk, begun.astimezone(zone).date(), gone.astimezone(zone).date() if gone else date.max)
        for pk, _, begun, gone in rows
    ]
    found = {day: [pk for pk, begun, gone in spans if begun <= day < gone] for day in days}
    readable = by_id({pk for ids in found.values() for pk in ids}, known)
    ordered = _ordered(found, {pk: place for pk, place, _, _ in rows}, zone)
    return {day: [readable.get(pk) for pk in ids] for day, ids in ordered.items()}


def _ordered(found: Mapping[date, list[int]], places: dict[int, int], zone: tzinfo) -> dict[date, list[int]]:
    """The ids of each day in the order of its end: from the present `places` the moves since are taken back.

    A version that was retired keeps the place that it had last.
    """
    moves: list[tuple[date, int, int]] = []
    if any(len(ids) > 1 for ids in found.values()):
        since = datetime.combine(min(found) + timedelta(days=1), time.min, zone)
        events = Event.objects.filter(kind=TRIED_EARLIER, at__gte=since).order_by("id")
        moves = [(event.at.astimezone(zone).date(), event.subject_id, event.data["than"]) for event in events]
    ordered = {}
    for day in sorted(found, reverse=True):
        while moves and moves[-1][0] > day:
            _, one, other = moves.pop()
            places[one], places[other] = places[other], places[one]
        ordered[day] = sorted(found[day], key=places.__getitem__)
    return ordered

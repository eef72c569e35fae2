"""Explains one lead's score line by line, with evidence and dates; the lines add up to the total."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from accounts.interface.languages import in_language
from accounts.queries import organization
from leads.domain import condition_sentence
from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Registry
from leads.domain.condition_reading import ActivityFact, Facts, matching
from leads.models import Activity, Lead, LeadScore
from leads.queries import conditions
from scoring.domain import formula, reading
from scoring.domain.formula import DIMENSIONS, ModelSpec, RuleSpec
from scoring.domain.reading import Reading, RuleReading
from scoring.queries import specs

MOST_EVIDENCE = 20


@dataclass(frozen=True)
class ActivityEvidence:
    activity: int
    type: str
    occurred_at: datetime
    content: str
    duration_seconds: int | None


@dataclass(frozen=True)
class FieldEvidence:
    field: str
    label: str
    value: Any
    shown: str


@dataclass(frozen=True)
class Line:
    """`kind`: rule; decay and rule_cap and dimension_cap take away. `rule` and `label` name where it comes from."""

    kind: str
    rule: str | None
    label: str
    dimension: str
    points: int
    worth: int = 0
    per_activity: bool = False
    activities: tuple[ActivityEvidence, ...] = ()
    count: int = 0
    fields: tuple[FieldEvidence, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """`caps`: the most each dimension can bring. `model` is None when none applies or nothing is published."""

    total: int
    band: str
    grade: str
    reaches_line: bool
    model: ModelSpec | None
    computed_at: datetime | None
    dimensions: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    is_stale: bool = False


def explain(lead: Lead, at: datetime) -> Explanation:
    """Why the lead's stored score is what it is: by its own model version, as of the day it was made.

    When what is stored no longer adds up to that (new activities whose score is owed, a day gone by), the present
    facts under the published models are explained instead, and `is_stale` says so where the totals differ.
    """
    known = conditions.registry()
    home = organization.current()
    facts = conditions.facts(Lead.objects.filter(pk=lead.pk), known=known, zone=home.zone)[lead.pk]
    stored = LeadScore.objects.filter(lead=lead).first()
    return of_facts(lead, facts, stored=stored, day=organization.local_day(at, home), known=known)


def of_facts(
    lead: Lead, facts: Facts, *, stored: LeadScore | None, day: date, known: Registry, is_dated: bool = True
) -> Explanation:
    """The same for whoever has read the lead's facts and score already; `day` is the local day to read them on.

    Without `is_dated` the activities behind a rule are counted, not listed.
    """
    models = specs.published(known)
    told = reading.read(models, facts, on=day, registry=known)
    if (
        stored
        and stored.model_id
        and (told.model is None or told.model.id != stored.model_id or told.total != stored.total)
    ):
        own = specs.by_id([stored.model_id], known).get(stored.model_id)
        if own is not None:
            as_it_was = reading.read([always(own)], facts, on=stored.as_of, registry=known)
            if as_it_was.total == stored.total:
                told, day = as_it_was, stored.as_of
    times = _times(lead) if is_dated and told.rules and facts.activities else {}
    return _explanation(told, stored, facts, known, day, times)


def always(model: ModelSpec) -> ModelSpec:
    """The model without its condition: the stored score says that it applied."""
    return replace(model, applies_to=c.ALWAYS)


def _explanation(
    told: Reading, stored: LeadScore | None, facts: Facts, known: Registry, on: date, times: Mapping[int, datetime]
) -> Explanation:
    model = told.model
    return Explanation(
        total=told.total,
        band=told.band,
        grade=told.grade,
        reaches_line=told.reaches_line,
        model=model,
        computed_at=stored.computed_at if stored else None,
        dimensions=dict(told.dimensions),
        most={name: formula.most_of(model, name) for name in DIMENSIONS} if model else {},
        lines=tuple(_lines(told, facts, known, times, on)),
        is_stale=stored is None or stored.total != told.total,
    )


def _times(lead: Lead) -> dict[int, datetime]:
    """When the activities that may be shown happened."""
    return dict(Activity.objects.filter(lead=lead).values_list("pk", "occurred_at"))


def _lines(told: Reading, facts: Facts, known: Registry, times: Mapping[int, datetime], on: date) -> Iterator[Line]:
    sums, dimensions = dict(told.sums), dict(told.dimensions)
    for dimension in DIMENSIONS:
        for rule in (rule for rule in told.rules if rule.rule.dimension == dimension):
            yield from _rule_lines(rule, facts, known, times, on)
        taken = dimensions.get(dimension, 0) - sums.get(dimension, 0)
        if taken:
            yield Line("dimension_cap", None, "", dimension, taken)


def _rule_lines(
    rule: RuleReading, facts: Facts, known: Registry, times: Mapping[int, datetime], on: date
) -> Iterator[Line]:
    spec = rule.rule
    found = _evidence(rule, facts, on)
    yield Line(
        kind="rule",
        rule=spec.key,
        label=label(spec),
        dimension=spec.dimension,
        points=rule.full,
        worth=spec.points,
        per_activity=spec.per_activity,
        activities=tuple(_activity(fact, times) for fact in found[:MOST_EVIDENCE] if fact.id in times),
        count=len(found),
        fields=tuple(_fields(spec, facts, known)),
    )
    if rule.decayed != rule.full:
        yield Line("decay", spec.key, label(spec), spec.dimension, rule.decayed - rule.full)
    if rule.points != rule.decayed:
        yield Line("rule_cap", spec.key, label(spec), spec.dimension, rule.points - rule.decayed)


def label(rule: RuleSpec) -> str:
    """The rule's label in the active language."""
    return in_language(rule.label_ja, rule.label_en)


def _evidence(rule: RuleReading, facts: Facts, on: date) -> list[ActivityFact]:
    """The activities that the rule's tests count, newest first, each once."""
    if rule.rule.per_activity:
        return list(rule.activities)
    found: dict[int, ActivityFact] = {}
    for node in c.walk(rule.rule.condition):
        if isinstance(node, c.ActivityTest):
            found |= {fact.id: fact for fact in matching(node, facts.activities, on=on)}
    return [fact for fact in facts.activities if fact.id in found]


def _activity(fact: ActivityFact, times: Mapping[int, datetime]) -> ActivityEvidence:
    return ActivityEvidence(fact.id, fact.type, times[fact.id], fact.title or fact.url, fact.duration_seconds)


def _fields(rule: RuleSpec, facts: Facts, known: Registry) -> Iterator[FieldEvidence]:
    for name in sorted(c.fields_of(rule.condition)):
        own = known.fields[name]
        value = facts.values.get(name)
        yield FieldEvidence(name, str(own.label), _plain(value), _shown(value, own))


def _plain(value: Any) -> Any:
    """A value as JSON can carry it: a range as its bounds, a day in ISO form."""
    if isinstance(value, tuple):
        return None if value[0] is None else list(value)
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any, own: Field) -> str:
    """The value as a person reads it; '' when unknown."""
    if isinstance(value, tuple):
        low, high = value
        if low is None:
            return ""
        shown = condition_sentence.shown(low, own)
        return shown if low == high else condition_sentence.span(low, high, own)
    return "" if value is None else condition_sentence.shown(value, own)

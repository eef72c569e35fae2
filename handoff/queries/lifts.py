"""Which resting leads (NURTURE, LOST) have earned an earlier look: a demo request, or 10 new points."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.queries import organization
from leads.domain import conditions as nodes
from leads.domain.condition_reading import ActivityFact, matching
from leads.models import Activity, Lead
from leads.queries import conditions
from scoring.domain import reading
from scoring.domain.formula import ModelSpec
from scoring.domain.reading import RuleReading
from scoring.queries import specs

NEEDED_POINTS = 10
LIFTING = "demo_request"
# Opening a mail says too little; counts that an import brings along are history, however late they come in.
LEFT_OUT = Q(type="email_open") | Q(event_id__startswith="import:")


def lifted(leads: QuerySet[Lead], *, at: datetime) -> set[int]:
    """Of these resting leads, those whose `not_before` no longer holds, by what came in since they rest."""
    since = Activity.objects.filter(lead=OuterRef("pk"), received_at__gt=OuterRef("stage_since"))
    stirred = leads.filter(Exists(since.exclude(LEFT_OUT)))
    asked = set(stirred.filter(Exists(since.filter(type=LIFTING))).values_list("pk", flat=True))
    others = list(stirred.exclude(pk__in=asked).values_list("pk", flat=True))
    return asked | {pk for pk, points in new_points(others, at=at).items() if points >= NEEDED_POINTS}


def new_points(lead_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    """The points that the published rules give to the activities received since each lead rests, taken alone."""
    if not lead_ids:
        return {}
    known = conditions.registry()
    models = specs.published(known)
    day = organization.local_day(at)
    facts = conditions.facts(Lead.objects.filter(pk__in=lead_ids), known=known)
    new = _received_since(lead_ids)
    points = {}
    for pk, all_facts in facts.items():
        alone = replace(all_facts, activities=tuple(act for act in all_facts.activities if act.id in new))
        told = reading.read(_activity_rules(models), alone, on=day, registry=known)
        points[pk] = sum(rule.points for rule in told.rules if _fired(rule, alone.activities, day))
    return points


def _received_since(lead_ids: Sequence[int]) -> set[int]:
    rows = Activity.objects.filter(lead__in=lead_ids, received_at__gt=F("lead__stage_since"))
    return set(rows.exclude(LEFT_OUT).values_list("pk", flat=True))


def _activity_rules(models: Iterable[ModelSpec]) -> list[ModelSpec]:
    """The models with only those rules that look at activities."""
    return [
        replace(model, rules=tuple(rule for rule in model.rules if any(_tests(rule.condition)))) for model in models
    ]


def _tests(node: nodes.Node) -> list[nodes.ActivityTest]:
    return [found for found in nodes.walk(node) if isinstance(found, nodes.ActivityTest)]


def _fired(rule: RuleReading, activities: tuple[ActivityFact, ...], day: date) -> bool:
    return any(list(matching(test, activities, on=day)) for test in _tests(rule.rule.condition))

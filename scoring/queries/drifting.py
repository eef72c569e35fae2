"""Whose score can have changed by time alone between two local days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Q

from leads.domain import conditions as c
from leads.models import Activity
from scoring.domain.formula import MOST_HALF_LIVES, ModelSpec


def lead_ids(models: Sequence[ModelSpec], *, low: int, high: int, since: date, on: date) -> list[int]:
    """Leads from `low` to `high` with an activity that entered or left a window, or lost weight, in (since, on]."""
    reasons = list(_reasons(models, since, on))
    if not reasons or since >= on:
        return []
    drifted = Q(occurred_on__gt=since, occurred_on__lte=on)  # came in dated ahead of its day
    for reason in reasons:
        drifted |= reason
    found = Activity.objects.filter(drifted, lead__gte=low, lead__lte=high).order_by()
    return list(found.values_list("lead_id", flat=True).distinct())


def _reasons(models: Iterable[ModelSpec], since: date, on: date) -> Iterator[Q]:
    for model in models:
        for node in c.walk(model.applies_to):
            yield from _window(node, since, on)
        for rule in model.rules:
            for node in c.walk(rule.condition):
                yield from _window(node, since, on)
            if rule.per_activity and rule.half_life_days:
                alive = on - timedelta(days=min(rule.half_life_days * MOST_HALF_LIVES, 36_500))
                yield _types(rule.test.types) & Q(occurred_on__gt=alive, occurred_on__lte=on)


def _window(node: c.Node, since: date, on: date) -> Iterator[Q]:
    """An activity leaves a window of n days on the day that is n days after it."""
    if isinstance(node, c.ActivityTest) and node.within_days:
        days = timedelta(days=node.within_days)
    elif isinstance(node, c.Inactive):
        days = timedelta(days=node.days)
    else:
        return
    yield _types(node.types) & Q(occurred_on__gt=since - days, occurred_on__lte=on - days)


def _types(types: tuple[str, ...]) -> Q:
    return Q(type__in=types) if types else Q()

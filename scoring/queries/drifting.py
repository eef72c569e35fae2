"""Whose score can have changed by time alone between two local days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from leads.domain import conditions as c
from leads.models import Activity
from leads.queries import condition_sql
from leads.queries.condition_sql import Dialect, Sql, join, wrap
from scoring.domain.formula import ModelSpec, RuleSpec
from scoring.queries import compile


def lead_ids(models: Sequence[ModelSpec], *, low: int, high: int, since: date, dialect: Dialect) -> list[int]:
    """Leads from `low` to `high` with an activity that entered or left a window in (since, the dialect's day], or
    whose fading activities are worth other points than they were.
    """
    if since >= dialect.on:
        return []
    found = _moved(models, low, high, since, dialect.on)
    fading = list(dict.fromkeys(rule for model in models for rule in model.rules if rule.half_life_days))
    if fading:
        found |= _faded(fading, low, high, since, dialect)
    return sorted(found)


# -- windows -----------------------------------------------------------------------------------------


def _moved(models: Iterable[ModelSpec], low: int, high: int, since: date, on: date) -> set[int]:
    moved = Q(occurred_on__gt=since, occurred_on__lte=on)  # came in dated ahead of its day
    for window in _windows(models, since, on):
        moved |= window
    found = Activity.objects.filter(moved, lead__gte=low, lead__lte=high).order_by()
    return set(found.values_list("lead_id", flat=True).distinct())


def _windows(models: Iterable[ModelSpec], since: date, on: date) -> Iterator[Q]:
    for model in models:
        for condition in (model.applies_to, *(rule.condition for rule in model.rules)):
            for node in c.walk(condition):
                yield from _window(node, since, on)


def _window(node: c.Node, since: date, on: date) -> Iterator[Q]:
    """An activity leaves a window of n days on the day that is n days after it."""
    if isinstance(node, c.ActivityTest) and node.within_days:
        days = timedelta(days=node.within_days)
    elif isinstance(node, c.Inactive):
        days = timedelta(days=node.days)
    else:
        return
    left = Q(occurred_on__gt=since - days, occurred_on__lte=on - days)
    yield left & Q(type__in=node.types) if node.types else left


# -- decay -------------------------------------------------------------------------------------------


def _faded(rules: Sequence[RuleSpec], low: int, high: int, since: date, dialect: Dialect) -> set[int]:
    """One pass over the activities that such rules count: their points on both days, and who has other ones."""
    before = replace(dialect, on=since)
    apart = [wrap("", _points(rule, before), " <> ") + _points(rule, dialect) for rule in rules]
    pieces = [
        Sql("a.lead_id BETWEEN %s AND %s", (low, high)),
        Sql("a.occurred_on <= %s", (dialect.day(dialect.on),)),
    ]
    if all(rule.test.types for rule in rules):
        types = tuple(sorted({kind for rule in rules for kind in rule.test.types}))
        pieces.append(Sql(f"a.type IN ({', '.join(['%s'] * len(types))})", types))
    content = any(condition_sql.needs_content(rule.test) for rule in rules)
    statement = (
        Sql("SELECT a.lead_id FROM leads_activity a")
        + Sql(" LEFT JOIN leads_content k ON k.id = a.content_id" if content else "")
        + wrap(" WHERE ", join("AND", pieces), " GROUP BY a.lead_id HAVING ")
        + join("OR", apart)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return {row[0] for row in cursor}


def _points(rule: RuleSpec, dialect: Dialect) -> Sql:
    assert rule.half_life_days
    weights = Sql(f"COALESCE(SUM({compile.weight(rule.half_life_days, dialect)})", (dialect.day(dialect.on),))
    which = condition_sql.activity_filter(rule.test, dialect)
    return compile.faded(rule, weights + wrap(" FILTER (WHERE ", which, "), 0)"), dialect)

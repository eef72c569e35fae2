"""Whose score can have changed by time alone between two local days."""

from collections.abc import Iterator, Sequence
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


def _moved(models: Sequence[ModelSpec], low: int, high: int, since: date, on: date) -> set[int]:
    """Asked window by window: each then reads its days from the index of types and days, not the whole range."""
    tests = [test for model in models for test in _tests(model)]
    ahead = _of_types(_types(tests), since, on)  # came in dated ahead of its day
    windows = dict.fromkeys((test.within_days, test.types) for test in tests if test.within_days)
    left = [
        _of_types(types, since - timedelta(days=days), on - timedelta(days=days)) for days, types in windows if days
    ]
    moved: set[int] = set()
    for which in [ahead, *left]:
        found = Activity.objects.filter(which, lead__gte=low, lead__lte=high).order_by()
        moved.update(found.values_list("lead_id", flat=True))
    return moved


def _tests(model: ModelSpec) -> Iterator[c.ActivityTest]:
    """What the model counts; an inactivity is a window that is empty. One leaves it n days after it was done."""
    for condition in (model.applies_to, *(rule.condition for rule in model.rules)):
        for node in c.walk(condition):
            if isinstance(node, c.ActivityTest):
                yield node
            elif isinstance(node, c.Inactive):
                yield c.ActivityTest(types=node.types, within_days=node.days)


def _types(tests: Sequence[c.ActivityTest]) -> tuple[str, ...]:
    """The types that any of them counts; none for all."""
    return tuple(sorted({kind for test in tests for kind in test.types})) if all(test.types for test in tests) else ()


def _of_types(types: tuple[str, ...], after: date, until: date) -> Q:
    days = Q(occurred_on__gt=after, occurred_on__lte=until)
    return days & Q(type__in=types) if types else days


# -- decay -------------------------------------------------------------------------------------------


def _faded(rules: Sequence[RuleSpec], low: int, high: int, since: date, dialect: Dialect) -> set[int]:
    """One pass over the activities that such rules count: their points on both days, and who has other ones."""
    before = replace(dialect, on=since)
    apart = [wrap("", _points(rule, before), " <> ") + _points(rule, dialect) for rule in rules]
    pieces = [
        Sql("a.lead_id BETWEEN %s AND %s", (low, high)),
        Sql("a.occurred_on <= %s", (dialect.day(dialect.on),)),
    ]
    if types := _types([rule.test for rule in rules]):
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

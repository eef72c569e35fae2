"""The key figures over time: one row per week or month, in three queries whatever the period."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth, TruncWeek

from handoff.models import StageTransition
from handoff.queries import silence
from leads.domain.choices import Stage
from reports.domain.figures import Rate
from reports.queries import scope
from reports.queries.kpis import Kpis, with_outcomes
from reports.queries.reached import whose, won_since
from reports.queries.scope import Question

BY_WEEK_UP_TO_DAYS = 130


@dataclass(frozen=True)
class Point:
    """The key figures of one week (from its Monday) or month (from its first)."""

    starts_on: date
    kpis: Kpis


def trend(question: Question) -> list[Point]:
    """Every week of the period, or every month of a long one, also those in which nothing happened."""
    truncate = _truncation(question)
    offered = _grouped(
        with_outcomes(question),
        truncate("offered_at"),
        n=Count("pk"),
        acted=Count("pk", filter=silence.contacted(question.as_of)),
        given_back=Count("pk", filter=silence.given_back(question.as_of)),
        opportunities=Count("pk", filter=Q(became_opportunity=True)),
    )
    won = _grouped(
        _entries(question),
        truncate("at"),
        n=Count("who", distinct=True),
        won=Count("who", distinct=True, filter=Q(is_won=True)),
    )
    kept = _grouped(scope.clocks(question), truncate("due_at"), n=Count("pk"), met=Count("pk", filter=Q(state="met")))
    return [_point(day, offered.get(day, {}), won.get(day, {}), kept.get(day, {})) for day in _starts(question)]


def _point(day: date, offered: dict[str, int], won: dict[str, int], kept: dict[str, int]) -> Point:
    handoffs = offered.get("n", 0)
    kpis = Kpis(
        handoffs=handoffs,
        acted=Rate(offered.get("acted", 0), handoffs),
        opportunities=Rate(offered.get("opportunities", 0), handoffs),
        wins=Rate(won.get("won", 0), won.get("n", 0)),
        sla=Rate(kept.get("met", 0), kept.get("n", 0)),
        given_back=offered.get("given_back", 0),
    )
    return Point(day, kpis)


def _entries(question: Question) -> QuerySet[StageTransition]:
    period = question.period
    found = StageTransition.objects.filter(
        scope.transition_q(question),
        to_stage=Stage.OPPORTUNITY,
        at__gte=period.start,
        at__lt=period.end,
        at__lte=question.as_of,
        undated=False,
    )
    if question.filters.team:
        found = found.filter(lead__team=question.filters.team)
    found = found.annotate(who=whose())
    return found.annotate(is_won=won_since(lead="who", since=period.start, as_of=question.as_of))


def _truncation(question: Question) -> Callable[[str], Any]:
    kind = TruncWeek if is_weekly(question) else TruncMonth
    return lambda name: kind(name, tzinfo=question.period.zone)


def is_weekly(question: Question) -> bool:
    """Weeks for a quarter, months beyond."""
    return question.period.days <= BY_WEEK_UP_TO_DAYS


def _grouped(rows: QuerySet[Any], bucket: Any, **counts: Any) -> dict[date, dict[str, int]]:
    found = rows.annotate(bucket=bucket).order_by().values("bucket").annotate(**counts)
    return {row.pop("bucket").date(): row for row in found}


def _starts(question: Question) -> list[date]:
    day, starts = question.period.from_on, []
    day = day - timedelta(days=day.weekday()) if is_weekly(question) else day.replace(day=1)
    while day < question.period.to_on:
        starts.append(day)
        day = day + timedelta(days=7) if is_weekly(question) else (day + timedelta(days=32)).replace(day=1)
    return starts

"""How long leads stay in a stage, and how long they take from one stage to the next: median and p90."""

from dataclasses import dataclass

from django.db.models import QuerySet

from handoff.models import StageTransition
from leads.domain.choices import Stage
from reports.domain.figures import Spread
from reports.queries import scope
from reports.queries.funnel import LADDER, in_days, timed_steps
from reports.queries.quantiles import spreads
from reports.queries.scope import Question

STEPS = tuple(zip(LADDER[2:], LADDER[3:], strict=False))


@dataclass(frozen=True)
class StageSpeed:
    """From entering the stage to entering the next one, of those that did; and the whole stay of those that left."""

    stage: Stage
    following: Stage
    to_next: Spread
    stay: Spread


def velocity(question: Question) -> tuple[StageSpeed, ...]:
    """Entries and leavings of the period, in days; two queries. What was passed through or imported has no length."""
    period = question.period
    entered = timed_steps(question).filter(
        scope.lead_q(question, "lead__"), at__gte=period.start, at__lt=period.end, stage__in=[a for a, _b in STEPS]
    )
    if question.filters.team:
        entered = entered.filter(team_id=question.filters.team)
    to_next = spreads(entered, group="stage", value="length")
    stays = spreads(_leavings(question), group="from_stage", value="seconds_before")
    return tuple(
        StageSpeed(a, b, in_days(to_next.get(a.value, Spread())), in_days(stays.get(a.value, Spread())))
        for a, b in STEPS
    )


def _leavings(question: Question) -> QuerySet[StageTransition]:
    period = question.period
    found = StageTransition.objects.filter(
        scope.transition_q(question),
        from_stage__in=[a for a, _b in STEPS],
        at__gte=period.start,
        at__lt=period.end,
        at__lte=question.as_of,
        imported=False,
        seconds_before__isnull=False,
    ).exclude(passed_through=True, seconds_before=0)
    if question.filters.team:
        found = found.filter(lead__team=question.filters.team)
    return found

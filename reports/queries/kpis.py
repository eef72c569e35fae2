"""The key figures: handoffs, acted on, became an opportunity, won, kept in time (DESIGN §7)."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from handoff.models import Episode, StageTransition
from handoff.queries import silence
from leads.domain.choices import Stage
from leads.models import Lead
from reports.domain.figures import Rate
from reports.queries import scope
from reports.queries.reached import opportunity_after, whose, won_since
from reports.queries.scope import Question


@dataclass(frozen=True)
class Kpis:
    """`acted`, `opportunities` are of `handoffs`; `wins` is of the leads that reached OPPORTUNITY in the period."""

    handoffs: int
    acted: Rate
    opportunities: Rate
    wins: Rate
    sla: Rate
    given_back: int

    @property
    def never_contacted(self) -> int:
        """Handed over, not given back, and nobody has called, written or met since."""
        return self.acted.denominator - self.acted.numerator - self.given_back


def kpis(question: Question) -> Kpis:
    """The key figures of one period: three queries."""
    counted = with_outcomes(question).aggregate(
        handoffs=Count("pk"),
        acted=Count("pk", filter=silence.contacted(question.as_of)),
        given_back=Count("pk", filter=silence.given_back(question.as_of)),
        opportunities=Count("pk", filter=Q(became_opportunity=True)),
    )
    won = leads_with_opportunity(question).aggregate(n=Count("pk"), won=Count("pk", filter=Q(is_won=True)))
    kept = scope.clocks(question).aggregate(n=Count("pk"), met=Count("pk", filter=Q(state="met")))
    handoffs = counted["handoffs"]
    return Kpis(
        handoffs=handoffs,
        acted=Rate(counted["acted"], handoffs),
        opportunities=Rate(counted["opportunities"], handoffs),
        wins=Rate(won["won"], won["n"]),
        sla=Rate(kept["met"], kept["n"]),
        given_back=counted["given_back"],
    )


def with_outcomes(question: Question) -> QuerySet[Episode]:
    """The period's episodes with `became_opportunity`: the lead reached OPPORTUNITY after the offer."""
    return scope.episodes(question).annotate(
        became_opportunity=opportunity_after(lead="lead", moment="offered_at", as_of=question.as_of)
    )


def leads_with_opportunity(question: Question) -> QuerySet[Lead]:
    """Leads that reached OPPORTUNITY in the period, with `is_won`. Undated imports are left out."""
    period = question.period
    reached = StageTransition.objects.filter(
        to_stage=Stage.OPPORTUNITY,
        at__gte=period.start,
        at__lt=period.end,
        at__lte=question.as_of,
        undated=False,
    )
    found = Lead.objects.filter(scope.lead_q(question), pk__in=reached.annotate(who=whose()).values("who"))
    if question.filters.team:
        found = found.filter(Q(team=question.filters.team) | Q(handoffs__team=question.filters.team)).distinct()
    return found.annotate(is_won=won_since(lead="pk", since=period.start, as_of=question.as_of))


def never_contacted(question: Question) -> QuerySet[Episode]:
    """The period's episodes that nobody has acted on and nobody gave back."""
    return scope.episodes(question).filter(silence.silent(question.as_of))

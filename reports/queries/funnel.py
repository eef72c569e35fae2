"""One cohort followed on: each stage's output is the next stage's base by construction (AR-53, F-12)."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When

from handoff.models import StageEntry
from leads.domain.choices import Stage
from leads.models import Lead
from reports.domain.figures import Rate, Spread
from reports.queries import scope
from reports.queries.quantiles import spreads
from reports.queries.reached import taken_back
from reports.queries.scope import Question

LADDER = (Stage.LEAD, Stage.MAL, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.WON)
COHORTS = (Stage.MAL, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Step:
    """One stage of the funnel: how many of the cohort got here, of the stage before, and how long that took."""

    stage: Stage
    reached: int
    conversion: Rate | None
    days: Spread


@dataclass(frozen=True)
class Funnel:
    cohort: Stage
    steps: tuple[Step, ...]

    @property
    def size(self) -> int:
        return self.steps[0].reached


def funnel(question: Question, *, cohort: str = Stage.MQL) -> Funnel:
    """Leads that entered the cohort's stage for the first time in the period, and how far they came as of `as_of`.

    Two queries. Undated imports are in no cohort; stages passed through count as reached, but have no length.
    """
    stages = stages_from(cohort)
    counted = reached(question, cohort=cohort).aggregate(
        **{stage.value: Count("lead", filter=Q(**{f"got_{stage.value}": True})) for stage in stages}
    )
    lengths = _lengths(question, cohort)
    steps = [Step(stages[0], counted[stages[0].value], None, Spread())]
    for before, stage in zip(stages, stages[1:], strict=False):
        rate = Rate(counted[stage.value], counted[before.value])
        steps.append(Step(stage, counted[stage.value], rate, lengths.get(before.value, Spread())))
    return Funnel(Stage(cohort), tuple(steps))


def stages_from(cohort: str) -> tuple[Stage, ...]:
    """The cohort's stage and those above it."""
    return LADDER[LADDER.index(Stage(cohort)) :]


def cohort_entries(question: Question, cohort: str) -> QuerySet[StageEntry]:
    """The first entries that make the cohort."""
    period = question.period
    found = StageEntry.objects.filter(
        scope.lead_q(question, "lead__"),
        stage=cohort,
        at__gte=period.start,
        at__lt=period.end,
        at__lte=question.as_of,
        undated=False,
    )
    return found.filter(team_id=question.filters.team) if question.filters.team else found


def reached(question: Question, *, cohort: str) -> QuerySet[StageEntry]:
    """One row per lead of the cohort: `at_<stage>`, and `got_<stage>`, which implies every stage before it."""
    stages = stages_from(cohort)
    inside = StageEntry.objects.filter(
        lead__in=cohort_entries(question, cohort).values("lead"), stage__in=stages, at__lte=question.as_of
    )
    rows = (
        inside.order_by()
        .values("lead")
        .annotate(**{f"at_{stage.value}": Min("at", filter=Q(stage=stage)) for stage in stages})
    )
    got = Q(**{f"at_{stages[0].value}__isnull": False})
    rows = rows.annotate(**{f"got_{stages[0].value}": _truth(got)})
    for before, stage in zip(stages, stages[1:], strict=False):
        got &= Q(**{f"at_{stage.value}__gte": F(f"at_{before.value}")})
        if stage == Stage.WON:
            got &= ~Q(taken_back(lead="lead", as_of=question.as_of))
        rows = rows.annotate(**{f"got_{stage.value}": _truth(got)})
    return rows


def leads_at(question: Question, *, cohort: str, stage: str) -> QuerySet[Lead]:
    """The leads behind one bar."""
    inside = reached(question, cohort=cohort).filter(**{f"got_{stage}": True})
    return Lead.objects.filter(pk__in=inside.values("lead"))


def _truth(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _lengths(question: Question, cohort: str) -> dict[str, Spread]:
    """{stage left: days until the next one}, without steps passed through."""
    steps = timed_steps(question).filter(
        lead__in=cohort_entries(question, cohort).values("lead"), stage__in=stages_from(cohort)
    )
    found = spreads(steps, group="stage", value="length")
    return {str(stage): in_days(spread) for stage, spread in found.items()}


def timed_steps(question: Question) -> QuerySet[StageEntry]:
    """Entries with `next_at` and `length`: until the next stage of the ladder was entered, where that took time."""
    following = Case(*(When(stage=a, then=Value(b.value)) for a, b in zip(LADDER, LADDER[1:], strict=False)))
    later = StageEntry.objects.filter(
        lead=OuterRef("lead"),
        stage=OuterRef("next_stage"),
        at__gte=OuterRef("at"),
        at__lte=question.as_of,
        passed_through=False,
        undated=False,
        imported=False,
    )
    timed = StageEntry.objects.filter(passed_through=False, undated=False, imported=False)
    timed = timed.annotate(next_stage=following).annotate(next_at=Subquery(later.values("at")[:1]))
    return timed.filter(next_at__isnull=False).annotate(length=F("next_at") - F("at"))


def in_days(spread: Spread) -> Spread:
    """Seconds as days."""
    if spread.median is None or spread.p90 is None:
        return spread
    return Spread(spread.n, spread.median / SECONDS_A_DAY, spread.p90 / SECONDS_A_DAY)

"""What sales told marketing: how often, how good the leads were, and why they came back or were lost."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Membership
from feedback.domain.choices import OpportunitySource
from feedback.models import Feedback, Opportunity
from handoff.models import Handoff
from leads.models import Lead
from reports.domain.figures import Rate
from reports.queries import scope
from reports.queries.scope import Question


@dataclass(frozen=True)
class Reasons:
    """Codes with how often, most frequent first."""

    rejected: list[tuple[str, int]]
    lost: list[tuple[str, int]]
    considering: list[tuple[str, int]]


@dataclass(frozen=True)
class Returns:
    """`given`: episodes with feedback of those whose clock was due. `judged`: reports that gave a quality, whenever due.

    `useful`: of the sheets that were judged.
    """

    given: Rate
    useful: Rate
    judged: int
    quality: float | None
    quality_counts: tuple[int, ...]
    reasons: Reasons
    pipeline: tuple[Decimal, Decimal]
    comments: list[Feedback]

    @property
    def pipeline_share(self) -> float | None:
        """Opportunity amount from handoffs ÷ all opportunity amount, imported ones outside."""
        part, whole = self.pipeline
        return float(part / whole) if whole else None


def returns(question: Question, *, comments: int = 5) -> Returns:
    """The feedback of the period, in a constant number of queries."""
    told = _told(question)
    qualities = dict(told.filter(quality__isnull=False).order_by().values_list("quality").annotate(n=Count("pk")))
    useful = _handoffs(question).aggregate(
        n=Count("pk", filter=Q(sheet_useful__isnull=False)), yes=Count("pk", filter=Q(sheet_useful=True))
    )
    latest = told.exclude(comment="").select_related("handoff__lead", "handoff__lead__company", "by").order_by("-id")
    return Returns(
        given=_given(question),
        useful=Rate(useful["yes"], useful["n"]),
        judged=sum(qualities.values()),
        quality=told.aggregate(mean=Avg("quality"))["mean"],
        quality_counts=tuple(qualities.get(number, 0) for number in range(1, 6)),
        reasons=Reasons(_rejected(question), _ranked(told, "lost"), _ranked(told, "considering")),
        pipeline=_pipeline(question),
        comments=list(latest[:comments]),
    )


def leads_behind(question: Question, *, figure: str, detail: str) -> QuerySet[Lead]:
    """The leads of a mark of quality or of a reason: rejected, lost, considering."""
    if figure == "rejected":
        return Lead.objects.filter(pk__in=_returned(question).filter(reject_reason=detail).values("lead"))
    told = _told(question)
    if figure == "quality":
        told = told.filter(quality=int(detail)) if detail in ("1", "2", "3", "4", "5") else told.none()
    else:
        told = told.filter(result=figure, reason=detail)
    return Lead.objects.filter(pk__in=told.values("handoff__lead"))


def _given(question: Question) -> Rate:
    """Of the episodes whose feedback clock was due in the period, those with any feedback."""
    due = scope.clocks(question).filter(kind="feedback").order_by().values("handoff__episode").distinct()
    answered = Feedback.objects.filter(handoff__episode=OuterRef("handoff__episode"), given_at__lte=question.as_of)
    return Rate(due.filter(Exists(answered)).count(), due.count())


def _told(question: Question) -> QuerySet[Feedback]:
    period = question.period
    found = Feedback.objects.filter(
        scope.lead_q(question, "handoff__lead__"), given_at__gte=period.start, given_at__lt=period.end
    ).filter(given_at__lte=question.as_of)
    return found.filter(handoff__team=question.filters.team) if question.filters.team else found


def _handoffs(question: Question) -> QuerySet[Handoff]:
    period = question.period
    found = Handoff.objects.filter(
        scope.lead_q(question, "lead__"), offered_at__gte=period.start, offered_at__lt=period.end
    )
    return found.filter(team=question.filters.team) if question.filters.team else found


def _returned(question: Question) -> QuerySet[Handoff]:
    return _handoffs(question).filter(state="rejected", answered_at__lte=question.as_of)


def _rejected(question: Question) -> list[tuple[str, int]]:
    counted = (
        _returned(question)
        .order_by()
        .values_list("reject_reason")
        .annotate(n=Count("pk"))
        .order_by("-n", "reject_reason")
    )
    return list(counted)


def _ranked(told: QuerySet[Feedback], result: str) -> list[tuple[str, int]]:
    rows = told.filter(result=result).exclude(reason="")
    return list(rows.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason"))


def _pipeline(question: Question) -> tuple[Decimal, Decimal]:
    period = question.period
    opened = Opportunity.objects.filter(
        scope.lead_q(question, "lead__"), opened_at__gte=period.start, opened_at__lt=period.end
    ).exclude(source=OpportunitySource.IMPORTED)
    if question.filters.team:
        # Not by a join: the deal of an owner in two teams would count twice.
        members = Membership.objects.filter(team=question.filters.team).values("user")
        opened = opened.filter(Q(handoff__team=question.filters.team) | Q(owner__in=members))
    sums = opened.aggregate(part=Sum("amount", filter=Q(source=OpportunitySource.HANDOFF)), whole=Sum("amount"))
    return sums["part"] or Decimal(0), sums["whole"] or Decimal(0)

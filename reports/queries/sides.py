"""What each side owes: marketing volume and quality, sales speed and depth, and where the time goes (AR-54).

Handoffs, promises kept, times to the first contact and lead quality are the figures of `kpis`, `sla` and `feedback`;
only the share accepted, the target of the period and the system's own delay are worked out here.
"""

from dataclasses import dataclass, replace

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from handoff.domain.choices import ClockKind, Leg
from handoff.models import Episode
from handoff.queries import agreement, legs
from reports.domain.figures import Rate, Spread
from reports.queries import feedback, kpis, scope, sla
from reports.queries.quantiles import spreads
from reports.queries.scope import Filters, Question


@dataclass(frozen=True)
class Marketing:
    """`handed` on the first leg; `target` is the agreed one for the period, None without an agreement or where the
    question is about a part of the leads only. `accepted` is of those answered; `judged` reports gave a quality."""

    leg: Leg
    handed: int
    target: float | None
    accepted: Rate
    quality: float | None
    judged: int

    @property
    def reached(self) -> float | None:
        """The share of the target that was handed over; may be above 1."""
        return self.handed / self.target if self.target else None


@dataclass(frozen=True)
class Sales:
    """One leg: promises due in the period that were kept, and the two delays of its handoffs.

    `system`: from what a lead did to the system's offer, in minutes of the clock on the wall. `human`: from the offer
    to the first contact, in working minutes.
    """

    leg: Leg
    contact: Rate
    depth: Rate
    meeting: Rate
    system: Spread
    human: Spread


@dataclass(frozen=True)
class Sides:
    marketing: Marketing
    sales: list[Sales]
    is_narrowed: bool


def sides(question: Question) -> Sides:
    """Both sides of one period: a constant number of queries for each leg in use."""
    first = of_first_leg(question)
    known = [Leg(question.filters.leg)] if question.filters.leg else legs.legs()
    return Sides(_marketing(question, first), [_sales(question, leg) for leg in known], is_narrowed(question))


def of_first_leg(question: Question) -> Question:
    """The same about what marketing hands over."""
    return _on(question, legs.legs()[0])


def is_narrowed(question: Question) -> bool:
    """Whether it is about a part of the leads, for which no target was agreed."""
    return question.viewer is not None or replace(question.filters, leg="") != Filters()


def accepted(question: Question) -> QuerySet[Episode]:
    """Of the period's episodes those that were accepted by then."""
    return scope.episodes(question).filter(accepted_at__lte=question.as_of)


def _marketing(question: Question, first: Question) -> Marketing:
    told, agreed = feedback.returns(question, comments=0), _agreed(question)
    return Marketing(
        leg=legs.legs()[0],
        handed=kpis.kpis(first).handoffs,
        target=agreed * question.period.months if agreed and not is_narrowed(question) else None,
        accepted=_accepted(first),
        quality=told.quality,
        judged=told.judged,
    )


def _agreed(question: Question) -> int | None:
    """Marketing's monthly target of the agreement that holds at the end of the period."""
    found = agreement.as_of(min(question.period.end, question.as_of))
    return found.mql_target if found else None


def _accepted(question: Question) -> Rate:
    answered = scope.episodes(question).filter(answered_at__lte=question.as_of)
    counted = answered.aggregate(n=Count("pk"), yes=Count("pk", filter=Q(accepted_at__lte=question.as_of)))
    return Rate(counted["yes"], counted["n"])


def _sales(question: Question, leg: Leg) -> Sales:
    asked = _on(question, leg)
    kept = sla.kept_by_kind(asked)
    return Sales(
        leg=leg,
        contact=kept[ClockKind.CONTACT],
        depth=kept[ClockKind.DEPTH],
        meeting=kept[ClockKind.MEETING],
        system=_system_delay(asked),
        human=sla.until_contact(asked),
    )


def _system_delay(question: Question) -> Spread:
    """Minutes from what a lead did to the offer it brought about; what people offered by hand has none."""
    delay = ExpressionWrapper(F("offered_at") - F("caused_at"), output_field=DurationField())
    caused = scope.episodes(question).filter(caused_at__isnull=False, caused_at__lte=F("offered_at"))
    found = spreads(caused.annotate(one=F("id") - F("id"), delay=delay), group="one", value="delay").get(0, Spread())
    return Spread(found.n, *(part if part is None else part / 60 for part in (found.median, found.p90)))


def _on(question: Question, leg: Leg) -> Question:
    return replace(question, filters=replace(question.filters, leg=leg.value))

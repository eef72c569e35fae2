"""What a report is asked about: a period, a moment up to which things count, and filters."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.domain.roles import Permission, Role
from accounts.models import Organization, User
from handoff.domain.choices import ClockState, Leg
from handoff.models import Clock, Episode, Handoff
from handoff.queries.legs import FIELD_LEGS
from leads.domain.industries import spellings
from leads.models import Lead
from reports.domain.periods import Period

# Employees, by the lower bound of what is known.
SIZES = {"under_50": (None, 49), "50_to_300": (50, 300), "over_300": (301, None)}


@dataclass(frozen=True)
class Filters:
    """Empty means all. `leg` empty means the legs that end in field sales."""

    team: int | None = None
    channel: int | None = None
    campaign: int | None = None
    industry: str = ""
    size: str = ""
    leg: str = ""
    every_leg: bool = False

    @property
    def legs(self) -> tuple[str, ...]:
        if self.leg:
            return (self.leg,)
        return tuple(Leg.values) if self.every_leg else FIELD_LEGS


@dataclass(frozen=True)
class Question:
    """One question to the reports; `viewer` None sees all leads, a person those visible to them."""

    period: Period
    as_of: datetime
    filters: Filters = field(default_factory=Filters)
    viewer: User | None = None

    def of_every_leg(self) -> "Question":
        """The same about each leg, unless one is named: where teams and people stand side by side, each has its own."""
        return replace(self, filters=replace(self.filters, every_leg=True))

    def previous(self) -> "Question":
        """The period before, measured at the same age, so that the two can be compared."""
        before = self.period.previous()
        return replace(self, period=before, as_of=min(self.as_of, before.end + (self.as_of - self.period.end)))


def lead_q(question: Question, prefix: str = "") -> Q:
    """The filters that are about leads, as a condition on a relation to a lead (`prefix` such as "lead__")."""
    filters = question.filters
    wanted: dict[str, Any] = {}
    if filters.channel:
        wanted["channel_id"] = filters.channel
    if filters.campaign:
        wanted["campaign_id"] = filters.campaign
    if filters.industry:
        wanted["company__industry__in"] = spellings(filters.industry)
    low, high = SIZES.get(filters.size, (None, None))
    if low:
        wanted["company__employee_count__gte"] = low
    if high:
        wanted["company__employee_count__lte"] = high
    wanted["is_present"] = True
    found = Q(**{f"{prefix}{name}": value for name, value in wanted.items()})
    if question.viewer is None:
        return found
    return found & Q(**{f"{prefix}pk__in": Lead.objects.visible_to(question.viewer).values("pk")})


def transition_q(question: Question) -> Q:
    """The filters for rows of the log: by their lead, or by the one that it was merged into."""
    return lead_q(question, "lead__") | lead_q(question, "lead__merged_into__")


def episodes(question: Question) -> QuerySet[Episode]:
    """Episodes offered in the period, withdrawn ones left out."""
    found = Episode.objects.filter(
        lead_q(question, "lead__"),
        leg__in=question.filters.legs,
        offered_at__gte=question.period.start,
        offered_at__lt=question.period.end,
    ).exclude(withdrawn_at__lte=question.as_of)
    if question.filters.team:
        of_team = Handoff.objects.filter(episode=OuterRef("pk"), team=question.filters.team)
        found = found.filter(Exists(of_team))
    return found


def clocks(question: Question) -> QuerySet[Clock]:
    """Clocks due in the period that ended as kept or broken, of the legs asked about.

    A broken one has ended when it was due, a kept one as soon as it was kept.
    """
    has_ended = Q(due_at__lte=question.as_of) | Q(state=ClockState.MET, ended_at__lte=question.as_of)
    found = Clock.objects.filter(
        has_ended,
        lead_q(question, "handoff__lead__"),
        handoff__leg__in=question.filters.legs,
        due_at__gte=question.period.start,
        due_at__lt=question.period.end,
        state__in=[ClockState.MET, ClockState.BREACHED],
    )
    if question.filters.team:
        found = found.filter(handoff__team=question.filters.team)
    return found


def leads_acquired(question: Question) -> QuerySet[Lead]:
    """Leads acquired in the period."""
    found = Lead.objects.filter(
        lead_q(question), acquired_at__gte=question.period.start, acquired_at__lt=question.period.end
    )
    return found.filter(team=question.filters.team) if question.filters.team else found


def narrowed_to(user: User, organization: Organization | None) -> User | None:
    """The person when they may not see all leads, else None, so that the usual report joins nothing for it."""
    if not user.may(Permission.SEE_LEADS):
        return user
    if user.may(Permission.SEE_ALL_HANDOFFS) or Role.INSIDE_SALES in user.roles:
        return None
    return user if organization is not None and organization.reps_see_own_team_only else None

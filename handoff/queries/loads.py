"""Who could take a handoff of a team now, and how much already lies with each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import Membership, Team, User
from accounts.queries import organization
from handoff.domain.choices import HandoffState
from handoff.models import Handoff

# Offered, or accepted and not over: it counts until the next leg, recycling, disqualifying or a result.
HELD = Q(state=HandoffState.OFFERED) | Q(state=HandoffState.ACCEPTED, closed_at__isnull=True)


@dataclass(frozen=True)
class Candidate:
    """A member who may receive, with the share of the round robin."""

    user_id: int
    weight: int
    load: int


def candidates(team: Team, *, at: datetime, excluding: Iterable[int] = ()) -> list[Candidate]:
    """Active members who receive, are present on the local day and have room."""
    day = organization.local_day(at)
    members = Membership.objects.filter(team=team, receives=True, weight__gt=0, user__is_active=True)
    members = members.exclude(user__in=list(excluding)).exclude(
        user__absences__starts_on__lte=day, user__absences__ends_on__gte=day
    )
    rows = list(members.order_by("user_id").values_list("user_id", "weight", "capacity"))
    held = loads([user_id for user_id, _weight, _capacity in rows])
    return [
        Candidate(user_id, weight, held.get(user_id, 0))
        for user_id, weight, capacity in rows
        if held.get(user_id, 0) < capacity
    ]


def is_able(user: User, *, team: Team, at: datetime) -> bool:
    """Active, present on the local day and with room, also when the team's round robin leaves them out."""
    day = organization.local_day(at)
    if not user.is_active or user.absences.filter(starts_on__lte=day, ends_on__gte=day).exists():
        return False
    capacity = Membership.objects.filter(team=team, user=user).values_list("capacity", flat=True).first()
    return capacity is None or loads([user.pk]).get(user.pk, 0) < capacity


def loads(user_ids: list[int]) -> dict[int, int]:
    """How many handoffs lie with each person."""
    held = Handoff.objects.filter(HELD, assigned_to__in=user_ids).order_by()
    return dict(held.values_list("assigned_to").annotate(number=Count("pk")))


def room(kind: str, *, at: datetime) -> int:
    """How many handoffs the people of all active teams of this kind could take now, together."""
    return sum(_room(team, at) for team in Team.objects.filter(kind=kind, is_active=True))


def _room(team: Team, at: datetime) -> int:
    able = {candidate.user_id: candidate.load for candidate in candidates(team, at=at)}
    limits = Membership.objects.filter(team=team, user__in=able).values_list("user_id", "capacity")
    return sum(capacity - able[user_id] for user_id, capacity in limits)

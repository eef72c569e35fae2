"""Who is responsible for a team's promises."""

from django.db.models import Q

from accounts.domain.roles import Role
from accounts.models import User
from handoff.models import Handoff


def receivers_of(team_id: int) -> list[int]:
    """Active members who take what lies in the team's queue."""
    found = User.objects.active().filter(memberships__team=team_id, memberships__receives=True)
    return list(found.values_list("pk", flat=True).distinct())


def who_must_act(handoff: Handoff) -> list[int]:
    """The person it lies with, or those who take from the team's queue; after a departure the team's managers."""
    if handoff.assigned_to is None:
        return receivers_of(handoff.team_id)
    return [handoff.assigned_to.pk] if handoff.assigned_to.is_active else managers_of(handoff.team_id)


def managers_of(team_id: int) -> list[int]:
    """The team's active managers; without any, the administrators."""
    leads_team = Q(memberships__team=team_id, memberships__is_manager=True)
    found = list(User.objects.active().filter(leads_team).values_list("pk", flat=True).distinct())
    return found or admins()


def admins() -> list[int]:
    """The active administrators."""
    found = User.objects.active().people().filter(role_grants__role=Role.ADMIN)
    return list(found.values_list("pk", flat=True).distinct())

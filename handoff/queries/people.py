"""Who is responsible for a team's promises."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.domain.roles import Role
from accounts.models import Membership, User
from handoff.models import Handoff
from journal.remembering import remembered


@dataclass(frozen=True)
class Hands:
    """The active people of some teams: who takes from each one's queue, and who leads it."""

    receivers: dict[int, list[int]]
    leaders: dict[int, list[int]]

    def who_must_act(self, handoff: Handoff) -> list[int]:
        """The person it lies with, or those who take from the team's queue; after a departure the team's managers."""
        if handoff.assigned_to is None:
            return self.receivers.get(handoff.team_id, [])
        return [handoff.assigned_to.pk] if handoff.assigned_to.is_active else self.managers_of(handoff.team_id)

    def managers_of(self, team_id: int) -> list[int]:
        """The team's active managers; without any, the administrators."""
        return self.leaders.get(team_id) or admins()


def hands_of(team_ids: Iterable[int]) -> Hands:
    """Asked once for all these teams."""
    members = Membership.objects.filter(team__in=set(team_ids), user__is_active=True)
    receivers: dict[int, list[int]] = defaultdict(list)
    leaders: dict[int, list[int]] = defaultdict(list)
    for team_id, user_id, receives, leads in members.order_by("user").values_list(
        "team", "user", "receives", "is_manager"
    ):
        if receives:
            receivers[team_id].append(user_id)
        if leads:
            leaders[team_id].append(user_id)
    return Hands(dict(receivers), dict(leaders))


def receivers_of(team_id: int) -> list[int]:
    """Active members who take what lies in the team's queue."""
    return hands_of([team_id]).receivers.get(team_id, [])


def managers_of(team_id: int) -> list[int]:
    """The team's active managers; without any, the administrators."""
    return hands_of([team_id]).managers_of(team_id)


@remembered
def admins() -> list[int]:
    """The active administrators."""
    found = User.objects.active().people().filter(role_grants__role=Role.ADMIN)
    return list(found.values_list("pk", flat=True).distinct())

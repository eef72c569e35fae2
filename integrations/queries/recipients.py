"""Who is told what: the receivers of a handoff, those who sent it, and those who answer for a team."""

from collections.abc import Iterable

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.models import Handoff
from handoff.queries import agreement, people


def receivers(handoff: Handoff) -> frozenset[int]:
    """The person it lies with, else everybody who receives in the team in whose queue it waits."""
    if handoff.assigned_to_id:
        return frozenset({handoff.assigned_to_id})
    return frozenset(people.receivers_of(handoff.team_id))


def managers(team_id: int | None) -> frozenset[int]:
    """The managers of the team."""
    return frozenset(people.managers_of(team_id)) if team_id else frozenset()


def of_queue(team_id: int) -> frozenset[int]:
    """All whom leads in the team's queue concern: who takes from it, and its managers."""
    return frozenset(people.receivers_of(team_id)) | managers(team_id)


def senders(handoff: Handoff) -> frozenset[int]:
    """Who handed it over; for a queue those who receive in it."""
    found = frozenset(filter(None, (handoff.sender_id, handoff.offered_by_id)))
    if found or handoff.sender_team_id is None:
        return found
    return frozenset(people.receivers_of(handoff.sender_team_id))


def everybody_before(handoff: Handoff) -> frozenset[int]:
    """All who handed this lead on, at this handoff and before: they learn what came of it."""
    earlier = Handoff.objects.filter(lead_id=handoff.lead_id, offered_at__lte=handoff.offered_at, state="accepted")
    pairs = earlier.values_list("sender_id", "offered_by_id")
    return senders(handoff) | frozenset(filter(None, (person for pair in pairs for person in pair)))


def who_agree(sides: Iterable[str]) -> frozenset[int]:
    """Those who may agree to the SLA agreement for one of these departments."""
    return frozenset(pk for side in sides for pk in agreement.managers_of(side).values_list("pk", flat=True))


def publishers() -> frozenset[int]:
    """Those who may publish scoring rules."""
    found = User.objects.active().people().who_may(Permission.PUBLISH_RULES)
    return frozenset(found.values_list("pk", flat=True))

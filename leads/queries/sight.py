"""Which teams work on a lead: where reps see only their own teams' leads, these must not lose it."""

from accounts.domain.roles import TeamKind
from accounts.models import Membership, Organization
from leads.models import Lead


def of(lead: Lead) -> set[int]:
    """The field teams that see this lead because it is theirs; none where everybody sees all."""
    if not Organization.objects.filter(reps_see_own_team_only=True).exists():
        return set()
    teams = {lead.team_id} if lead.team_id else set()
    if lead.owner_id:
        teams |= set(Membership.objects.filter(user=lead.owner_id).values_list("team", flat=True))
    field = Membership.objects.filter(team__in=teams, team__kind=TeamKind.FIELD)
    return set(field.values_list("team", flat=True))

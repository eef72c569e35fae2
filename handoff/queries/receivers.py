"""Who can receive on a leg: the active teams of its kind, and the people who receive in them."""

from collections.abc import Iterable, Sequence

from accounts.models import Membership, Team, User
from handoff.models import HandoffRule, RoutingRule
from handoff.queries import legs


def teams(leg: str) -> list[Team]:
    """In the order in which they were made: the first one takes what no rule decides."""
    return list(Team.objects.filter(kind=legs.RECEIVING[leg], is_active=True).order_by("id"))


def people(leg: str) -> list[User]:
    """By name in kana order."""
    receiving = (
        User.objects.active()
        .people()
        .filter(
            memberships__team__kind=legs.RECEIVING[leg], memberships__team__is_active=True, memberships__receives=True
        )
    )
    return list(receiving.distinct().order_by("last_name", "first_name", "pk"))


def can_receive(target: User | Team, leg: str) -> bool:
    """Whether a rule that names them leads somewhere on this leg."""
    return target in (people(leg) if isinstance(target, User) else teams(leg))


def of_rule(rule: HandoffRule | RoutingRule) -> User | Team | None:
    """Whom the rule names; a person before a team, as the route takes them."""
    return rule.to_user or rule.to_team


def teams_of_rules(rules: Sequence[HandoffRule | RoutingRule], leg: str) -> list[Team | None]:
    """The team of each rule in which its receiver takes leads of this leg; None where the rule leads nowhere.

    A team that was closed takes none, nor does one of another kind, which a handoff rule may name from the time when
    the organisation ran other legs. The rules' teams are read with them; one query for all the people they name.
    """
    teams = _teams_of((rule.to_user_id for rule in rules if rule.to_user_id is not None), leg)
    return [teams.get(rule.to_user_id) if rule.to_user_id else _open(rule.to_team, leg) for rule in rules]


def team_of_rule(rule: HandoffRule | RoutingRule, leg: str) -> Team | None:
    """`teams_of_rules` for a single one."""
    return teams_of_rules([rule], leg)[0]


def team_of(user: User, leg: str) -> Team | None:
    """The first active team of the person's that receives on this leg."""
    return _teams_of([user.pk], leg).get(user.pk)


def _open(team: Team | None, leg: str) -> Team | None:
    return team if team is not None and team.kind == legs.RECEIVING[leg] and team.is_active else None


def _teams_of(people: Iterable[int], leg: str) -> dict[int, Team]:
    """{person: their first active team that receives on this leg}, of whom there is one."""
    places = Membership.objects.filter(user__in=set(people), team__kind=legs.RECEIVING[leg], team__is_active=True)
    # The first is written last.
    return {place.user_id: place.team for place in places.select_related("team").order_by("-team_id")}

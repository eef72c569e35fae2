"""Who can receive on a leg: the active teams of its kind, and the people who receive in them."""

from accounts.models import Team, User
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


def team_of_rule(rule: HandoffRule | RoutingRule, leg: str) -> Team | None:
    """The team in which the rule's receiver takes leads of this leg; None when the rule leads nowhere.

    A team that was closed takes none, nor does one of another kind, which a handoff rule may name from the time when
    the organisation ran other legs.
    """
    if rule.to_user is not None:
        return team_of(rule.to_user, leg)
    team = rule.to_team
    return team if team is not None and team.kind == legs.RECEIVING[leg] and team.is_active else None


def team_of(user: User, leg: str) -> Team | None:
    """The first active team of the person's that receives on this leg."""
    return Team.objects.filter(memberships__user=user, kind=legs.RECEIVING[leg], is_active=True).order_by("id").first()

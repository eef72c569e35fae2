"""Decides who receives a handoff: a named one, who knows the company, the first rule, the team's round robin."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.queries import organization
from handoff.domain.choices import HandoffState
from handoff.models import Handoff, HandoffRule, RoutingPointer, RoutingRule
from handoff.queries import eligible, legs, loads, receivers
from handoff.queries.loads import Candidate
from journal.errors import FieldError, Invalid
from journal.transactions import retried
from leads.models import Lead
from leads.queries import conditions


class NoReceiver(Invalid):
    """No team receives on this leg."""

    code = "no_receiver"
    message = _("No one receives handoffs on this leg yet. Create a team of this kind in Settings.")


class WrongReceiver(Invalid):
    """The person or team named cannot receive on this leg."""

    code = "wrong_receiver"
    message = _("%(name)s doesn't receive handoffs on this leg.")


@dataclass(frozen=True)
class Receiver:
    """A person of a team, or (user None) the team's queue; `because` says why, in one word, `rule` by which rule."""

    team: Team
    user: User | None
    because: str
    rule: HandoffRule | RoutingRule | None = None


def route(
    *,
    lead: Lead,
    leg: str,
    at: datetime,
    to: User | Team | None = None,
    rule: HandoffRule | None = None,
    excluding: Iterable[int] = (),
) -> Receiver:
    """The receiver; moves the team's round robin in the caller's transaction. Raises NoReceiver, WrongReceiver."""
    if isinstance(to, User):
        return Receiver(_team_of(to, leg), to, "named")
    if isinstance(to, Team):
        return _within_team(_checked(to, leg), at, excluding, "named_team")
    known = _who_knows_company(lead, leg, at, excluding)
    if known is not None:
        return known
    return _by_rule(lead, leg, at, rule, excluding)


@retried
def rehearse(*, lead: Lead, leg: str, at: datetime) -> Receiver:
    """Who would get the lead if it were handed over now by the rules; nothing moves. Raises NoReceiver."""
    rule = eligible.rule_for(lead, at=at) if legs.is_first(leg) else None
    with transaction.atomic():
        receiver = route(lead=lead, leg=leg, at=at, rule=rule)
        transaction.set_rollback(True)  # the round robin's pointer has moved
    return receiver


def next_in_team(*, team: Team, at: datetime, excluding: Iterable[int]) -> User | None:
    """The round robin's next, None when nobody is left."""
    return _round_robin(team, loads.candidates(team, at=at, excluding=excluding), at)


def _who_knows_company(lead: Lead, leg: str, at: datetime, excluding: Iterable[int]) -> Receiver | None:
    """Who last accepted a handoff of the company, if able to take more; an offer nobody answered proves nothing."""
    if lead.company_id is None:
        return None
    known = Handoff.objects.filter(
        lead__company=lead.company_id,
        leg=leg,
        state=HandoffState.ACCEPTED,
        team__kind=legs.RECEIVING[leg],
        team__is_active=True,
    )
    latest = known.select_related("team", "assigned_to").order_by("-answered_at", "-id").first()
    if latest is None:
        return None
    able = {candidate.user_id for candidate in loads.candidates(latest.team, at=at, excluding=excluding)}
    return Receiver(latest.team, latest.assigned_to, "company") if latest.assigned_to_id in able else None


def _by_rule(lead: Lead, leg: str, at: datetime, rule: HandoffRule | None, excluding: Iterable[int]) -> Receiver:
    gone = set(excluding)
    if rule is not None and (found := _as_ruled(rule, leg, at, gone, "handoff_rule")) is not None:
        return found
    for candidate in _rules(leg):
        if not conditions.matches(candidate.condition, lead, on=organization.local_day(at)):
            continue
        if (found := _as_ruled(candidate, leg, at, gone, "rule")) is not None:
            return found
    return _within_team(default_team(leg), at, gone, "round_robin")


def _as_ruled(rule: HandoffRule | RoutingRule, leg: str, at: datetime, gone: set[int], because: str) -> Receiver | None:
    """The person the rule names (`because` says `…_person`); while they are away or full their team's next one.
    None when it leads nowhere."""
    team = receivers.team_of_rule(rule, leg)
    if team is None:
        return None
    user = rule.to_user
    if user is not None and user.pk not in gone and loads.is_able(user, team=team, at=at):
        return Receiver(team, user, f"{because}_person", rule)
    return replace(_within_team(team, at, gone, because), rule=rule)


def default_team(leg: str) -> Team:
    """The first active team that receives on this leg. Raises NoReceiver."""
    team = Team.objects.filter(kind=legs.RECEIVING[leg], is_active=True).order_by("id").first()
    if team is None:
        raise NoReceiver
    return team


def _rules(leg: str) -> Iterable[RoutingRule]:
    return RoutingRule.objects.filter(leg=leg).select_related("to_team", "to_user").order_by("position", "id")


def _within_team(team: Team, at: datetime, excluding: Iterable[int], because: str) -> Receiver:
    user = next_in_team(team=team, at=at, excluding=excluding)
    return Receiver(team, user, because if user else "queue")


def _round_robin(team: Team, able: list[Candidate], at: datetime) -> User | None:
    """Smooth weighted round robin: everybody able gains their weight, the richest is chosen and pays the sum.

    Only those able now gain, so nobody who comes back is flooded; the credit is stored, so that no run starts
    with the same person again.
    """
    if not able:
        return None
    pointers = _pointers(team, able)
    total = sum(candidate.weight for candidate in able)
    for candidate in able:
        pointers[candidate.user_id].credit += candidate.weight
    chosen = max(pointers.values(), key=lambda pointer: (pointer.credit, -_served(pointer), -pointer.user_id))
    chosen.credit -= total
    chosen.assigned += 1
    chosen.last_assigned_at = at
    RoutingPointer.objects.bulk_update(pointers.values(), ["credit", "assigned", "last_assigned_at"])
    return chosen.user


def _pointers(team: Team, able: list[Candidate]) -> dict[int, RoutingPointer]:
    ids = [candidate.user_id for candidate in able]
    # The team's row is the lock: two offers at once must not read the same credit.
    Team.objects.select_for_update().get(pk=team.pk)
    found = {pointer.user_id: pointer for pointer in _stored_pointers(team, ids)}
    if len(found) < len(ids):
        new = [RoutingPointer(team=team, user_id=pk) for pk in ids if pk not in found]
        RoutingPointer.objects.bulk_create(new, ignore_conflicts=True)
        found = {pointer.user_id: pointer for pointer in _stored_pointers(team, ids)}
    return found


def _stored_pointers(team: Team, user_ids: list[int]) -> QuerySet[RoutingPointer]:
    return RoutingPointer.objects.filter(team=team, user__in=user_ids).select_related("user").order_by("user_id")


def _served(pointer: RoutingPointer) -> float:
    return pointer.last_assigned_at.timestamp() if pointer.last_assigned_at else 0


def _team_of(user: User, leg: str) -> Team:
    team = receivers.team_of(user, leg)
    if team is None or not user.is_active:
        raise WrongReceiver(errors=[FieldError("to", "wrong_receiver", str(user))], name=user.name)
    return team


def _checked(team: Team, leg: str) -> Team:
    if team.kind != legs.RECEIVING[leg] or not team.is_active:
        raise WrongReceiver(errors=[FieldError("to", "wrong_receiver", str(team))], name=team.name)
    return team

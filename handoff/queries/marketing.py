"""Who stands for marketing as a lead's owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.domain.roles import Role, TeamKind
from accounts.models import Membership, Team, User
from accounts.models.people import UserQuerySet
from handoff.models import Handoff
from handoff.queries import legs, people
from leads.models import Lead


@dataclass(frozen=True)
class Keeper:
    """A person, or without one a team's queue. Neither only where nobody has been set up yet."""

    owner_id: int | None
    team_id: int | None

    @property
    def is_nobody(self) -> bool:
        return self.owner_id is None and self.team_id is None


def keeper_of(lead: Lead) -> Keeper:
    """The lead's last active marketing owner, else who imported it, else the marketing team's queue."""
    return keepers_of([lead])[lead.pk]


def keepers_of(leads: Iterable[Lead]) -> dict[int, Keeper]:
    """The same for many leads in a fixed number of queries."""
    rows = list(leads)
    senders = _latest_senders([lead.pk for lead in rows])
    named = {pk for lead in rows for pk in (lead.owner_id, lead.imported_by_id) if pk} | set(senders.values())
    marketers = set(_active(named).with_role(Role.MARKETER).values_list("pk", flat=True))
    active = set(_active(named).values_list("pk", flat=True))
    teams = _teams_of(active)
    queue = marketing_team_id()
    return {lead.pk: _keeper(lead, senders.get(lead.pk), marketers, active, teams, queue) for lead in rows}


def marketing_team_id() -> int | None:
    """The marketing team whose queue takes what nobody owns."""
    found = Team.objects.filter(kind=TeamKind.MARKETING, is_active=True).order_by("id")
    return found.values_list("pk", flat=True).first()


def team_of(user_id: int) -> int | None:
    """The person's marketing team, else the one whose queue takes what nobody owns."""
    return _teams_of([user_id]).get(user_id) or marketing_team_id()


def _keeper(
    lead: Lead, sender: int | None, marketers: set[int], active: set[int], teams: dict[int, int], queue: int | None
) -> Keeper:
    asked = [pk for pk in (lead.owner_id, sender) if pk in marketers] + [
        pk for pk in (lead.imported_by_id,) if pk in active
    ]
    if asked:
        return Keeper(asked[0], teams.get(asked[0], queue))
    if queue is not None:
        return Keeper(None, queue)
    return Keeper(next(iter(people.admins()), lead.owner_id), lead.team_id)


def _active(user_ids: Iterable[int | None]) -> UserQuerySet:
    return User.objects.active().filter(pk__in=[pk for pk in user_ids if pk])


def _teams_of(user_ids: Iterable[int]) -> dict[int, int]:
    """The marketing team of each person who has one."""
    found = Membership.objects.filter(user__in=user_ids, team__kind=TeamKind.MARKETING, team__is_active=True)
    return dict(found.order_by("-id").values_list("user_id", "team_id"))


def _latest_senders(lead_ids: list[int]) -> dict[int, int]:
    """Who handed each over for marketing last and is still here; a second leg's sender is inside sales."""
    marketers = User.objects.active().with_role(Role.MARKETER).values("pk")
    found = Handoff.objects.filter(lead__in=lead_ids, leg__in=legs.FIRST_LEGS, sender__in=marketers).order_by("id")
    return dict(found.values_list("lead_id", "sender_id"))

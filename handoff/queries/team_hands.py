"""What lies in the hands of each person of a team: for the one who leads it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q

from accounts.domain.roles import Permission
from accounts.interface.figures import listed
from accounts.models import Absence, Membership, User
from accounts.queries import organization
from handoff.domain.choices import ClockState, HandoffState
from handoff.domain.duties import PROMISED
from handoff.models import Clock, Handoff
from handoff.queries import faces
from handoff.queries.duties import rows_of
from handoff.queries.faces import TimedDuty
from leads.domain.choices import DueKind
from leads.models import Lead

HELD = (HandoffState.OFFERED, HandoffState.ACCEPTED)
CERTAIN = 20
FAR = timedelta(days=3650)


@dataclass(frozen=True)
class Member:
    """One person of the teams one leads, once whatever the number of their teams, with what lies in their hands."""

    user: User
    team: str
    answer: int
    contact: int
    feedback: int
    nearest: TimedDuty | None
    load: int
    capacity: int
    away_until: date | None
    met: int
    due: int

    @property
    def is_rate_certain(self) -> bool:
        """Under 20 promises a share says nothing; the two numbers are shown instead."""
        return self.due >= CERTAIN


def team_in_hand(*, user: User, at: datetime) -> list[Member]:
    """The receivers of the teams this person manages (all teams for an administrator), the fullest hands first.

    Five queries, whatever the size of the teams.
    """
    places = _places(user)
    people = list(places)
    owed = _owed(people)
    nearest = {timed.duty.lead.owner_id: timed for timed in reversed(_nearest(people, at)) if timed.duty.lead}
    held, kept, away = _held(people), _kept_this_month(people, at), _away(people, at)
    members = [
        Member(
            user=theirs[0].user,
            team=listed(place.team.name for place in theirs),
            answer=owed.get((pk, DueKind.ANSWER), 0),
            contact=owed.get((pk, DueKind.CONTACT), 0),
            feedback=owed.get((pk, DueKind.FEEDBACK), 0),
            nearest=nearest.get(pk),
            load=held.get(pk, 0),
            # What lies with a person counts against the limit of each team: the widest is where nothing more fits.
            capacity=max(place.capacity for place in theirs),
            away_until=away.get(pk),
            met=kept.get(pk, (0, 0))[0],
            due=kept.get(pk, (0, 0))[1],
        )
        for pk, theirs in places.items()
    ]
    return sorted(members, key=lambda member: member.nearest.duty.due_at if member.nearest else at + FAR)


def _places(user: User) -> dict[int, list[Membership]]:
    """The places of each person, in the order of the teams' names."""
    places = Membership.objects.filter(receives=True, user__is_active=True, team__is_active=True)
    if not user.may(Permission.MANAGE_PEOPLE):
        places = places.filter(team__in=user.team_ids)
    found: dict[int, list[Membership]] = {}
    for place in places.select_related("user", "team").order_by("team__name", "user_id"):
        found.setdefault(place.user_id, []).append(place)
    return found


def _owed(people: list[int]) -> dict[tuple[int, str], int]:
    found = Lead.objects.present().filter(owner__in=people, due_kind__in=PROMISED).order_by()
    return {
        (row["owner"], row["due_kind"]): row["number"]
        for row in found.values("owner", "due_kind").annotate(number=Count("pk"))
    }


def _nearest(people: list[int], at: datetime) -> list[TimedDuty]:
    """Of each person the duty that is due first."""
    first = Lead.objects.present().filter(owner__in=people, due_kind__in=PROMISED).order_by()
    firsts = first.values("owner").annotate(soonest=Min("due_at")).values_list("owner", "soonest")
    spot = Q(pk__in=[])
    for owner, soonest in firsts:
        spot |= Q(owner=owner, due_at=soonest)
    found = Lead.objects.present().filter(spot, due_kind__in=PROMISED).select_related("joined")
    rows = rows_of(found.order_by("due_at", "id"))
    return faces.of_duties(rows, at=at)


def _kept_this_month(people: list[int], at: datetime) -> dict[int, tuple[int, int]]:
    """Of the promises due this month so far: kept, and kept or broken, by who holds the handoff."""
    since = organization.midnight_of(organization.local_day(at).replace(day=1))
    due = Clock.objects.filter(handoff__assigned_to__in=people, due_at__gte=since, due_at__lte=at)
    met = Count("pk", filter=Q(state=ClockState.MET))
    over = Count("pk", filter=Q(state__in=[ClockState.MET, ClockState.BREACHED]))
    rows = due.order_by().values("handoff__assigned_to").annotate(met=met, over=over)
    return {row["handoff__assigned_to"]: (row["met"], row["over"]) for row in rows}


def _held(people: list[int]) -> dict[int, int]:
    """What counts against the capacity: offered, or accepted and not over."""
    held = Handoff.objects.filter(assigned_to__in=people, closed_at__isnull=True, state__in=HELD).order_by()
    return dict(held.values_list("assigned_to").annotate(number=Count("pk")))


def _away(people: list[int], at: datetime) -> dict[int, date]:
    day = organization.local_day(at)
    away = Absence.objects.filter(user__in=people, starts_on__lte=day, ends_on__gte=day)
    return dict(away.order_by("ends_on").values_list("user", "ends_on"))

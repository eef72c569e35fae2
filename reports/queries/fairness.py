"""Who was given how many leads of a team, against weight, present days and capacity, with what moved it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.models import Absence, Membership, Team, User
from handoff.domain.calendar import WorkCalendar
from handoff.domain.choices import HandoffState, Leg
from handoff.models import Handoff
from handoff.queries import calendars, legs
from reports.domain import fairness as arithmetic
from reports.domain.fairness import Taken, Weights
from reports.queries import scope
from reports.queries.scope import Question

Place = tuple[int, int]
# Answered, an accepted handoff still lies with its receiver.
_LYING = (HandoffState.OFFERED, HandoffState.ACCEPTED)


@dataclass(frozen=True)
class Row:
    """One person of a team on a leg. `expected` is None where nobody of the team has a share; `is_member` says whether
    the person receives in the team today: weight and capacity are today's."""

    person: User
    taken: Taken
    weights: Weights
    absent_days: int
    full_days: float
    expected: float | None
    is_member: bool

    @property
    def deviation(self) -> float | None:
        """Leads more (or less) than expected."""
        return None if self.expected is None else self.taken.number - self.expected


@dataclass(frozen=True)
class Group:
    """One team on one leg, who has most more than expected first."""

    leg: Leg
    team: Team
    number: int
    rows: list[Row]


@dataclass(frozen=True)
class _Read:
    """What was read of the period: who was given what, who takes turns, their calendars, absences and loads."""

    given: dict[tuple[str, Place], dict[str, int]]
    members: dict[Place, tuple[int, int]]
    people: dict[int, User]
    calendars: dict[Place, WorkCalendar]
    first: date
    last: date
    absences: dict[int, list[tuple[date, date]]]
    held: dict[int, list[tuple[datetime, datetime | None]]]
    start: datetime
    end: datetime


def fairness(question: Question) -> list[Group]:
    """Every team that was given leads in the period or receives on the legs asked about; a constant number of queries."""
    given = _given(question)
    used = set(legs.legs()) | {leg for leg, _place in given}
    asked = [Leg(leg) for leg in question.filters.legs if leg in used]
    members = _members(question, asked)
    read = _read(question, given, members)
    teams = Team.objects.filter(pk__in={team for _person, team in read.calendars}).order_by("pk")
    spots = [(leg, team, _places(read, leg, team)) for team in teams for leg in asked]
    return [_group(read, leg, team, places) for leg, team, places in spots if places]


def _read(
    question: Question, given: dict[tuple[str, Place], dict[str, int]], members: dict[Place, tuple[int, int]]
) -> _Read:
    places = {place for _leg, place in given} | set(members)
    people = User.objects.in_bulk({person for person, _team in places})
    today = question.as_of.astimezone(question.period.zone).date()
    first, last = question.period.from_on, min(question.period.last_on, today)
    return _Read(
        given=given,
        members=members,
        people=people,
        calendars=calendars.for_receivers(places),
        first=first,
        last=last,
        absences=_absences(people, first, last),
        held=_held(question, people),
        start=question.period.start,
        end=max(question.period.start, min(question.period.end, question.as_of)),
    )


def _places(read: _Read, leg: Leg, team: Team) -> list[Place]:
    """Who belongs to the team on this leg: whose turn comes round there, and who was given a lead."""
    turns = {place for place in read.members if place[1] == team.pk and team.kind == legs.RECEIVING[leg]}
    return sorted(turns | {place for on, place in read.given if on == leg and place[1] == team.pk})


def _group(read: _Read, leg: Leg, team: Team, places: list[Place]) -> Group:
    taken = [Taken(dict(read.given.get((leg, place), {}))) for place in places]
    weights = [_weights(read, place) for place in places]
    expected = arithmetic.expected([one.number for one in taken], weights)
    rows = [_row(read, *values) for values in zip(places, taken, weights, expected, strict=True)]
    rows.sort(key=lambda row: (-(row.deviation or 0), -row.taken.number, row.person.pk))
    return Group(leg, team, sum(one.number for one in taken), rows)


def _row(read: _Read, place: Place, taken: Taken, weights: Weights, expected: float | None) -> Row:
    person, member = place[0], read.members.get(place)
    spans = read.held[person]
    full = arithmetic.days_full(spans, capacity=member[1], start=read.start, end=read.end) if member else 0.0
    return Row(
        person=read.people[person],
        taken=taken,
        weights=weights,
        absent_days=_absent(read, place),
        full_days=full,
        expected=expected,
        is_member=member is not None,
    )


def _given(question: Question) -> dict[tuple[str, Place], dict[str, int]]:
    """{(leg, (person, team)): {way: number}} of the handoffs offered in the period; withdrawn ones are none."""
    rows = Handoff.objects.filter(
        scope.lead_q(question, "lead__"),
        leg__in=question.filters.legs,
        offered_at__gte=question.period.start,
        offered_at__lt=question.period.end,
        offered_at__lte=question.as_of,
        assigned_to__isnull=False,
    ).exclude(state=HandoffState.WITHDRAWN)
    if question.filters.team:
        rows = rows.filter(team=question.filters.team)
    found: dict[tuple[str, Place], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for leg, person, team, because, offered, assigned in rows.values_list(
        "leg", "assigned_to", "team", "routed_because", "offered_at", "assigned_at"
    ):
        way = arithmetic.way_of(because, was_reassigned=assigned > offered)
        found[leg, (person, team)][way] += 1
    return found


def _members(question: Question, asked: list[Leg]) -> dict[Place, tuple[int, int]]:
    """{(person, team): (weight, capacity)} of everybody whose turn comes round in the teams of these legs."""
    rows = Membership.objects.filter(
        team__kind__in={legs.RECEIVING[leg] for leg in asked},
        team__is_active=True,
        receives=True,
        weight__gt=0,
        user__is_active=True,
    )
    if question.filters.team:
        rows = rows.filter(team=question.filters.team)
    return {
        (person, team): (weight, capacity)
        for person, team, weight, capacity in rows.values_list("user", "team", "weight", "capacity")
    }


def _absences(people: dict[int, User], first: date, last: date) -> dict[int, list[tuple[date, date]]]:
    rows = Absence.objects.filter(user__in=people, starts_on__lte=last, ends_on__gte=first).order_by("starts_on")
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for person, begin, end in rows.values_list("user", "starts_on", "ends_on"):
        away[person].append((max(begin, first), min(end, last)))
    return away


def _weights(read: _Read, place: Place) -> Weights:
    weight, capacity = read.members.get(place, (0, 0))
    whole = _working_days(read.calendars[place], read.first, read.last)
    return Weights(weight, capacity, whole - _absent(read, place))


def _absent(read: _Read, place: Place) -> int:
    """Working days of the person's absences, days of two counted once."""
    absent, until = 0, read.first - timedelta(days=1)
    for begin, end in read.absences.get(place[0], []):
        absent += _working_days(read.calendars[place], max(begin, until + timedelta(days=1)), end)
        until = max(until, end)
    return absent


def _working_days(calendar: WorkCalendar, first: date, last: date) -> int:
    return calendar.working_days_between(first - timedelta(days=1), last)


def _held(question: Question, people: dict[int, User]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """{person: from when until when each handoff lay with them} of all that did so in the period."""
    rows = Handoff.objects.filter(assigned_to__in=people, assigned_at__lt=question.period.end)
    rows = rows.exclude(closed_at__lte=question.period.start)
    # One that was refused or passed on has no other end than its answer; without this all of years would be read.
    rows = rows.exclude(~Q(state__in=_LYING), closed_at__isnull=True, answered_at__lte=question.period.start)
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for person, state, assigned, answered, closed in rows.values_list(
        "assigned_to", "state", "assigned_at", "answered_at", "closed_at"
    ):
        ended = closed if state in _LYING else closed or answered
        found[person].append((assigned, ended))
    return found

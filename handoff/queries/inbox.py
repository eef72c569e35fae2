"""What lies before one receiver: answers, first contacts, results owed, in the order of time left."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.interface.clock_faces import ClockFace
from accounts.models import User
from handoff.domain.calendar import WorkCalendar
from handoff.domain.choices import ClockKind, HandoffState, Leg
from handoff.domain.promises import ESCALATE, Moment
from handoff.models import Alert, Clock, Handoff, Pause
from handoff.queries import faces, holidays, latest_contacts, pauses, people
from leads.domain.choices import DueKind
from leads.models import Lead

ANSWER, CONTACT, QUALIFY, REPORT = "answer", "contact", "qualify", "feedback"
KINDS = (ANSWER, CONTACT, QUALIFY, REPORT)
RELATED = ("lead__company", "lead__score", "episode", "team", "assigned_to", "sender")
MOST = 100


@dataclass(frozen=True)
class Card:
    """One handoff that this person owes something on."""

    handoff: Handoff
    kind: str
    due_at: datetime
    face: ClockFace
    moves_at: datetime | None = None
    told: tuple[str, ...] = ()
    holidays: tuple[tuple[date, str], ...] = ()
    pause: Pause | None = None
    contacted_at: datetime | None = None

    @property
    def lead(self) -> Lead:
        return self.handoff.lead


def cards(*, user: User, at: datetime) -> list[Card]:
    """Everything that this person owes on handoffs, nearest deadline first; a fixed number of queries."""
    rows = list(owed(user).select_related(*RELATED)[:MOST])
    clocks = _clocks(rows)
    known, told = faces.Calendars(), _told(rows, clocks, at)
    stood = pauses.by_handoff([row.pk for row in rows])
    found = [_card(row, clocks, told, at, known, stood[row.pk]) for row in rows]
    contacted = latest_contacts.by_handoff(rows)
    shown = (replace(card, contacted_at=contacted.get(card.handoff.pk)) for card in found if card is not None)
    return sorted(shown, key=lambda card: (card.due_at, card.handoff.pk))


def owed(user: User) -> QuerySet[Handoff]:
    """Unanswered ones for this person or a queue of theirs, and accepted ones that are not over."""
    open_ones = Q(state=HandoffState.OFFERED) & (
        Q(assigned_to=user) | Q(assigned_to__isnull=True, team__in=user.team_ids)
    )
    held = Q(state=HandoffState.ACCEPTED, assigned_to=user, closed_at__isnull=True)
    return Handoff.objects.filter(open_ones | held).order_by("answer_due_at")


def kind_of(handoff: Handoff) -> str:
    """What is owed next on this handoff."""
    if handoff.state == HandoffState.OFFERED:
        return ANSWER
    if handoff.first_contact_at is None:
        return CONTACT
    return QUALIFY if handoff.leg == Leg.MARKETING_TO_INSIDE else REPORT


def is_asked_sooner(handoff: Handoff, kind: str) -> bool:
    """The refusal of a handover set a duty before the promise to qualify: that is what falls due first."""
    return kind == QUALIFY and handoff.lead.due_kind == DueKind.HEARING and handoff.lead.due_at is not None


def card_of(handoff: Handoff, *, at: datetime) -> Card | None:
    """The card of one handoff, None when nothing is owed on it."""
    if handoff.state not in (HandoffState.OFFERED, HandoffState.ACCEPTED) or handoff.closed_at is not None:
        return None
    clocks = _clocks([handoff])
    stood = pauses.by_handoff([handoff.pk])[handoff.pk]
    card = _card(handoff, clocks, _told([handoff], clocks, at), at, faces.Calendars(), stood)
    contacted = latest_contacts.by_handoff([handoff]).get(handoff.pk)
    return replace(card, contacted_at=contacted) if card is not None else None


def _clocks(rows: Iterable[Handoff]) -> dict[tuple[int, str], Clock]:
    found = Clock.objects.filter(handoff__in=[row.pk for row in rows]).order_by("id")
    return {(clock.handoff_id, clock.kind): clock for clock in found}


def _told(rows: Iterable[Handoff], clocks: dict[tuple[int, str], Clock], at: datetime) -> dict[int, tuple[str, ...]]:
    """By clock the family names of the managers who have been told that the answer is late.

    The sweep tells a little after the due time.
    """
    teams = {row.pk: row.team_id for row in rows}
    answers = {clock.pk: clock for (_handoff, kind), clock in clocks.items() if kind == ClockKind.ANSWER}
    late = {pk: teams[clock.handoff_id] for pk, clock in answers.items() if clock.due_at < at}
    managers = {team: set(people.managers_of(team)) for team in set(late.values())}
    told = Alert.people.through.objects.filter(alert__clock__in=late, alert__kind=Alert.Kind.BREACH).order_by("user")
    names: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for clock_id, user_id, name in told.values_list("alert__clock", "user", "user__last_name"):
        if user_id in managers[late[clock_id]]:
            names[clock_id] += (name,)
    return names


def _card(
    handoff: Handoff,
    clocks: dict[tuple[int, str], Clock],
    told: dict[int, tuple[str, ...]],
    at: datetime,
    known: faces.Calendars,
    stood: Sequence[Pause],
) -> Card | None:
    kind = kind_of(handoff)
    clock = clocks.get((handoff.pk, kind))
    due_at = _due_at(handoff, kind, clock)
    if due_at is None:
        return None
    calendar = known.get(clock.calendar_id if clock else None)
    about = {"started_at": clock.started_at, "pauses": stood} if clock else {}
    face = faces.face(due_at=due_at, at=at, calendar=calendar, **about)
    moves_at = _moves_at(clock) if kind == ClockKind.ANSWER and face.remaining < 0 else None
    names = told.get(clock.pk, ()) if moves_at and clock else ()
    between = _holidays(at, due_at, known.get(None)) if due_at - at < timedelta(days=8) else ()
    return Card(handoff, kind, due_at, face, moves_at, names, between, pauses.standing_of(stood))


def _due_at(handoff: Handoff, kind: str, clock: Clock | None) -> datetime | None:
    if is_asked_sooner(handoff, kind):
        return handoff.lead.due_at
    if clock:
        return clock.due_at
    if kind == CONTACT:
        return handoff.contact_due_at
    return handoff.feedback_due_at or handoff.lead.due_at


def _moves_at(clock: Clock | None) -> datetime | None:
    """When an unanswered handoff goes to somebody else."""
    ahead = [Moment.read(stored) for stored in clock.events] if clock else []
    return next((moment.at for moment in ahead if moment.kind == ESCALATE), None)


def _holidays(at: datetime, due_at: datetime, calendar: WorkCalendar) -> tuple[tuple[date, str], ...]:
    """Public holidays on the way to the due time: they explain themselves."""
    first, last = calendar.local_day(at), calendar.local_day(due_at)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    named = ((day, holidays.holiday_name(day)) for day in days if day.weekday() < 5)
    return tuple((day, name) for day, name in named if name)

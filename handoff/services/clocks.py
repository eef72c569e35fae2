"""The life of a promise: started, met, cancelled, moved when its calendar, policy or person changes.

Every moment at which something must happen is computed here once and stored, so that the sweep is one indexed
query. Rows are locked in one order, handoff before clock, here as in the sweep.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Team, User
from handoff.domain.calendar import WorkCalendar
from handoff.domain.choices import OF_THE_PERSON, ClockKind, ClockState
from handoff.domain.pauses import Interval
from handoff.domain.promises import BREACH, ESCALATE, Moment, Promise, moments
from handoff.models import Clock, Handoff, Pause
from handoff.queries import calendars, policies
from handoff.services import alerts, duties, holding
from journal.transactions import retried

# The columns of a handoff that repeat a clock's due time for lists; qualify has none.
DUE_COLUMNS = {
    ClockKind.ANSWER: "answer_due_at",
    ClockKind.CONTACT: "contact_due_at",
    ClockKind.FEEDBACK: "feedback_due_at",
}

# What a clock keeps of its promise.
LENGTH = ("minutes", "working_days", "touches")


@dataclass(frozen=True)
class Plan:
    """What a clock would be: its promise, its calendar and its moments."""

    promise: Promise
    calendar_id: int
    moments: tuple[Moment, ...]

    @property
    def due_at(self) -> datetime:
        return next(moment.at for moment in self.moments if moment.kind == BREACH)


def due_at(*, kind: str, leg: str, band: str, user: User | None, team: Team | None, at: datetime) -> datetime:
    """When a promise made now would be due for this receiver. Raises NoWorkingTime."""
    promise = policies.promise_for(kind=kind, leg=leg, band=band)
    return promise.due_at(calendars.for_receiver(user=user, team=team), at)


@retried
def start(*, handoff: Handoff, kind: str, at: datetime, calendar: WorkCalendar | None = None) -> Clock:
    """Starts the clock of this kind at `at`; the one that already runs is returned as it is. Raises NoWorkingTime."""
    running = handoff.clocks.filter(kind=kind, state=ClockState.RUNNING).first()
    if running is not None:
        return running
    [clock] = begin(handoff=handoff, kinds=[kind], at=at, calendar=calendar)
    return clock


def begin(*, handoff: Handoff, kinds: Sequence[str], at: datetime, calendar: WorkCalendar | None = None) -> list[Clock]:
    """Starts these clocks, of which none runs yet, in the caller's transaction. Raises NoWorkingTime."""
    counted = calendar or _calendar_of(handoff)
    pauses = _intervals(handoff.pauses.all())
    started = Clock.objects.bulk_create([_clock(handoff, kind, at, counted, pauses) for kind in kinds])
    due = {DUE_COLUMNS[clock.kind]: clock.due_at for clock in started if clock.kind in DUE_COLUMNS}
    told = {name: moment for name, moment in due.items() if getattr(handoff, name) != moment}
    if told:
        Handoff.objects.filter(pk=handoff.pk).update(**told)
        for name, moment in told.items():
            setattr(handoff, name, moment)
    return started


def _clock(handoff: Handoff, kind: str, at: datetime, calendar: WorkCalendar, pauses: Sequence[Interval]) -> Clock:
    promise = policies.promise_for(kind=kind, leg=handoff.leg, band=handoff.priority)
    plan = _plan(handoff, promise, at, calendar, pauses)
    return Clock(
        handoff=handoff,
        kind=kind,
        calendar_id=plan.calendar_id,
        started_at=at,
        minutes=promise.minutes,
        working_days=promise.working_days,
        touches=promise.touches,
        due_at=plan.due_at,
        **_ahead(plan.moments, at),
    )


@retried
def meet(*, handoff: Handoff, kind: str, at: datetime) -> None:
    """What was owed is done. Done after its due time it counts as breached, and the breach is recorded first."""
    _lock(handoff)
    for clock in handoff.clocks.filter(kind=kind, ended_at__isnull=True):
        if clock.state == ClockState.RUNNING and at > clock.due_at:
            alerts.record_breach(clock=clock, at=at)
        ended = {"ended_at": at, "next_event_at": None, "events": []}
        unfinished = Clock.objects.filter(pk=clock.pk, ended_at__isnull=True)
        unfinished.filter(state=ClockState.RUNNING).update(state=ClockState.MET, **ended)
        unfinished.filter(state=ClockState.BREACHED).update(**ended)


@retried
def cancel(*, handoff: Handoff, at: datetime, kinds: Iterable[str] | None = None) -> None:
    """Nothing is owed any more: running clocks leave the figures, breached ones stay breached and fall silent.

    With all of them (no `kinds`) a pause is over too.
    """
    _lock(handoff)
    unfinished = Clock.objects.filter(handoff=handoff, ended_at__isnull=True)
    if kinds is not None:
        unfinished = unfinished.filter(kind__in=list(kinds))
    else:
        handoff.pauses.end(at)
    _call_off(unfinished, at)


def _call_off(unfinished: QuerySet[Clock], at: datetime) -> None:
    ended = {"ended_at": at, "next_event_at": None, "events": []}
    unfinished.filter(state=ClockState.RUNNING).update(state=ClockState.CANCELLED, **ended)
    unfinished.filter(state=ClockState.BREACHED).update(**ended)


@retried
def reassigned(*, handoff: Handoff, at: datetime) -> None:
    """The receiver changed: same start, same promise, the new person's calendar; a leave of the earlier one is over."""
    _lock(handoff)
    handoff.pauses.filter(reason__in=OF_THE_PERSON).end(at)
    recompute(clocks=unfinished().filter(handoff=handoff), at=at)


@retried
def given_back(*, clock_ids: Iterable[int], at: datetime) -> None:
    """These clocks were put back as they once were: open ones move to what calendars and pauses say now, and lists and
    duties follow the due time of one that broke meanwhile."""
    back = Clock.objects.filter(pk__in=list(clock_ids), ended_at__isnull=True)
    recompute(clocks=back, at=at)
    for clock in back.filter(state=ClockState.BREACHED).select_related("handoff"):
        _repeat_due(clock.handoff, clock.kind, clock.due_at)


@retried
def recompute(*, clocks: QuerySet[Clock], at: datetime, policies_too: bool = False) -> int:
    """Moves open clocks to what calendars, pauses (and, when asked, policies) now say; returns how many changed.

    One that no policy asks for any more is called off.
    A level that was told already is told again only if its new moment lies ahead. A breach that was recorded stays;
    only its escalation moves.
    """
    changed = 0
    for clock in clocks.select_related("handoff").prefetch_related("handoff__pauses").order_by("handoff_id", "id"):
        changed += _move(clock, at, policies_too=policies_too)
    return changed


def unfinished() -> QuerySet[Clock]:
    """Clocks at which something can still happen."""
    return Clock.objects.filter(ended_at__isnull=True, next_event_at__isnull=False)


def _lock(handoff: Handoff) -> None:
    """The lead and the handoff before its clocks, as the sweep does, so that the two never wait for each other."""
    holding.hold_lead(handoff.lead_id)
    Handoff.objects.select_for_update().filter(pk=handoff.pk).values_list("pk").first()


def _move(clock: Clock, at: datetime, *, policies_too: bool) -> bool:
    handoff = clock.handoff
    promise = policies.promise_if_any(kind=clock.kind, leg=handoff.leg, band=handoff.priority)
    if promise is None and policies_too:
        _call_off(Clock.objects.filter(pk=clock.pk, ended_at__isnull=True), at)
        return True
    plan = _plan_again(clock, promise or Promise(), policies_too=policies_too)
    told = set(clock.alerts.values_list("level", flat=True))
    ahead = [moment for moment in plan.moments if moment.at > at or moment.level not in told]
    if clock.state == ClockState.BREACHED:
        moved = _ahead([moment for moment in ahead if moment.kind == ESCALATE], at)
    else:
        length = {name: getattr(plan.promise, name) for name in LENGTH}
        moved = _ahead(ahead, at) | length | {"due_at": plan.due_at}
    moved["calendar_id"] = plan.calendar_id
    if moved["events"] == clock.events:
        del moved["next_event_at"]  # the sweep is asked for since then, not anew
    if all(getattr(clock, name) == value for name, value in moved.items()):
        return False
    Clock.objects.filter(pk=clock.pk, state=clock.state, ended_at__isnull=True).update(**moved)
    if "due_at" in moved:
        _repeat_due(clock.handoff, clock.kind, plan.due_at)
    return True


def _plan_again(clock: Clock, promise: Promise, *, policies_too: bool) -> Plan:
    """The plan from the clock's own start; its length stays unless policies changed."""
    if not policies_too:
        promise = replace(promise, **{name: getattr(clock, name) for name in LENGTH})
    pauses = _intervals(clock.handoff.pauses.all())
    return _plan(clock.handoff, promise, clock.started_at, _calendar_of(clock.handoff), pauses)


def _plan(handoff: Handoff, promise: Promise, at: datetime, calendar: WorkCalendar, pauses: Sequence[Interval]) -> Plan:
    found = moments(promise, calendar, at, escalates=not is_last_queue(handoff), pauses=pauses)
    return Plan(promise, calendar.calendar_id, tuple(found))


def _intervals(pauses: Iterable[Pause]) -> list[Interval]:
    return [pause.interval for pause in pauses]


def is_last_queue(handoff: Handoff) -> bool:
    """Re-routed until nobody was left: it lies in the queue, and its breach goes to the top at once."""
    return handoff.assigned_to_id is None and handoff.reroutes > 0


def _calendar_of(handoff: Handoff) -> WorkCalendar:
    return calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id)


def _ahead(ahead: Sequence[Moment], at: datetime) -> dict[str, Any]:
    """The columns that hold what is still to come.

    A moment that only a change put into the past is owed from now on: until now no sweep could have found it.
    """
    return {
        "events": [moment.stored() for moment in ahead],
        "next_event_at": max(ahead[0].at, at) if ahead else None,
    }


def _repeat_due(handoff: Handoff, kind: str, due_at: datetime) -> None:
    """Copies a due time to the handoff's column and to the duty of its lead and of those that joined it."""
    if kind in DUE_COLUMNS:
        Handoff.objects.filter(pk=handoff.pk).update(**{DUE_COLUMNS[kind]: due_at})
        setattr(handoff, DUE_COLUMNS[kind], due_at)
    duties.follow_clock(handoff=handoff, kind=kind, due_at=due_at)

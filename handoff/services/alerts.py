"""Tells people what a clock has to say, once: one row with a unique key, one event, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.models import User
from handoff.domain.choices import ClockState
from handoff.domain.promises import BREACH, ESCALATE, WARN, Moment
from handoff.models import Alert, Clock, Handoff
from handoff.queries import calendars, people
from handoff.queries.people import Hands
from journal import bulk
from journal.services import NewEvent, record_each

ALERT_KINDS = {WARN: Alert.Kind.WARNING, BREACH: Alert.Kind.BREACH, ESCALATE: Alert.Kind.ESCALATION}
EVENT_KINDS = {WARN: "clock.warned", BREACH: "clock.breached", ESCALATE: "clock.escalated"}
# A sweep this late still belongs to the closing at which the moment fell.
PUNCTUAL = timedelta(minutes=15)
# The unique key says which are new: who was faster, or was here before a crash, has told these people.
INSERT = """
INSERT INTO handoff_alert (clock_id, kind, level, due_at, created_at) VALUES {rows}
ON CONFLICT DO NOTHING RETURNING id, clock_id, kind, level
"""


@dataclass(frozen=True)
class Telling:
    """One moment of a clock, and who is told of it."""

    clock: Clock
    moment: Moment
    people: Sequence[int]

    @property
    def key(self) -> tuple[int, str, int]:
        """No two moments that fall due together share it."""
        return self.clock.pk, ALERT_KINDS[self.moment.kind], self.moment.level


def warn(*, clock: Clock, moment: Moment, at: datetime) -> None:
    """A share of the time is used up: whoever must act is told."""
    tell([about(clock, moment, _hands_of(clock))], at=at)


def record_breach(*, clock: Clock, at: datetime, moment: Moment | None = None) -> None:
    """The due time has passed: the clock is breached as of then, receiver and manager are told."""
    if _has_just_breached(clock):
        tell([about(clock, moment or Moment(BREACH, 100, clock.due_at), _hands_of(clock))], at=at)


def escalate(*, clock: Clock, moment: Moment, at: datetime, told: Iterable[int]) -> None:
    """Twice the time has passed: these people are told, without those who heard of the breach already."""
    heard = set(User.objects.filter(pk__in=_heard(clock)).values_list("pk", flat=True))
    tell([Telling(clock, moment, [person for person in told if person not in heard])], at=at)


def about(clock: Clock, moment: Moment, hands: Hands) -> Telling:
    """A warning is for whoever must act, a breach for their manager too.

    In the last queue nobody is left to re-route to, so administrators are told of the breach as well.
    """
    handoff = clock.handoff
    told = list(hands.who_must_act(handoff))
    if moment.kind == BREACH:
        told += hands.managers_of(handoff.team_id)
        told += people.admins() if handoff.assigned_to_id is None and handoff.reroutes else []
    return Telling(clock, moment, told)


def _hands_of(clock: Clock) -> Hands:
    return people.hands_of([clock.handoff.team_id])


def _has_just_breached(clock: Clock) -> bool:
    """Whoever finds it running says so; it is breached as of its due time."""
    running = Clock.objects.filter(pk=clock.pk, state=ClockState.RUNNING)
    if not running.update(state=ClockState.BREACHED, breached_at=F("due_at")):
        return False
    clock.state = ClockState.BREACHED
    mark_breached([clock])
    return True


def mark_breached(clocks: Iterable[Clock]) -> None:
    """Their handoffs show that a promise was broken."""
    broken = Handoff.objects.filter(pk__in={clock.handoff_id for clock in clocks}, is_breached=False)
    broken.update(is_breached=True)


def tell(tellings: Sequence[Telling], *, at: datetime) -> None:
    """An alert, its people and its event for each that is new, in the order given."""
    alerts = _insert(tellings, at)
    new = [telling for telling in tellings if telling.key in alerts]
    told = [sorted(set(telling.people)) for telling in new]
    rows = [(alerts[one.key], person) for one, persons in zip(new, told, strict=True) for person in persons]
    bulk.insert_values(Alert.people.through, ("alert_id", "user_id"), rows)
    record_each(
        [_event(one, alerts[one.key], persons, at) for one, persons in zip(new, told, strict=True)], by=None, at=at
    )


def _insert(tellings: Sequence[Telling], at: datetime) -> dict[tuple[int, str, int], int]:
    """The ids of the alerts that were not there yet, by the key of their telling."""
    if not tellings:
        return {}
    stored = connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for telling in tellings:
        values += [*telling.key, stored(telling.moment.at), stored(at)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(tellings))), values)
        return {(clock_id, kind, level): pk for pk, clock_id, kind, level in cursor.fetchall()}


def _event(telling: Telling, alert_id: int, told: Sequence[int], at: datetime) -> NewEvent:
    clock, moment = telling.clock, telling.moment
    data = {"alert": alert_id, "people": told, "kind": clock.kind, "level": moment.level, "handoff": clock.handoff_id}
    data["tell_at"] = tell_at(clock, moment, at).isoformat()
    return NewEvent(EVENT_KINDS[moment.kind], clock, clock.handoff.lead_id, data)


def _heard(clock: Clock) -> list[int]:
    breaches = Alert.people.through.objects.filter(alert__clock=clock, alert__kind=Alert.Kind.BREACH)
    return list(breaches.values_list("user_id", flat=True))


def tell_at(clock: Clock, moment: Moment, at: datetime) -> datetime:
    """When mail and chat may speak of it: now, or the next opening when the sweep was late and it is night (F-2)."""
    if at - moment.at <= PUNCTUAL:
        return at
    return calendars.by_id(clock.calendar_id).next_open(at)

"""Tells people what a clock has to say, once: one row with a unique key, one event, in one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from handoff.domain.choices import ClockState
from handoff.domain.promises import BREACH, ESCALATE, WARN, Moment
from handoff.models import Alert, Clock, Handoff
from handoff.queries import calendars, people
from journal.services import record

ALERT_KINDS = {WARN: Alert.Kind.WARNING, BREACH: Alert.Kind.BREACH, ESCALATE: Alert.Kind.ESCALATION}
EVENT_KINDS = {WARN: "clock.warned", BREACH: "clock.breached", ESCALATE: "clock.escalated"}
# A sweep this late still belongs to the closing at which the moment fell.
PUNCTUAL = timedelta(minutes=15)


def warn(*, clock: Clock, moment: Moment, at: datetime) -> None:
    """A share of the time is used up: whoever must act is told."""
    _tell(clock, moment, at, people.who_must_act(clock.handoff))


def record_breach(*, clock: Clock, at: datetime, moment: Moment | None = None) -> None:
    """The due time has passed: the clock is breached as of then, receiver and manager are told.

    In the last queue nobody is left to re-route to, so administrators are told as well.
    """
    won = Clock.objects.filter(pk=clock.pk, state=ClockState.RUNNING)
    if not won.update(state=ClockState.BREACHED, breached_at=clock.due_at):
        return
    clock.state = ClockState.BREACHED
    Handoff.objects.filter(pk=clock.handoff_id).update(is_breached=True)
    handoff = clock.handoff
    told = people.who_must_act(handoff) + people.managers_of(handoff.team_id)
    if handoff.assigned_to_id is None and handoff.reroutes:
        told += people.admins()
    _tell(clock, moment or Moment(BREACH, 100, clock.due_at), at, told)


def escalate(*, clock: Clock, moment: Moment, at: datetime, told: Iterable[int]) -> None:
    """Twice the time has passed: these people are told, without those who heard of the breach already."""
    heard = set(User.objects.filter(pk__in=_heard(clock)).values_list("pk", flat=True))
    _tell(clock, moment, at, [person for person in told if person not in heard])


def _heard(clock: Clock) -> list[int]:
    breaches = Alert.people.through.objects.filter(alert__clock=clock, alert__kind=Alert.Kind.BREACH)
    return list(breaches.values_list("user_id", flat=True))


def _tell(clock: Clock, moment: Moment, at: datetime, told: Iterable[int]) -> None:
    alert, is_new = Alert.objects.get_or_create(
        clock=clock,
        kind=ALERT_KINDS[moment.kind],
        level=moment.level,
        due_at=moment.at,
        defaults={"created_at": at},
    )
    if not is_new:
        return
    once = sorted(set(told))
    alert.people.set(once)
    data = {"alert": alert.pk, "people": once, "kind": clock.kind, "level": moment.level, "handoff": clock.handoff_id}
    data["tell_at"] = tell_at(clock, moment, at).isoformat()
    record(EVENT_KINDS[moment.kind], subject=clock, by=None, at=at, lead_id=clock.handoff.lead_id, data=data)


def tell_at(clock: Clock, moment: Moment, at: datetime) -> datetime:
    """When mail and chat may speak of it: now, or the next opening when the sweep was late and it is night (F-2)."""
    if at - moment.at <= PUNCTUAL:
        return at
    return calendars.by_id(clock.calendar_id).next_open(at)

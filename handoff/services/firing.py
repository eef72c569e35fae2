"""Everything that is due on handoffs happens: hundreds in one transaction where it only tells people, one by one where
twice the time has passed and a handoff may go on to somebody else.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from handoff.domain.choices import ClockKind, ClockState, HandoffState
from handoff.domain.promises import BREACH, ESCALATE, WARN, Moment
from handoff.models import Clock, Handoff
from handoff.queries import people
from handoff.services import alerts, holding, rerouting
from journal import bulk
from journal.remembering import remembering
from journal.transactions import retried

log = logging.getLogger(__name__)

AT_ONCE = 200


@dataclass(frozen=True)
class Due:
    """A clock and those of its moments that have come."""

    clock: Clock
    moments: list[Moment]

    @classmethod
    def of(cls, clock: Clock, at: datetime) -> "Due":
        return cls(clock, list(takewhile(lambda moment: moment.at <= at, map(Moment.read, clock.events))))

    @property
    def breaks(self) -> bool:
        """Whether the promise is broken now; one that was broken before is told of no second time."""
        return self.clock.state == ClockState.RUNNING and any(moment.kind == BREACH for moment in self.moments)


def fire(handoff_ids: Sequence[int], *, at: datetime) -> dict[int, int | None]:
    """How many moments happened on each handoff; None where one failed, which is logged. The others don't wait."""
    done: dict[int, int | None] = {}
    for first in range(0, len(handoff_ids), AT_ONCE):
        some = handoff_ids[first : first + AT_ONCE]
        told = _tell_or_none(some, at)
        done |= told | {handoff_id: _fire_or_log(handoff_id, at) for handoff_id in some if handoff_id not in told}
    return done


def _tell_or_none(handoff_ids: Sequence[int], at: datetime) -> dict[int, int]:
    try:
        return _tell(handoff_ids, at)
    except Exception:
        log.exception("of %s handoffs one could not be told of; each is taken by itself", len(handoff_ids))
        return {}


@retried
def _tell(handoff_ids: Sequence[int], at: datetime) -> dict[int, int]:
    """The handoffs on which only warnings and breaches are due, each with how many: these have happened."""
    with remembering():
        handoffs = holding.hold_many(handoff_ids)
        due, apart = _only_to_tell(handoffs, at)
        broken = {one.clock.pk for one in due if one.breaks}
        told = [(clock, moment) for clock, moment in _in_order(due) if moment.kind == WARN or clock.pk in broken]
        _go_on(due)
        alerts.mark_breached(one.clock for one in due if one.clock.pk in broken)
        hands = people.hands_of(handoff.team_id for handoff in handoffs)
        alerts.tell([alerts.about(clock, moment, hands) for clock, moment in told], at=at)
    moments = Counter(clock.handoff_id for clock, _ in _in_order(due))
    return {handoff.pk: moments[handoff.pk] for handoff in handoffs if handoff.pk not in apart}


def _only_to_tell(handoffs: Sequence[Handoff], at: datetime) -> tuple[list[Due], set[int]]:
    """What is due on those handoffs that stay where they are, and the others, where twice the time has passed."""
    by_id = {handoff.pk: handoff for handoff in handoffs}
    due = [Due.of(clock, at) for clock in Clock.objects.filter(handoff__in=by_id, next_event_at__lte=at)]
    apart = {one.clock.handoff_id for one in due if any(moment.kind == ESCALATE for moment in one.moments)}
    for one in due:
        one.clock.handoff = by_id[one.clock.handoff_id]
    return [one for one in due if one.clock.handoff_id not in apart], apart


def _in_order(due: Iterable[Due]) -> list[tuple[Clock, Moment]]:
    """As it fell due; 'answer' before 'contact'."""
    found = [(one.clock, moment) for one in due for moment in one.moments]
    return sorted(found, key=lambda pair: (pair[1].at, pair[0].kind))


def _go_on(due: Sequence[Due]) -> None:
    """The clocks wait for what comes after these moments; those that run out are breached as of their due time."""
    for one in due:
        clock, ahead = one.clock, one.clock.events[len(one.moments) :]
        if one.breaks:
            clock.state, clock.breached_at = ClockState.BREACHED, clock.due_at
        clock.events, clock.next_event_at = ahead, Moment.read(ahead[0]).at if ahead else None
    bulk.update([one.clock for one in due], ["events", "next_event_at", "state", "breached_at"])


def _fire_or_log(handoff_id: int, at: datetime) -> int | None:
    try:
        return _fire(handoff_id, at)
    except Exception:
        log.exception("the clocks of handoff %s could not be swept", handoff_id)
        return None


@retried
def _fire(handoff_id: int, at: datetime) -> int:
    """Everything that is due on one handoff, in the order in which it fell due; returns how many moments."""
    handoff = Handoff.objects.get(pk=handoff_id)
    holding.hold_lead(handoff.lead_id)
    handoff = Handoff.objects.select_for_update().get(pk=handoff_id)
    fired = 0
    while (clock := _next(handoff, at)) is not None:
        clock.handoff = handoff
        _act(clock, Moment.read(clock.events[0]), at)
        fired += 1
    return fired


def _next(handoff: Handoff, at: datetime) -> Clock | None:
    """The clock with the earliest moment; 'answer' before 'contact', as re-routing cancels the contact's clock."""
    return handoff.clocks.filter(next_event_at__lte=at).order_by("next_event_at", "kind").first()


def _act(clock: Clock, moment: Moment, at: datetime) -> None:
    ahead = clock.events[1:]
    Clock.objects.filter(pk=clock.pk).update(events=ahead, next_event_at=Moment.read(ahead[0]).at if ahead else None)
    if moment.kind == WARN:
        alerts.warn(clock=clock, moment=moment, at=at)
    elif moment.kind == BREACH:
        alerts.record_breach(clock=clock, moment=moment, at=at)
    else:
        alerts.escalate(clock=clock, moment=moment, at=at, told=_escalated_to(clock, at))


def _escalated_to(clock: Clock, at: datetime) -> list[int]:
    """Acts on a promise broken twice over; returns who is told of it."""
    if clock.kind != ClockKind.ANSWER or clock.handoff.state != HandoffState.OFFERED:
        return people.admins()
    told: dict[str, Callable[[], list[int]]] = {
        "rerouted": list,  # the new receiver hears of the new offer
        "queued": lambda: people.managers_of(clock.handoff.team_id),
        "stayed": people.admins,
    }
    return told[rerouting.reroute(handoff=clock.handoff, at=at)]()

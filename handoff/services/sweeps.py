"""The watch over all promises: what has come due since the last look happens now, exactly once.

Any number of sweeps may run at once or twice: each handoff is taken in a transaction of its own, under a lock on
its row, and every alert has a unique key. Each sweep reads one index and does nothing when nothing is due.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from handoff.domain.choices import ClockKind, HandoffState
from handoff.domain.promises import BREACH, WARN, Moment
from handoff.models import Clock, Handoff
from handoff.queries import people
from handoff.services import alerts, eligibility, holding, nurture_runs, pauses, rerouting
from journal.transactions import retried
from leads.domain.choices import Stage
from leads.models import Lead
from leads.models.lead import LeadQuerySet

log = logging.getLogger(__name__)

# So many are looked up at a time, so that a long silence doesn't fill the memory.
MOST = 1000
RESURFACED_AT_ONCE = 200


@dataclass(frozen=True)
class Swept:
    """How much one sweep found to do."""

    moments: int
    resurfaced: int = 0
    failed: int = 0
    steps: int = 0
    resumed: int = 0


def sweep(*, at: datetime) -> Swept:
    """Ends the pauses whose time is over; warns, breaches, escalates and re-routes what is due at `at`; takes up again
    the leads whose date has come; makes duties of the nurture steps whose day has come.

    What fails on one handoff is logged, counted and tried again by the next sweep; the others don't wait for it.
    """
    resumed, stuck = pauses.resume_due(at=at)
    fired: dict[int, int | None] = {}
    while due := _due_handoffs(at, apart_from=fired):
        fired |= {handoff_id: _fire_or_log(handoff_id, at) for handoff_id in due}
    moments = sum(count for count in fired.values() if count is not None)
    failed = stuck + list(fired.values()).count(None)
    resurfaced = _resurface(at)
    # After those whose date has come, which leave their tracks.
    steps = nurture_runs.sweep(at=at)
    return Swept(moments=moments, resurfaced=resurfaced, failed=failed, steps=steps, resumed=resumed)


def _due_handoffs(at: datetime, *, apart_from: Collection[int]) -> list[int]:
    due = Clock.objects.filter(next_event_at__lte=at).order_by("next_event_at", "id")
    found = dict.fromkeys(due.values_list("handoff_id", flat=True)[: MOST + len(apart_from)])
    return [handoff_id for handoff_id in found if handoff_id not in apart_from]


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


def _resurface(at: datetime) -> int:
    """NURTURE and LOST leads whose date has come, a few hundred in each transaction; returns how many."""
    lead_ids = list(_resting(at).order_by("not_before", "id").values_list("pk", flat=True)[:MOST])
    chunks = (lead_ids[first : first + RESURFACED_AT_ONCE] for first in range(0, len(lead_ids), RESURFACED_AT_ONCE))
    return sum(_take_up(chunk, at) for chunk in chunks)


@retried
def _take_up(lead_ids: list[int], at: datetime) -> int:
    """Locked and read again, so that a sweep at the same time finds them gone."""
    still = list(_resting(at).select_for_update().filter(pk__in=lead_ids).order_by("id").values_list("pk", flat=True))
    if still:
        eligibility.resurface(lead_ids=still, at=at)
    return len(still)


def _resting(at: datetime) -> LeadQuerySet:
    return Lead.objects.present().in_stage(Stage.NURTURE, Stage.LOST).filter(not_before__lte=at)

"""The watch over all promises: what has come due since the last look happens now, exactly once.

Any number of sweeps may run at once or twice: each handoff is taken under a lock on its row, and every alert has a
unique key. Each sweep reads one index and does nothing when nothing is due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from handoff.models import Clock
from handoff.services import chunks, eligibility, firing, nurture_runs, pauses
from journal.transactions import retried
from leads.domain.choices import Stage
from leads.models import Lead
from leads.models.lead import LeadQuerySet

# So many are looked up at a time, so that a long silence doesn't fill the memory.
MOST = 1000


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

    What fails on one handoff or lead is logged, counted and tried again by the next sweep; the others don't wait for it.
    """
    resumed, stuck = pauses.resume_due(at=at)
    fired: dict[int, int | None] = {}
    while due := _due_handoffs(at, apart_from=fired):
        fired |= firing.fire(due, at=at)
    moments = sum(count for count in fired.values() if count is not None)
    failed = stuck + list(fired.values()).count(None)
    resurfaced, left_resting = _resurface(at)
    # After those whose date has come, which leave their tracks.
    steps, left_waiting = nurture_runs.sweep(at=at)
    failed += left_resting + left_waiting
    return Swept(moments=moments, resurfaced=resurfaced, failed=failed, steps=steps, resumed=resumed)


def _due_handoffs(at: datetime, *, apart_from: Collection[int]) -> list[int]:
    due = Clock.objects.filter(next_event_at__lte=at).order_by("next_event_at", "id")
    found = dict.fromkeys(due.values_list("handoff_id", flat=True)[: MOST + len(apart_from)])
    return [handoff_id for handoff_id in found if handoff_id not in apart_from]


def _resurface(at: datetime) -> tuple[int, int]:
    """NURTURE and LOST leads whose date has come; returns how many were taken up, and how many failed."""
    lead_ids = list(_resting(at).order_by("not_before", "id").values_list("pk", flat=True)[:MOST])
    return chunks.take(lead_ids, partial(_take_up, at=at), what="leads taken up again")


@retried
def _take_up(lead_ids: Sequence[int], at: datetime) -> int:
    """Locked and read again, so that a sweep at the same time finds them gone."""
    still = list(_resting(at).select_for_update().filter(pk__in=lead_ids).order_by("id").values_list("pk", flat=True))
    if still:
        eligibility.resurface(lead_ids=still, at=at)
    return len(still)


def _resting(at: datetime) -> LeadQuerySet:
    return Lead.objects.present().in_stage(Stage.NURTURE, Stage.LOST).filter(not_before__lte=at)

"""Ends the responsibility that an accepted handoff gave."""

from datetime import datetime

from handoff.domain.choices import ClockKind
from handoff.models import Episode, Handoff
from handoff.services import clocks


def close(*, handoff: Handoff, at: datetime, outcome: str, answered: bool = True) -> None:
    """Nothing is owed for it any more. `answered` says that what was owed next was given, not called off."""
    Handoff.objects.filter(pk=handoff.pk, closed_at__isnull=True).update(closed_at=at)
    Episode.objects.filter(pk=handoff.episode_id).update(outcome=outcome)
    if answered:
        clocks.meet(handoff=handoff, kind=ClockKind.QUALIFY, at=at)
        clocks.meet(handoff=handoff, kind=ClockKind.FEEDBACK, at=at)
    clocks.cancel(handoff=handoff, at=at)
    handoff.closed_at = handoff.closed_at or at

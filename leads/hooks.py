"""Where upper apps hang themselves in: activities are not journaled, so they are told here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leads.models import Activity, Lead

# Each is called with the new activities and the moment, in the transaction that wrote them; it may veto by raising.
on_activities: list[Callable[[list[Activity], datetime], None]] = []


def activities_recorded(activities: list[Activity], at: datetime) -> None:
    """Tells everybody who registered; each activity has its lead loaded."""
    for listener in on_activities:
        listener(activities, at)


Question = Callable[[Collection[int]], set[int]]
# Each answers which of these leads ever had a handoff here: imported history is held back from those.
leads_with_handoffs: list[Question] = []
# When each of these leads was handed over last; those never handed over are missing.
latest_handovers: list[Callable[[Collection[int]], dict[int, datetime]]] = []
# Which of these leads changed their stage here, beyond what an import wrote.
leads_moved_here: list[Question] = []
# When somebody last opened or changed a deal of each of these leads; those with no deal but an import's are missing.
latest_deal_changes: list[Callable[[Collection[int]], dict[int, datetime]]] = []


# The nurture tracks by their id and name, in the reader's language; and the leads that are in one now.
tracks: list[Callable[[], list[tuple[str, str]]]] = []
leads_in_track: list[Callable[[int], QuerySet[Any, Any]]] = []


def in_track(number: int) -> QuerySet[Any, Any]:
    """The ids of the leads in this track."""
    return leads_in_track[0](number) if leads_in_track else Lead.objects.none().values("pk")


@dataclass(frozen=True)
class Demand:
    """What the next handover asks of one viewpoint, in words. `state`: met, unmet, or unknown where nobody can say.

    `is_fact`: it only asks that a fact of the viewpoint is known, which stands there anyway.
    """

    viewpoint: str
    state: str
    text: str
    is_fact: bool = False


# What the next handover of this lead asks, as of a moment.
demands: list[Callable[[Lead, datetime], list[Demand]]] = []

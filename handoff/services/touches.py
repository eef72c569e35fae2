"""Meetings set and contacts made since an offer: what meets the promises that only a policy asks for (AR-54).

What counts is told from the activities themselves, so it doesn't matter by which way they came in.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from handoff import permissions
from handoff.domain.choices import METHODS, TYPES, ClockKind, ClockState, ContactResult
from handoff.domain.promises import BY_POLICY_ONLY
from handoff.models import Clock, Handoff
from handoff.queries import policies
from handoff.services import clocks, holding
from leads.models import Activity


def owed(handoff: Handoff) -> list[str]:
    """The kinds that this leg and band owe by a policy, without those an earlier receiver of the episode has met."""
    asked = policies.asked_for(leg=handoff.leg, band=handoff.priority)
    if not asked or not handoff.reroutes:
        return asked
    episode = Clock.objects.filter(handoff__episode=handoff.episode_id, state=ClockState.MET)
    met = set(episode.values_list("kind", flat=True))
    return [kind for kind in asked if kind not in met]


def note_logged(logged: Iterable[Activity], at: datetime) -> None:
    """Activities came in: outbound ones may have met what their leads' handoffs owe."""
    leads = {row.lead_id for row in logged if row.type in METHODS and row.by_id is not None}
    if leads:
        meet(running=_unfinished().filter(handoff__lead__in=leads))


def meet(*, running: QuerySet[Clock] | None = None) -> None:
    """Ends those of these clocks (else of all) whose meeting is set or whose contacts are made, as of that moment."""
    found = _unfinished() if running is None else running
    for clock in found.select_related("handoff").order_by("handoff__lead", "handoff", "kind"):
        # Held first, so that of two contacts logged at once the later one counts both.
        holding.hold_lead(clock.handoff.lead_id)
        moment = _met_at(clock)
        if moment is not None:
            clocks.meet(handoff=clock.handoff, kind=clock.kind, at=moment)


def made(handoff: Handoff) -> list[Activity]:
    """Calls, mails and meetings by the receiving side since the offer, reached or not, in their order."""
    outbound = Activity.objects.filter(
        lead=handoff.lead_id, type__in=list(METHODS), by__isnull=False, occurred_at__gte=handoff.offered_at
    )
    side: dict[int, bool] = {}
    return [
        row
        for row in outbound.select_related("by").order_by("occurred_at", "pk")
        if _is_receiving(row.by, handoff, side)
    ]


def _is_receiving(person: User | None, handoff: Handoff, known: dict[int, bool]) -> bool:
    """Whether the person is of the receiving side; asked once for each."""
    if person is None:
        return False
    if person.pk not in known:
        known[person.pk] = permissions.may_contact(person, handoff)
    return known[person.pk]


def _met_at(clock: Clock) -> datetime | None:
    """When the promise was met; None while it is not."""
    rows = made(clock.handoff)
    if clock.kind == ClockKind.MEETING:
        return next((row.occurred_at for row in rows if _is_meeting(row)), None)
    wanted = clock.touches or 1
    return rows[wanted - 1].occurred_at if len(rows) >= wanted else None


def _is_meeting(row: Activity) -> bool:
    return row.type == TYPES["meeting"] or row.metadata.get("result") == ContactResult.APPOINTMENT


def _unfinished() -> QuerySet[Clock]:
    return Clock.objects.filter(kind__in=BY_POLICY_ONLY, ended_at__isnull=True)

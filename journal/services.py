"""The one door into the log, and the delivery of what it owes."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from journal import bulk, doorbell, reactions
from journal.models import Delivery, Event, EventDetail
from journal.transactions import retried

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8


def record(
    kind: str,
    *,
    subject: models.Model,
    by: Any,
    at: datetime,
    lead_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> Event:
    """Appends one event, runs its `within` reactions, owes its `after` reactions.

    `by` is a user or None for the system. `data` holds no personal values; `old` and `new` do, in a row that
    can be erased. Call it inside the transaction that makes the change.
    """
    event = Event.objects.create(
        kind=kind,
        at=at,
        actor_id=getattr(by, "pk", None),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        lead_id=lead_id,
        data=dict(data or {}),
    )
    if old or new:
        EventDetail.objects.create(event=event, old=dict(old or {}), new=dict(new or {}))
    reactions.run_within(event)
    Delivery.objects.bulk_create(Delivery(event=event, reaction=name, due_at=at) for name in _owe(event))
    return event


@dataclass(frozen=True)
class NewEvent:
    """One event of many that are recorded together."""

    kind: str
    subject: models.Model
    lead_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_each(events: Sequence[NewEvent], *, by: Any, at: datetime) -> None:
    """Appends them in this order and does for each what `record` does, in a handful of statements."""
    same = {"at": at, "actor_id": getattr(by, "pk", None)}
    rows = [
        Event(
            kind=new.kind,
            subject_type=new.subject._meta.label_lower,
            subject_id=new.subject.pk,
            lead_id=new.lead_id,
            data=dict(new.data),
            **same,
        )
        for new in events
    ]
    bulk.insert(rows)
    for event in rows:
        reactions.run_within(event)
    owed = [(event.pk, name) for event in rows for name in _owe(event)]
    bulk.insert_values(Delivery, ("event_id", "reaction"), owed, due_at=at)


def record_many(kind: str, *, leads: Iterable[models.Model], by: Any, at: datetime, data: Mapping[str, Any]) -> None:
    """Appends one event a lead in one statement, for kinds to which nobody reacts."""
    rows = [(lead._meta.label_lower, lead.pk, lead.pk) for lead in leads]
    same = {"kind": kind, "at": at, "actor_id": getattr(by, "pk", None), "data": dict(data)}
    bulk.insert_values(Event, ("subject_type", "subject_id", "lead_id"), rows, **same)


def _owe(event: Event) -> list[str]:
    """The reactions owed after this event; their worker is woken when it is committed."""
    names = reactions.names_after(event.kind)
    if names:
        transaction.on_commit(doorbell.ring_deliveries, robust=True)
    return names


def deliver_owed(*, at: datetime, limit: int = 200) -> int:
    """Runs what is owed and due, each under a lease; returns how many were done."""
    done = 0
    for delivery_id in _due(at).values_list("pk", flat=True)[:limit]:
        done += _deliver(delivery_id, at)
    return done


def _due(at: datetime) -> models.QuerySet[Delivery]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    return Delivery.objects.filter(free, state=Delivery.State.OWED, due_at__lte=at).order_by("id")


@retried
def _claim(delivery_id: int, at: datetime) -> bool:
    return bool(_due(at).order_by().filter(pk=delivery_id).update(leased_until=at + LEASE, attempts=F("attempts") + 1))


def _deliver(delivery_id: int, at: datetime) -> int:
    if not _claim(delivery_id, at):
        return 0
    delivery = Delivery.objects.select_related("event").get(pk=delivery_id)
    try:
        reactions.by_name(delivery.reaction)(delivery.event)
    except Exception as error:
        log.exception("reaction %s failed", delivery.reaction)
        _postpone(delivery, at, error)
        return 0
    Delivery.objects.filter(pk=delivery_id).update(state=Delivery.State.DONE, leased_until=None)
    return 1


def _postpone(delivery: Delivery, at: datetime, error: Exception) -> None:
    dead = delivery.attempts >= MOST_ATTEMPTS
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DEAD if dead else Delivery.State.OWED,
        due_at=at + timedelta(seconds=5 * 2**delivery.attempts),
        leased_until=None,
        error=f"{type(error).__name__}: {error}"[:500],
    )

"""Who changed something and when, as the log has it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet

from accounts.models import User
from journal.models import Event


@dataclass(frozen=True)
class Change:
    """A change of something. `by` None: the system, or a person who is no longer there."""

    by: User | None
    at: datetime


def latest(thing: Model, *, kind: str) -> Change | None:
    """The latest change of this thing that the log calls `kind`; None without one."""
    event = events(thing, kind=kind).first()
    return of(event) if event else None


def events(thing: Model, *, kind: str) -> QuerySet[Event]:
    """All changes of this thing that the log calls `kind`, newest first."""
    found = Event.objects.filter(kind=kind, subject_type=thing._meta.label_lower, subject_id=thing.pk)
    return found.order_by("-id")


def of(event: Event) -> Change:
    """The change that the event tells of."""
    return Change(User.objects.filter(pk=event.actor_id).first(), event.at)

"""Proof of life: a row that the work itself writes, so a silent worker shows."""

from datetime import datetime, timedelta

from handoff.models import Heartbeat
from journal.transactions import retried


@retried
def beat(*, name: str, at: datetime) -> None:
    """The named process was at work at this moment; an older moment never overwrites a newer one."""
    if not Heartbeat.objects.filter(name=name).exists():
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=at)], ignore_conflicts=True)
    Heartbeat.objects.filter(name=name, at__lt=at).update(at=at)


def age(*, name: str, at: datetime) -> timedelta | None:
    """How long ago the named process was last at work; None when it never was."""
    latest = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if latest is None else max(at - latest, timedelta(0))

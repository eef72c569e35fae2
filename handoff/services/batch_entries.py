"""Leads leave the batch they wait in, for whatever cause; one that is empty then has been decided."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from handoff.models import Batch, BatchLead
from journal.services import record


def leave(*, lead_ids: Collection[int], by: User | None, at: datetime) -> None:
    """These leads wait in no batch any more."""
    entries = BatchLead.objects.filter(lead__in=lead_ids)
    touched = set(entries.values_list("batch", flat=True))
    if not touched:
        return
    entries.delete()
    for batch in Batch.objects.filter(pk__in=touched, closed_at__isnull=True):
        close_when_empty(batch=batch, by=by, at=at)


def close_when_empty(*, batch: Batch, by: User | None, at: datetime) -> None:
    """Nothing is left to decide on: the batch's own duty ends."""
    if batch.entries.exists():
        return
    if Batch.objects.filter(pk=batch.pk, closed_at__isnull=True).update(closed_at=at):
        record("batch.decided", subject=batch, by=by, at=at)
    batch.closed_at = batch.closed_at or at

"""One action on many leads: which leads it is about stands fixed at its start, what became of each beside it."""

from typing import Any

from django.conf import settings
from django.db import models

from leads.models.lead import Lead


class BulkRun(models.Model):
    """`action` is a code of leads.services.bulk_actions, `values` what was chosen with it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"
        FAILED = "failed"

    action = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    # Where to go back to: the list it was started from.
    back = models.CharField(max_length=4000, blank=True)
    total = models.PositiveIntegerField(default=0)
    worked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Of the undo: how many it has looked at, how many somebody else had changed since.
    undone = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # When its end was looked at; until then the list of leads points to it.
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_by", "-id"], name="leads_bulk_unseen", condition=models.Q(seen_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING, self.State.UNDOING)


class BulkItem(models.Model):
    """One lead of a run. `old` is what an undo puts back, `reason` the code of a refusal."""

    class Result(models.TextChoices):
        PENDING = "pending"
        CHANGED = "changed"
        UNCHANGED = "unchanged"
        REFUSED = "refused"
        UNDONE = "undone"
        LEFT = "left"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    result = models.CharField(max_length=9, choices=Result, default=Result.PENDING)
    reason = models.CharField(max_length=40, blank=True)
    old: Any = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "lead"], name="leads_bulk_item_once")]
        indexes = [models.Index(fields=["run", "result", "lead"], name="leads_bulk_item_result")]

    def __str__(self) -> str:
        return f"lead {self.lead_id} of {self.run_id}"

"""A full recompute and its ranges of leads."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class RecomputeRun(models.Model):
    """Scores all leads under the models published when a range is taken; a newer publish supersedes the run."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("scoring", "Queued")
        RUNNING = "running", pgettext_lazy("scoring", "Running")
        DONE = "done", pgettext_lazy("scoring", "Done")
        STOPPED = "stopped", pgettext_lazy("scoring", "Stopped")
        SUPERSEDED = "superseded", pgettext_lazy("scoring", "Superseded")
        FAILED = "failed", pgettext_lazy("scoring", "Failed")

    class Kind(models.TextChoices):
        FULL = "full"
        MIDNIGHT = "midnight"

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FULL)
    as_of = models.DateField()
    leads_total = models.PositiveIntegerField(default=0)
    leads_done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    band_changes = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, default="manual")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["as_of"], name="scoring_one_midnight_run", condition=models.Q(kind="midnight")
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} {self.state}"

    @property
    def seconds(self) -> float | None:
        """How long it took, when it is over."""
        return (self.finished_at - self.created_at).total_seconds() if self.finished_at else None


class RecomputeRange(models.Model):
    """A range of lead ids, both included, under a lease."""

    run = models.ForeignKey(RecomputeRun, models.CASCADE, related_name="ranges")
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    is_done = models.BooleanField(default=False)
    # Counted here and summed into the run, so that workers on two ranges never wait for one row.
    leads = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    band_changes = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["run", "low"], name="scoring_range_owed", condition=models.Q(is_done=False))]

    def __str__(self) -> str:
        return f"{self.low}–{self.high} of {self.run_id}"

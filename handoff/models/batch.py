"""Leads that reached the line together, waiting for one decision."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from leads.models import Lead


class Batch(models.Model):
    """'42 件が基準に達しました': one owner, one due time, one row on the gap board."""

    cause = models.CharField(max_length=12)
    source_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "source_id"],
                name="handoff_batch_once",
                condition=models.Q(closed_at__isnull=True, source_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class BatchLead(models.Model):
    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="batch_entry")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="entries")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.batch_id}"

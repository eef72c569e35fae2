"""Scores worth remembering: at band changes, transitions and handoffs."""

from django.db import models

from leads.models import Lead


class ScoreHistory(models.Model):
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="score_history")
    at = models.DateTimeField()
    cause = models.CharField(max_length=12)
    model_id = models.BigIntegerField(null=True)
    total = models.IntegerField()
    band = models.CharField(max_length=6)

    class Meta:
        indexes = [models.Index(fields=["lead", "-at"], name="scoring_history_lead")]

    def __str__(self) -> str:
        return f"{self.total} of {self.lead_id}"

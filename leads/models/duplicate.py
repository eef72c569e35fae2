"""Pairs of leads that may be one person."""

from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead


class DuplicatePair(models.Model):
    """An unordered pair (a < b) with its reasons; `not the same` is remembered as dismissed."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        MERGED = "merged"

    a = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    b = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="leads_pair_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="leads_pair_order"),
        ]

    def __str__(self) -> str:
        return f"{self.a_id}–{self.b_id}"

"""The narrow score table (written only by `scoring`) and the marks of scores owed."""

from django.db import models

from leads.domain.choices import StaleCause
from leads.models.lead import Lead


class LeadScore(models.Model):
    """The present score of a lead under one published model version."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="score")
    model_id = models.BigIntegerField(null=True)
    total = models.IntegerField(default=0)
    band = models.CharField(max_length=6, default="low")
    grade = models.CharField(max_length=2, blank=True)
    fit = models.IntegerField(default=0)
    engagement = models.IntegerField(default=0)
    intent = models.IntegerField(default=0)
    readiness = models.IntegerField(default=0)
    authority = models.IntegerField(default=0)
    reaches_line = models.BooleanField(default=False)
    # The local day as of which windows and decay were counted.
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    # What stood here before the latest write, kept by the writing statement itself: a lead without a score is low.
    was_total = models.IntegerField(default=0)
    was_band = models.CharField(max_length=6, default="low")
    was_reaching = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-total", "-lead"], name="leads_score_total"),
            models.Index(fields=["band", "-total", "-lead"], name="leads_score_band"),
            models.Index(fields=["lead"], name="leads_score_line", condition=models.Q(reaches_line=True)),
        ]

    def __str__(self) -> str:
        return f"{self.total} of {self.lead_id}"


class ScoreDue(models.Model):
    """A score owed, with the strongest cause; set in the transaction that makes the score stale."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="score_due")
    cause = models.CharField(max_length=4, choices=StaleCause)
    marked_at = models.DateTimeField()
    # Raised by every new mark, so that a worker removes only the mark it has read.
    generation = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["marked_at"], name="leads_score_due_at")]

    def __str__(self) -> str:
        return f"{self.cause} for {self.lead_id}"

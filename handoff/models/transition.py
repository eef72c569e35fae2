"""The log of stage changes (append-only) and the first entries into each stage."""

from django.conf import settings
from django.db import models

from leads.domain.choices import Stage
from leads.models import Lead


class StageTransition(models.Model):
    """One change of stage. `seconds_before` is the time spent in the stage left (null when unknown)."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="transitions")
    from_stage = models.CharField(max_length=12, choices=Stage)
    to_stage = models.CharField(max_length=12, choices=Stage)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    score = models.IntegerField(null=True)
    model_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    seconds_before = models.BigIntegerField(null=True)
    handoff_id = models.BigIntegerField(null=True)
    # Entered and left at the same moment on the way to a further stage; left out of velocity.
    passed_through = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    undated = models.BooleanField(default=False)
    corrected = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["lead", "id"], name="handoff_transition_lead"),
            models.Index(fields=["to_stage", "at"], name="handoff_transition_to"),
            # Whether one lead has reached a stage since a moment: reports ask it of each handoff of a period.
            models.Index(fields=["lead", "to_stage", "at"], name="handoff_transition_reached"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage} of {self.lead_id}"


class StageEntry(models.Model):
    """A lead's first entry into a stage, with what the lead was then: what reports group by."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="stage_entries")
    stage = models.CharField(max_length=12, choices=Stage)
    at = models.DateTimeField()
    channel_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    imported = models.BooleanField(default=False)
    undated = models.BooleanField(default=False)
    passed_through = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "stage"], name="handoff_entry_once")]
        indexes = [models.Index(fields=["stage", "at", "lead"], name="handoff_entry_cohort")]

    def __str__(self) -> str:
        return f"{self.stage} of {self.lead_id}"

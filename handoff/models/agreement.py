"""What marketing and sales agree to owe each other (AR-36)."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SlaAgreement(models.Model):
    """Quality in words and each team's monthly target; how fast things are owed lies in the SLA policies alone.

    `promises` is the copy of those policies that was agreed to, made when it came into force; a draft has none.
    `version` counts on from agreement to agreement, so that no version names two texts.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        IN_FORCE = "in_force"
        ENDED = "ended"

    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    quality = models.TextField(blank=True)
    # MQLs handed over by marketing, SQLs of inside sales, deals won by field sales, in a month.
    mql_target = models.PositiveIntegerField(null=True)
    sql_target = models.PositiveIntegerField(null=True)
    won_target = models.PositiveIntegerField(null=True)
    promises = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], name="handoff_agreement_one_draft", condition=Q(state="draft")),
            models.UniqueConstraint(
                fields=["state"], name="handoff_agreement_one_in_force", condition=Q(state="in_force")
            ),
            models.CheckConstraint(
                name="handoff_agreement_is_whole",
                condition=Q(state="draft")
                | (Q(in_force_at__isnull=False, mql_target__isnull=False, won_target__isnull=False) & ~Q(quality="")),
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.version}"


class SlaConsent(models.Model):
    """One department's recorded 了承 of a draft and of the `promises` of that moment; void when either changes."""

    agreement = models.ForeignKey(SlaAgreement, models.CASCADE, related_name="consents")
    side = models.CharField(max_length=10, choices=[("marketing", "marketing"), ("sales", "sales")])
    version = models.PositiveIntegerField()
    promises = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "side", "version"], name="handoff_consent_once")]

    def __str__(self) -> str:
        return f"{self.side} agrees to {self.agreement_id}"

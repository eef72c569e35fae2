"""A deal in the making, won or lost."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from feedback.domain.choices import DEAL_RESULTS, OpportunitySource
from handoff.models import Handoff
from leads.models import Company, Lead


class Opportunity(models.Model):
    """`result` is empty while open. Imported ones stay outside pipeline contribution."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="opportunities")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="opportunities")
    handoff = models.ForeignKey(Handoff, models.PROTECT, null=True, related_name="opportunities")
    source = models.CharField(max_length=8, choices=OpportunitySource)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="JPY")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    result = models.CharField(max_length=4, blank=True, choices=DEAL_RESULTS)
    reason = models.CharField(max_length=40, blank=True)
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="feedback_closed_is_whole",
                condition=Q(result="", closed_on__isnull=True) | (~Q(result="") & Q(closed_on__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["lead", "-id"], name="feedback_opportunity_lead")]

    def __str__(self) -> str:
        return f"opportunity {self.pk} of {self.lead_id}"

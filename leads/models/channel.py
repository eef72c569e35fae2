"""Where leads come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    code = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    name = models.CharField(_("Name"), max_length=80, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """An effort within a channel; its cost is spread evenly over its days, both included."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="campaigns")
    name = models.CharField(_("Name"), max_length=120)
    cost = models.DecimalField(_("Cost"), max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="JPY")
    starts_on = models.DateField(_("From"), null=True, blank=True)
    ends_on = models.DateField(_("To"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="leads_campaign_once")]

    def __str__(self) -> str:
        return self.name


class LeadSource(models.Model):
    """One source of a lead; every one is kept, the first is the channel (copied to the lead)."""

    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="sources")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "channel", "campaign"], name="leads_source_once")]

    def __str__(self) -> str:
        return f"{self.lead_id} by {self.channel_id}"

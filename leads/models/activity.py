"""What leads did, and what was done with them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class ActivityType(models.Model):
    """A type as data. The standard ones come from leads.domain.activity_types by migration."""

    code = models.SlugField(max_length=40, primary_key=True)
    label_ja = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    is_ours = models.BooleanField(default=False)
    counts_as_contact = models.BooleanField(default=False)
    # Whether a person may record it; what only a machine sees is not written down by hand.
    is_by_hand = models.BooleanField(default=True, db_default=True)
    icon = models.CharField(max_length=40, default="point")
    is_standard = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Content(models.Model):
    """A document, page or webinar that activities refer to."""

    title = models.CharField(_("Title"), max_length=200)
    title_key = models.CharField(max_length=200, db_index=True)
    url = models.CharField(_("URL"), max_length=500, blank=True)
    kind = models.CharField(_("Kind"), max_length=40, blank=True)
    phase = models.CharField(_("Phase"), max_length=10, blank=True)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["title_key"], name="leads_content_once")]

    def __str__(self) -> str:
        return self.title


class Activity(models.Model):
    """One thing at one time. `occurred_on` is the local date in the organisation's zone, for whole-day rules."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="activities")
    event_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=40)
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="activities")
    url = models.CharField(max_length=1000, blank=True)
    occurred_at = models.DateTimeField()
    occurred_on = models.DateField()
    received_at = models.DateTimeField()
    duration_seconds = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["lead", "-occurred_at"], name="leads_activity_timeline"),
            models.Index(fields=["type", "occurred_on", "lead"], name="leads_activity_window"),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.lead_id}"

"""The one organisation of an installation."""

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """Name, time zone and the size preset; one row with the primary key 1."""

    class Preset(models.TextChoices):
        SMALL = "small", _("Small (one leg)")
        MID = "mid", _("Mid-size (two legs)")
        LARGE = "large", _("Large (teams and territories)")

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Asia/Tokyo")
    preset = models.CharField(max_length=5, choices=Preset, default=Preset.SMALL)
    is_sample = models.BooleanField(default=False)
    target_industries = models.JSONField(default=list)
    reps_see_own_team_only = models.BooleanField(default=False)
    publishing_needs_agreement = models.BooleanField(default=False)
    shows_advanced = models.BooleanField(default=False)
    sample_until = models.DateTimeField(null=True)
    # The four first steps on Today that are done: import, score, invite, handoff.
    steps_done = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="accounts_one_organization")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which local days are counted."""
        return ZoneInfo(self.time_zone)

"""Working hours as data."""

from django.conf import settings
from django.db import models

from accounts.models import Team


class Calendar(models.Model):
    """`weekly`: {"0": [["09:00", "12:00"], ["13:00", "18:00"]], …} by weekday, Monday 0; a gap is a break.

    The most specific one counts: a person's, else a team's, else the organisation's (neither set).
    `version` moves with every change, so that cached arithmetic and open clocks follow.
    """

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=60, default="Asia/Tokyo")
    weekly = models.JSONField(default=dict)
    country = models.CharField(max_length=2, default="JP", blank=True)
    team = models.OneToOneField(Team, models.CASCADE, null=True, related_name="calendar")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="calendar")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country"],
                name="handoff_one_default_calendar",
                condition=models.Q(team__isnull=True, user__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ClosingDay(models.Model):
    """A day, or every year's day when `every_year`, on which the company is closed (or open in spite of a holiday)."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="closing_days")
    starts_on = models.DateField()
    ends_on = models.DateField()
    every_year = models.BooleanField(default=False)
    is_open = models.BooleanField(default=False)
    name = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on}"

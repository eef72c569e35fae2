"""How a person, or a team's people by default, are told outside the application."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Team
from integrations.domain.telling import Pace


class NoticeSetting(models.Model):
    """What one person chose, or what counts for a team's people who chose nothing.

    An empty `mail` and an empty quiet time leave it to the team, then to the organisation; an empty zone is the
    organisation's.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notice_setting")
    team = models.OneToOneField(Team, models.CASCADE, null=True, related_name="notice_setting")
    mail = models.CharField(max_length=8, choices=Pace, blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    time_zone = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True) | Q(user__isnull=True, team__isnull=False),
                name="integrations_setting_of_one",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="integrations_quiet_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"notices of {self.user_id or self.team_id}"

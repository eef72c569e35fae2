"""The answer check: what people concluded from scores and outcomes, and when they look again."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.domain.roles import Permission


class AnswerCheckQuerySet(models.QuerySet["AnswerCheck"]):
    def visible_to(self, user: Any) -> "AnswerCheckQuerySet":
        """Whoever sees the figures sees what was concluded from them."""
        return self if user.is_service or user.may(Permission.SEE_REPORTS) else self.none()


class AnswerCheck(models.Model):
    """One recorded conclusion (append-only). `from_on` to `until_on` are the first and last day looked at."""

    conclusion = models.CharField(max_length=2000)
    next_on = models.DateField()
    from_on = models.DateField()
    until_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AnswerCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="feedback_check_period", condition=Q(until_on__gte=F("from_on"))),
            models.CheckConstraint(name="feedback_check_concludes", condition=~Q(conclusion="")),
        ]

    def __str__(self) -> str:
        return f"answer check of {self.at:%Y-%m-%d}"


class AnswerCheckReminder(models.Model):
    """People were told that a check had come due (append-only): one row a date, so that they are told once."""

    due_on = models.DateField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer check due on {self.due_on}"

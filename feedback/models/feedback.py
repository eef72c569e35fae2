"""What came of a handoff, in five inputs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from feedback.domain.choices import Reason, Result
from handoff.models import Handoff


class Feedback(models.Model):
    """One report; a handoff may get several, the latest counts, the first meets the clock.

    `happened_at` may lie before `given_at`: entered later than it happened.
    """

    handoff = models.ForeignKey(Handoff, models.PROTECT, related_name="feedbacks")
    result = models.CharField(max_length=11, choices=Result)
    reason = models.CharField(max_length=40, blank=True)
    next_action_on = models.DateField(null=True)
    quality = models.PositiveSmallIntegerField(null=True)
    comment = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="feedback_quality_range", condition=Q(quality__isnull=True) | Q(quality__range=(1, 5))
            ),
            models.CheckConstraint(name="feedback_lost_has_reason", condition=~Q(result="lost") | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["handoff", "-id"], name="feedback_by_handoff")]

    def __str__(self) -> str:
        return f"{self.result} for {self.handoff_id}"

    @property
    def reason_label(self) -> str:
        """The reason in the active language; a code that is no longer known stays as it is."""
        return str(Reason(self.reason).label) if self.reason in Reason.values else self.reason

    @property
    def is_late_entry(self) -> bool:
        """Entered on a later day than it happened (in UTC; close enough for a mark)."""
        return self.given_at.date() > self.happened_at.date()

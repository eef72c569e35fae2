"""What people are told: in the application always, by mail as they wish."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from integrations.domain.link_actions import Action
from integrations.models.sending import Sending


class Notice(models.Model):
    """One in-app notice; `key` makes it exactly one. Its text is made from `kind` and `data` on reading."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    lead_id = models.BigIntegerField(null=True)
    handoff_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # The one mail that carries it: its own, or the day's digest; empty when it isn't mailed.
    carried_by = models.ForeignKey("Mail", models.SET_NULL, null=True, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="integrations_notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="integrations_notice_user"),
            models.Index(fields=["user"], name="integrations_notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Mail(Sending):
    """One owed e-mail, of one notice or of a day's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_digest = models.BooleanField(default=False)
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="integrations_mail_owed", condition=Q(state="owed"))]

    def __str__(self) -> str:
        return self.key


class SignedLink(models.Model):
    """A link in a mail or chat message that accepts, rejects, reports or shows the sheet: single use, expiring, confirmed by a page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    handoff_id = models.BigIntegerField()
    action = models.CharField(max_length=20, choices=Action)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.action} {self.handoff_id}"

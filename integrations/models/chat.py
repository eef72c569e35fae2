"""Channels of chat services, and the messages owed to them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.domain.roles import Permission
from accounts.models import Team
from integrations.domain import chat_services
from integrations.domain.chat_services import ChatService
from integrations.domain.telling import Pace
from integrations.models.notice import Notice
from integrations.models.sending import Sending


class ChatChannelQuerySet(models.QuerySet["ChatChannel"]):
    def visible_to(self, user: Any) -> "ChatChannelQuerySet":
        """One's own; those of teams too for who may change settings."""
        mine = Q(user=user)
        return self.filter(mine | Q(team__isnull=False) if user.may(Permission.CHANGE_SETTINGS) else mine)


class ChatChannel(models.Model):
    """Where a person or a team is told in a chat service. `address` is a secret: never shown, logged or journaled."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="chat_channels")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="chat_channels")
    name = models.CharField(max_length=60)
    service = models.CharField(max_length=12, choices=ChatService)
    address = models.CharField(max_length=chat_services.LONGEST)
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.AT_ONCE)
    # In which a team is written to; a person is in their own.
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    # When the service said for good that it takes nothing more.
    ended_at = models.DateTimeField(null=True)
    objects = ChatChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True) | Q(user__isnull=True, team__isnull=False),
                name="integrations_channel_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.pk}"

    @property
    def shown(self) -> str:
        """The address with its secret left out."""
        address = chat_services.read(self.address)
        return address.shown if address else "…"


class ChatMessage(Sending):
    """One owed message: of one matter, or the morning's summary."""

    channel = models.ForeignKey(ChatChannel, models.CASCADE, related_name="messages")
    key = models.CharField(max_length=120)
    is_digest = models.BooleanField(default=False)
    # In a team's channel one matter concerns several people, each with a notice of their own.
    notices = models.ManyToManyField(Notice, related_name="chat_messages")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="integrations_message_once")]
        indexes = [models.Index(fields=["due_at"], name="integrations_chat_owed", condition=Q(state="owed"))]

    def __str__(self) -> str:
        return f"{self.key} to {self.channel_id}"

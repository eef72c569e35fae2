"""What can't be delivered is told in the application to those who can mend it."""

from datetime import datetime

from accounts.queries import organization
from handoff.queries import people
from integrations.domain.announcement import Announcement
from integrations.models import ChatMessage, Mail
from integrations.services import notices


def tell_of_dead_mail(*, mail: Mail, at: datetime) -> None:
    """One notice per administrator and mail."""
    announcement = Announcement(
        kind="mail.dead", key=f"mail.dead:{mail.pk}", user_ids=frozenset(people.admins()), data={"user": mail.user_id}
    )
    notices.tell(announcement=announcement, happened_at=at, at=at)


def tell_of_dead_message(*, message: ChatMessage, at: datetime) -> None:
    """One notice a channel and day: to its person, of a team's channel to the administrators."""
    channel = message.channel
    told = {channel.user_id} if channel.user_id else set(people.admins())
    announcement = Announcement(
        kind="chat.dead",
        key=f"chat.dead:{channel.pk}:{organization.local_day(at)}",
        user_ids=frozenset(told),
        data={"channel": channel.pk},
    )
    notices.tell(announcement=announcement, happened_at=at, at=at)

"""A mail that can't be delivered is told to the administrators, in the application."""

from datetime import datetime

from handoff.queries import people
from integrations.domain.announcement import Announcement
from integrations.models import Mail
from integrations.services import notices


def tell_of_dead_mail(*, mail: Mail, at: datetime) -> None:
    """One notice per administrator and mail."""
    announcement = Announcement(
        kind="mail.dead", key=f"mail.dead:{mail.pk}", user_ids=frozenset(people.admins()), data={"user": mail.user_id}
    )
    notices.tell(announcement=announcement, happened_at=at, at=at)

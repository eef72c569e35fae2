"""The place of notices in the menu, with how many are new."""

from datetime import datetime

from accounts import navigation
from accounts.models import User
from integrations.queries import notice_rows


def unread(*, user: User, at: datetime) -> navigation.Count:
    """How many notices the person hasn't seen."""
    return navigation.Count(notice_rows.unread_count(user))


navigation.count("notices", unread)

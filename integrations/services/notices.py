"""The one door to telling somebody something: a notice in the application, and the mail and chat that it may owe."""

from datetime import datetime

from accounts.models import User
from integrations.domain.announcement import Announcement
from integrations.domain.notice_kinds import KINDS
from integrations.models import Notice
from integrations.services import chat_owing, owing
from journal.transactions import retried


@retried
def tell(*, announcement: Announcement, happened_at: datetime, at: datetime) -> int:
    """Writes one notice per active person and key, and owes its mail and chat messages in the same transaction.

    Safe to repeat and to run twice at once: the database keeps (person, key) unique. Returns how many are new.
    """
    people = list(User.objects.active().people().filter(pk__in=announcement.user_ids).order_by("pk"))
    before = _of(announcement, people).count()
    Notice.objects.bulk_create((_notice(announcement, person, happened_at) for person in people), ignore_conflicts=True)
    notices = list(_of(announcement, people).select_related("user"))
    if KINDS[announcement.kind].mails and announcement.may_mail:
        owing.owe(
            notices=[notice for notice in notices if notice.carried_by_id is None], announcement=announcement, at=at
        )
        chat_owing.owe(notices=notices, announcement=announcement, at=at)
    return len(notices) - before


@retried
def mark_read(*, user: User, at: datetime, up_to: int | None = None) -> int:
    """The person has seen their notices (up to this id); returns how many were new to them."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=at)


def _of(announcement: Announcement, people: list[User]):
    return Notice.objects.filter(key=announcement.key, user__in=people).order_by("user_id")


def _notice(announcement: Announcement, person: User, happened_at: datetime) -> Notice:
    return Notice(
        user=person,
        key=announcement.key,
        kind=announcement.kind,
        data=announcement.data,
        lead_id=announcement.lead_id,
        handoff_id=announcement.handoff_id,
        at=happened_at,
    )

"""Decides which mail carries a notice and when: at once within working hours, or one digest a working day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organization
from handoff.domain.calendar import WorkCalendar
from handoff.models import Handoff
from handoff.queries import calendars
from integrations.domain.announcement import Announcement
from integrations.models import Mail, Notice
from journal import doorbell


def owe(*, notices: Iterable[Notice], announcement: Announcement, at: datetime) -> None:
    """Writes the mail row of each notice. Call it in the notice's transaction.

    Small organisations get one digest a working day; the people of the sample company get no mail.
    """
    organization = Organization.objects.first()
    if organization is None or organization.is_sample:
        return
    digests = organization.preset == Organization.Preset.SMALL
    team_id = _team_of(announcement)
    for notice in notices:
        calendar = calendars.for_receiver(user=notice.user_id, team=team_id)
        mail = _digest(notice, calendar, at) if digests else _single(notice, announcement, calendar, at)
        Notice.objects.filter(pk=notice.pk, carried_by__isnull=True).update(carried_by=mail)
    transaction.on_commit(lambda: doorbell.ring("integrations.tasks.send_mail"), robust=True)


def digest_moment(calendar: WorkCalendar, at: datetime) -> datetime:
    """The opening of the next working day that has not opened yet at `at`."""
    day = calendar.local_day(at)
    opening = calendar.next_open(calendar.midnight_of(day))
    if opening > at:
        return opening
    return calendar.next_open(calendar.midnight_of(day + timedelta(days=1)))


def _digest(notice: Notice, calendar: WorkCalendar, at: datetime) -> Mail:
    # It lies ahead, so no sender can have read its notices yet.
    moment = digest_moment(calendar, at)
    key = f"digest:{notice.user_id}:{calendar.local_day(moment)}"
    values = {"user": notice.user, "is_digest": True, "due_at": moment}
    return Mail.objects.get_or_create(key=key, defaults=values)[0]


def _single(notice: Notice, announcement: Announcement, calendar: WorkCalendar, at: datetime) -> Mail:
    earliest = max(at, announcement.mail_from or at)
    values = {"user": notice.user, "due_at": calendar.next_open(earliest)}
    return Mail.objects.get_or_create(key=f"{notice.key}:{notice.user_id}", defaults=values)[0]


def _team_of(announcement: Announcement) -> int | None:
    return Handoff.objects.filter(pk=announcement.handoff_id).values_list("team_id", flat=True).first()

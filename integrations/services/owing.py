"""Decides which mail carries a notice and when: at once, one digest a working day, or none."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Organization
from handoff.models import Handoff
from integrations.domain.announcement import Announcement
from integrations.domain.telling import Pace
from integrations.models import Mail, Notice
from integrations.queries import timings
from integrations.queries.timings import Timing
from journal import doorbell


def owe(*, notices: Iterable[Notice], announcement: Announcement, at: datetime) -> None:
    """Writes the mail row of each notice. Call it in the notice's transaction.

    The people of the sample company get no mail.
    """
    organization = Organization.objects.first()
    if organization is None or organization.is_sample:
        return
    told = list(notices)
    by_person = timings.of_people([notice.user_id for notice in told], team_id=_team_of(announcement))
    for notice in told:
        timing = by_person[notice.user_id]
        if timing.mail == Pace.NEVER:
            continue
        is_digest = timing.mail == Pace.DIGEST
        mail = _digest(notice, timing, at) if is_digest else _single(notice, announcement, timing, at)
        Notice.objects.filter(pk=notice.pk, carried_by__isnull=True).update(carried_by=mail)
    transaction.on_commit(lambda: doorbell.ring("integrations.tasks.send_mail"), robust=True)


def _digest(notice: Notice, timing: Timing, at: datetime) -> Mail:
    # It lies ahead, so no sender can have read its notices yet; named by its moment, for the hours may be changed.
    moment = timing.morning(at)
    key = f"digest:{notice.user_id}:{moment.astimezone(UTC):%Y-%m-%dT%H:%M}"
    values = {"user": notice.user, "is_digest": True, "due_at": moment}
    # One that changed hours brought forward has the moment, and another name.
    moved = Mail.objects.filter(user=notice.user, is_digest=True, due_at=moment, state=Mail.State.OWED)
    if (mail := moved.order_by("pk").first()) is not None:
        return mail
    return Mail.objects.get_or_create(key=key, defaults=values)[0]


def _single(notice: Notice, announcement: Announcement, timing: Timing, at: datetime) -> Mail:
    earliest = max(at, announcement.mail_from or at)
    values = {"user": notice.user, "due_at": timing.first(earliest)}
    return Mail.objects.get_or_create(key=f"{notice.key}:{notice.user_id}", defaults=values)[0]


def _team_of(announcement: Announcement) -> int | None:
    return Handoff.objects.filter(pk=announcement.handoff_id).values_list("team_id", flat=True).first()

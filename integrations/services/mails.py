"""Sends the mails owed: claimed with a lease, sent with a stable key, marked.

A send that was cut off midway may have left the house: it is repeated once its lease is over, with the same
Message-ID, and counted. Nothing of a send happens inside a transaction.
"""

import hashlib
import logging
import smtplib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet

from handoff.models import Handoff
from integrations.domain.telling import Pace
from integrations.models import Mail
from integrations.queries import timings
from integrations.queries.timings import Timing
from integrations.services import failures, letters
from journal.transactions import retried

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=1)


def send_owed(*, at: datetime, limit: int = 100) -> int:
    """Sends what is due, each mail under its own lease; returns how many went out."""
    return sum(
        _send(mail_id, at) for mail_id in list(_due(at).order_by("due_at", "id").values_list("pk", flat=True)[:limit])
    )


def message_id(mail: Mail) -> str:
    """The same for every attempt at the same mail, so that a mailbox can drop a repeat."""
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname or 'handoff'}>"


def _due(at: datetime) -> QuerySet[Mail]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    return Mail.objects.filter(free, state=Mail.State.OWED, due_at__lte=at)


def _send(mail_id: int, at: datetime) -> bool:
    mail = Mail.objects.select_related("user").get(pk=mail_id)
    timing = _timing(mail)
    if _waits(mail, timing, at) or not _claim(mail, at):
        return False
    letter = letters.compose(mail=mail, at=at) if timing.mail != Pace.NEVER else None
    if letter is None:
        _end(mail, state=Mail.State.DROPPED)
        return False
    try:
        _hand_over(mail, letter)
    except Exception as error:
        log.warning("mail %s was not taken: %s", mail.pk, error)
        _postpone(mail, at, error)
        return False
    _end(mail, state=Mail.State.SENT, sent_at=at)
    return True


def _timing(mail: Mail) -> Timing:
    """How its receiver wants to be told, as of now; a digest is of no one team."""
    carried = mail.notices.order_by("id").values("handoff_id")[:1]
    team = None if mail.is_digest else Handoff.objects.filter(pk__in=carried).values_list("team_id", flat=True).first()
    return timings.of_people([mail.user_id], team_id=team)[mail.user_id]


def _waits(mail: Mail, timing: Timing, at: datetime) -> bool:
    """Nobody is written to at night, on a holiday or in their quiet hours, also when the sender comes late."""
    moment = timing.first(at)
    if moment <= at:
        return False
    _due(at).filter(pk=mail.pk).update(due_at=moment)
    return True


@retried
def _claim(mail: Mail, at: datetime) -> bool:
    """One winner. A lease that ran out means that an earlier send was cut off: this one is a repeat."""
    cut_off = _due(at).filter(pk=mail.pk, leased_until__isnull=False)
    lease = {"leased_until": at + LEASE, "attempts": F("attempts") + 1}
    if cut_off.update(**lease, repeats=F("repeats") + 1):
        return True
    return bool(_due(at).filter(pk=mail.pk, leased_until__isnull=True).update(**lease))


def _hand_over(mail: Mail, letter: letters.Letter) -> None:
    EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.user.email],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
    ).send()


@retried
def _end(mail: Mail, **values: object) -> None:
    Mail.objects.filter(pk=mail.pk, state=Mail.State.OWED).update(leased_until=None, error="", **values)


@retried
def _postpone(mail: Mail, at: datetime, error: Exception) -> None:
    mail.refresh_from_db(fields=["attempts"])
    dead = _is_final(error) or mail.attempts >= MOST_ATTEMPTS
    Mail.objects.filter(pk=mail.pk, state=Mail.State.OWED).update(
        state=Mail.State.DEAD if dead else Mail.State.OWED,
        due_at=at + min(LONGEST_WAIT, timedelta(seconds=30 * 2**mail.attempts)),
        leased_until=None,
        error=f"{type(error).__name__}: {error}"[:300],
    )
    if dead:
        failures.tell_of_dead_mail(mail=mail, at=at)


def _is_final(error: Exception) -> bool:
    """The server said that trying again is of no use (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500

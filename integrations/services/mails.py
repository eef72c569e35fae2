"""Sends the mails owed, each with the same Message-ID whenever it is repeated. Nothing of a send happens inside a
transaction."""

import hashlib
import logging
import smtplib
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from handoff.models import Handoff
from integrations.domain.telling import Pace
from integrations.models import Mail
from integrations.queries import timings
from integrations.queries.timings import Timing
from integrations.services import failures, letters, sending
from journal.transactions import retried

log = logging.getLogger(__name__)


def send_owed(*, at: datetime, limit: int = 100) -> int:
    """Sends what is due, each mail under its own lease; returns how many went out."""
    owed = sending.due(Mail, at).order_by("due_at", "id").values_list("pk", flat=True)
    return sum(_send(mail_id, at) for mail_id in list(owed[:limit]))


def message_id(mail: Mail) -> str:
    """The same for every attempt at the same mail, so that a mailbox can drop a repeat."""
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname or 'handoff'}>"


def _send(mail_id: int, at: datetime) -> bool:
    mail = Mail.objects.select_related("user").get(pk=mail_id)
    timing = _timing(mail)
    if (moment := timing.first(at)) > at:
        # Nobody is written to at night, on a holiday or in their quiet hours, also when the sender comes late.
        sending.hold(mail, at=at, until=moment)
        return False
    if not sending.claim(mail, at):
        return False
    letter = letters.compose(mail=mail, at=at) if timing.mail != Pace.NEVER else None
    if letter is None:
        sending.end(mail, state=Mail.State.DROPPED)
        return False
    try:
        _hand_over(mail, letter)
    except Exception as error:
        log.warning("mail %s was not taken: %s", mail.pk, error)
        _postpone(mail, at, error)
        return False
    sending.end(mail, state=Mail.State.SENT, at=at)
    return True


def _timing(mail: Mail) -> Timing:
    """How its receiver wants to be told, as of now; a digest is of no one team."""
    carried = mail.notices.order_by("id").values("handoff_id")[:1]
    team = None if mail.is_digest else Handoff.objects.filter(pk__in=carried).values_list("team_id", flat=True).first()
    return timings.of_people([mail.user_id], team_id=team)[mail.user_id]


def _hand_over(mail: Mail, letter: letters.Letter) -> None:
    EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.user.email],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
    ).send()


@retried
def _postpone(mail: Mail, at: datetime, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}"
    if sending.postpone(mail, at=at, error=said, is_final=_is_final(error)):
        failures.tell_of_dead_mail(mail=mail, at=at)


def _is_final(error: Exception) -> bool:
    """The server said that trying again is of no use (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500

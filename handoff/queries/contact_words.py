"""How a contact went, in the reader's language: an email is not "not answered", nobody was called."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from handoff.domain.choices import ContactMethod, ContactResult


def said(method: str, result: str) -> str:
    """`出ない`, `返信あり`: as the form of a contact names it; the empty string for a result it doesn't know."""
    if method == ContactMethod.MAIL and result in _mailed():
        return _mailed()[result]
    return str(ContactResult(result).label) if result in ContactResult.values else ""


def said_on(method: str, result: str) -> str:
    """The same as a sentence with a place for the day, `%(day)sに会話`."""
    if method == ContactMethod.MAIL and result == ContactResult.NO_ANSWER:
        return _("Emailed on %(day)s, no reply yet")
    if method == ContactMethod.MAIL and result == ContactResult.TALKED:
        return _("Replied to the email of %(day)s")
    words = {
        ContactResult.NO_ANSWER: _("No answer on %(day)s"),
        ContactResult.TALKED: _("Spoke on %(day)s"),
        ContactResult.APPOINTMENT: _("Meeting booked on %(day)s"),
    }
    return words[ContactResult(result)] if result in ContactResult.values else _("Contacted on %(day)s")


def _mailed() -> dict[str, str]:
    return {
        ContactResult.NO_ANSWER: pgettext("contact", "Sent, no reply yet"),
        ContactResult.TALKED: pgettext("contact", "They replied"),
    }

"""What of this app Today reminds people of."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import navigation
from accounts.interface import dates
from accounts.models import User
from feedback.permissions import may_conclude
from feedback.queries import answer_checks
from handoff import reminders
from handoff.reminders import Reminder


def answer_check(*, user: User, at: datetime) -> Reminder | None:
    """The date for checking scores against outcomes has come."""
    url = navigation.address("answer-check")
    if not url or not may_conclude(user) or (due_on := answer_checks.due_since(at)) is None:
        return None
    title, text = answer_check_words(due_on)
    return Reminder(
        title=title,
        text=text,
        icon="calendar-check",
        url=url,
        label=pgettext("button", "Check the answers"),
    )


def answer_check_words(due_on: date) -> tuple[str, str]:
    """Title and text of a check that has been due since that day, on Today and in a notice."""
    told = _("Due since %(day)s. Hold scores against outcomes together, and record what you conclude.")
    return _("Time for the answer check"), told % {"day": dates.day(due_on)}


reminders.register(answer_check)

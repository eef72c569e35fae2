"""The verbs of the answer check: conclude, and remind when the next one has come due."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import organization
from feedback.models import AnswerCheck, AnswerCheckReminder
from feedback.permissions import may_conclude
from feedback.queries import answer_checks
from journal.errors import FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import one_at_a_time, retried

LONGEST = 2000
REPEATED_WITHIN = timedelta(minutes=10)


class MayNotConclude(Forbidden):
    """The rules are marketing's and the managers' to change."""

    code = "may_not_conclude"
    message = _("Only marketing, managers and administrators can record a conclusion.")


@retried
def conclude(
    *, conclusion: str, from_on: date, until_on: date, by: User, at: datetime, next_on: date | None = None
) -> AnswerCheck:
    """Records what was concluded from the figures of these days (both inclusive), and when to look again.

    `next_on` None is the first working day of the next quarter. The same again within ten minutes is answered with
    the first one. Raises MayNotConclude, Invalid.
    """
    if not may_conclude(by):
        raise MayNotConclude
    today = organization.local_day(at)
    values = {
        "conclusion": conclusion.strip(),
        "next_on": next_on or answer_checks.usual_next(today),
        "from_on": from_on,
        "until_on": until_on,
    }
    _check(values, today)
    one_at_a_time("answer check")
    repeated = AnswerCheck.objects.filter(**values, by=by, at__gt=at - REPEATED_WITHIN).first()
    if repeated is not None:
        return repeated
    check = AnswerCheck.objects.create(**values, by=by, at=at)
    data = {"next_on": check.next_on.isoformat()}
    record("answer_check.concluded", subject=check, by=by, at=at, data=data)
    return check


def remind(*, at: datetime) -> int:
    """Tells those who may conclude that a check has come due: once for each due date; returns how many dates."""
    due_on = answer_checks.due_since(at)
    if due_on is None or AnswerCheckReminder.objects.filter(due_on=due_on).exists():
        return 0
    return _tell(due_on, at)


@retried
def _tell(due_on: date, at: datetime) -> int:
    """The row that makes it once, and the event that brings the notices, in one transaction."""
    reminder, is_new = AnswerCheckReminder.objects.get_or_create(due_on=due_on, defaults={"at": at})
    if is_new:
        data = {"due_on": due_on.isoformat(), "people": answer_checks.people()}
        record("answer_check.due", subject=reminder, by=None, at=at, data=data)
    return int(is_new)


def _check(values: dict, today: date) -> None:
    errors = []
    if not values["conclusion"]:
        errors.append(FieldError("conclusion", "required", _("Write what you concluded.")))
    elif len(values["conclusion"]) > LONGEST:
        errors.append(FieldError("conclusion", "too_long", _("At most 2,000 characters.")))
    if values["next_on"] <= today:
        errors.append(FieldError("next_on", "past", _("Choose a day after today.")))
    if errors:
        raise Invalid(errors[0].message if len(errors) == 1 else _("Some fields have errors."), errors=errors)

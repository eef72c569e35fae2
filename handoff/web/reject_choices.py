"""The reasons to give a handoff back, each saying what will follow."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.interface import dates
from accounts.queries import organization
from handoff.domain import follows
from handoff.domain.choices import AfterReject
from handoff.models import RejectReason
from handoff.queries import due
from handoff.queries.reason_words import label_of

ICONS = {
    "missing_information": "forms",
    "wrong_person": "arrows-exchange",
    "wrong_contact": "user-question",
    "not_now": "calendar-time",
    "no_budget": "coin-yen",
    "unreachable": "phone-off",
    "out_of_scope": "ban",
    "duplicate": "copy",
}


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    follows: str
    icon: str


def choices(*, at: datetime) -> list[Choice]:
    """In the order people set."""
    reasons = RejectReason.objects.filter(is_active=True).order_by("position", "id")
    return [_choice(reason, at) for reason in reasons]


def what_follows(reason: RejectReason, *, at: datetime) -> str:
    """One sentence: where the lead goes, and when."""
    match reason.follows:
        case AfterReject.RETURN:
            return _("Goes back to the sender with a request for more information")
        case AfterReject.CHECK_CONTACT:
            return _("Goes back to the sender, who finds the right contact")
        case AfterReject.REROUTE:
            return _("Goes straight to another colleague")
        case AfterReject.DISQUALIFY:
            return _("Marked out of scope. It will not be handed over again")
        case AfterReject.MERGE:
            return _("Marketing decides whether it is the same person")
    day = due.day_in(reason.resurface_days or follows.NURTURE_DEFAULT_DAYS, at=at)
    return _("Goes to nurture, reviewed again from %(day)s") % {"day": dates.day(day, today=organization.local_day(at))}


def _choice(reason: RejectReason, at: datetime) -> Choice:
    icon = ICONS.get(reason.code, "arrow-back-up")
    return Choice(reason.code, label_of(reason), what_follows(reason, at=at), icon)

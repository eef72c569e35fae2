"""What a handoff that came back says to whoever has to see to it: who gave it back, why, and what to do by when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.interface import dates, figures
from handoff.domain.choices import AfterReject
from handoff.models import Handoff
from handoff.queries import reason_lines, reason_words
from leads.models import Lead


@dataclass(frozen=True)
class Return:
    """The panel on the lead's page."""

    title: str
    text: str
    asks_contact: bool


def line(handoff: Handoff, reason: str) -> str:
    """The same in one line of a list: the reason, and the first line of what was written with it."""
    said = {"reason": reason, "comment": reason_lines.first_line(handoff.reject_comment)}
    return _("Came back: %(reason)s “%(comment)s”") % said if said["comment"] else _("Came back: %(reason)s") % said


def told(handoff: Handoff, lead: Lead, *, at: datetime, missing: str = "") -> Return:
    """Who gave it back when, with which reason; what the sender does now, by the lead's due time, and what the gate
    finds `missing`."""
    today = timezone.localdate(at)
    said = {
        "name": figures.addressed(handoff.answered_by),
        "when": dates.near_moment(handoff.answered_at, today=today),
        "reason": reason_words.reason_label(handoff.reject_reason),
    }
    asks_contact = handoff.successor == AfterReject.CHECK_CONTACT
    task = (
        _("Find the right contact and hand over again by %(due)s.")
        if asks_contact
        else _("Ask what is missing and hand over again by %(due)s.")
    )
    comment = handoff.reject_comment.strip()
    lines = [
        _("“%(comment)s”") % {"comment": comment} if comment else "",
        task % {"due": dates.due(lead.due_at, today=today)},
        missing,
    ]
    return Return(
        title=_("%(name)s gave it back (%(when)s): %(reason)s") % said,
        text="\n".join(filter(None, lines)),
        asks_contact=asks_contact,
    )

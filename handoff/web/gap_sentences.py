"""What a gap says about itself: the heads of the board's kinds, and why one lead stands there."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.interface import dates, figures
from handoff.domain.calendar import WorkCalendar
from handoff.domain.gaps import GapKind
from handoff.queries import faces
from handoff.queries.duties import DutyRow
from leads.domain.choices import DueKind, Stage

KINDS_OF_ACTION = {
    "call": pgettext_lazy("planned", "Call"),
    "mail": pgettext_lazy("planned", "Email"),
    "meeting": pgettext_lazy("planned", "Meeting"),
    "other": pgettext_lazy("next action", "Other"),
}


@dataclass(frozen=True)
class Head:
    """Title of a kind, what it means, and the check that the empty board claims to hold."""

    title: str | Promise
    hint: str | Promise
    proof: str | Promise


HEADS: dict[GapKind, Head] = {
    GapKind.NO_NEXT_ACTION: Head(
        pgettext_lazy("gap", "No next action"),
        gettext_lazy("They have an owner, but the next action is overdue or not set"),
        gettext_lazy("Leads in progress have a next action"),
    ),
    GapKind.NOT_OFFERED: Head(
        pgettext_lazy("gap", "Ready but not handed over"),
        gettext_lazy("They became MQL but haven't been handed over yet"),
        gettext_lazy("Leads that reach the line are handed over"),
    ),
    GapKind.NO_FEEDBACK: Head(
        pgettext_lazy("gap", "Contacted, no result"),
        gettext_lazy("They were contacted, but no result has been reported to marketing"),
        gettext_lazy("Contact results are reported to marketing"),
    ),
    GapKind.NO_CONTACT: Head(
        pgettext_lazy("gap", "Accepted, not contacted"),
        gettext_lazy("The deadline for first contact has passed"),
        gettext_lazy("Accepted leads are contacted in time"),
    ),
    GapKind.NO_ANSWER: Head(
        pgettext_lazy("gap", "No answer"),
        gettext_lazy("The deadline to answer the handoff has passed"),
        gettext_lazy("Handoffs are answered in time"),
    ),
    GapKind.NO_OWNER: Head(
        pgettext_lazy("gap", "No owner"),
        gettext_lazy("No active person owns them"),
        gettext_lazy("Every lead has an owner or a team"),
    ),
}


def reason(row: DutyRow, *, today: date) -> str:
    """Why this row is a gap, in one line."""
    if row.batch is not None:
        return _("Reached the line together on %(day)s (%(cause)s)") % {
            "day": dates.day(row.batch.created_at, today=today),
            "cause": _cause(row.batch.cause),
        }
    if row.lead.owner is not None and not row.lead.owner.is_active:
        return _("%(name)s no longer works here") % {"name": figures.person(row.lead.owner)}
    say = {
        DueKind.OFFER: _since_mql,
        DueKind.ANSWER: _offered,
        DueKind.CONTACT: _accepted,
        DueKind.FEEDBACK: _contacted,
    }
    return capfirst(say.get(row.due_kind, _stuck)(row, today))


def _since_mql(row: DutyRow, today: date) -> str:
    since = {"day": dates.day(row.lead.stage_since, today=today)}
    return " ".join(filter(None, [_("MQL since %(day)s") % since, row.note]))


def _offered(row: DutyRow, today: date) -> str:
    if row.handoff is None:
        return _due(row, today)
    return _("%(when)s: handed over. Answer due: %(due)s") % {
        "when": dates.near_moment(row.handoff.offered_at, today=today),
        "due": _short(row.due_at, row.handoff.offered_at, today),
    }


def _accepted(row: DutyRow, today: date) -> str:
    if row.handoff is None or row.handoff.answered_at is None:
        return _due(row, today)
    return _("%(when)s: accepted. Contact due: %(due)s") % {
        "when": dates.near_moment(row.handoff.answered_at, today=today),
        "due": _short(row.due_at, row.handoff.answered_at, today),
    }


def _contacted(row: DutyRow, today: date) -> str:
    if row.handoff is None or row.handoff.first_contact_at is None:
        return _due(row, today)
    return _("%(day)s: first contact. Report due: %(due)s") % {
        "day": dates.near_day(row.handoff.first_contact_at, today=today),
        "due": dates.near_day(dates.due_day(row.due_at), today=today),
    }


def _stuck(row: DutyRow, today: date) -> str:
    """Still in its stage; what was to be done, or when anybody last spoke with them."""
    if row.note:
        rest = _noted(row.due_kind, row.note)
    elif row.lead.last_contact_at is None:
        rest = _("No contact recorded")
    else:
        rest = _("Last contact %(day)s") % {"day": dates.day(row.lead.last_contact_at, today=today)}
    return _("Still %(stage)s. %(rest)s") % {"stage": Stage(row.lead.stage).label, "rest": rest}


def _noted(duty: str, note: str) -> str:
    """What was to be asked or done. A next action is noted as `call: what about`; its kind is said in words."""
    if duty == DueKind.HEARING:
        return _("Ask about: %(what)s") % {"what": note}
    if duty != DueKind.NEXT_ACTION:
        return note
    kind, _colon, what = note.partition(":")
    if kind not in KINDS_OF_ACTION:
        return note
    said = str(KINDS_OF_ACTION[kind])
    return _("%(kind)s: %(what)s") % {"kind": said, "what": what.strip()} if what.strip() else said


def _due(row: DutyRow, today: date) -> str:
    return _("Due: %(when)s") % {"when": dates.near_due(row.due_at, today=today)}


def _short(due_at: datetime, other: datetime, today: date) -> str:
    """Only the time of day when both fall on one day."""
    same_day = dates.due_day(due_at) == timezone.localdate(other)
    return dates.due_time(due_at) if same_day else dates.near_due(due_at, today=today)


def _cause(code: str) -> str:
    words = {
        "import": pgettext("batch", "import"),
        "publish": pgettext("batch", "rules published"),
        "recompute": pgettext("batch", "scores recalculated"),
        "midnight": pgettext("batch", "new day"),
    }
    return words.get(code, pgettext("batch", "bulk change"))


@dataclass(frozen=True)
class Stuck:
    """How long something is past due, in working time: days for the squares, words where it is less than a day."""

    days: int
    text: str


def stuck(since: datetime, *, at: datetime, calendar: WorkCalendar) -> Stuck:
    """Whole working days since then, as the clocks of Today and the inbox count them; else hours and minutes."""
    minutes = max(1, calendar.minutes_between(since, at))
    if days := minutes // (calendar.day_minutes or faces.USUAL_DAY):
        return Stuck(days, "")
    return Stuck(0, dates.length(minutes if minutes < 60 else minutes // 60 * 60))

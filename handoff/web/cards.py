"""A card's lines in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates
from handoff.queries import contact_words, inbox, reason_lines
from handoff.queries.inbox import Card
from handoff.web import pause_words
from leads.models import Lead
from leads.queries.viewpoints import employees


@dataclass(frozen=True)
class Shown:
    """One card as the page draws it."""

    card: Card
    due: str
    about: str
    why: str
    warning: str
    holiday: str
    paused: str

    @property
    def is_pressing(self) -> bool:
        """Filled buttons while the clock is soon or late."""
        return self.card.face.state in ("soon", "late")

    @property
    def phone(self) -> str:
        return self.card.lead.mobile or self.card.lead.phone

    @property
    def method(self) -> str:
        return likely_method(self.card.lead)


def shown(card: Card, *, at: datetime) -> Shown:
    """The card with its sentences."""
    return Shown(card, _due(card, at), about(card.lead), _why(card), _warning(card), _holiday(card), _paused(card))


def likely_method(lead: Lead) -> str:
    """What the form of a contact begins with: an email where no number is known to call."""
    return "mail" if lead.email and not (lead.mobile or lead.phone) else "call"


def about(lead: object) -> str:
    """`会社・業種 320名`."""
    company = getattr(lead, "company", None)
    if company is None:
        return ""
    size = employees(company) if company.employee_count else ""
    more = company.industry or size
    if company.industry and size:
        more = pgettext("about", "%(industry)s, %(size)s") % {"industry": company.industry, "size": size}
    if not more:
        return company.name
    return pgettext("about", "%(company)s · %(more)s") % {"company": company.name, "more": more}


def _due(card: Card, at: datetime) -> str:
    labels = {
        inbox.ANSWER: pgettext("due", "Answer by %s"),
        inbox.CONTACT: pgettext("due", "First contact %s"),
        inbox.QUALIFY: pgettext("due", "Hand over by %s"),
        inbox.REPORT: pgettext("due", "Report by %s"),
    }
    label = labels[card.kind]
    if inbox.is_asked_sooner(card.handoff, card.kind):
        label = pgettext("due", "Ask by %s")
    return label % _near(card.due_at, timezone.localdate(at))


def _near(due_at: datetime, today: date) -> str:
    """Only the time of day where it is today's."""
    return dates.due_time(due_at) if dates.due_day(due_at) == today else dates.due(due_at, today=today)


def _why(card: Card) -> str:
    handoff, line = card.handoff, reason_lines.told(card.handoff)
    if card.kind == inbox.CONTACT:
        when = dates.near_moment(handoff.answered_at, today=_day(card))
        return _("Accepted %(when)s. %(line)s") % {"when": when, "line": line}
    if card.kind in (inbox.REPORT, inbox.QUALIFY):
        told = contact_words.said_on(handoff.contact_method, handoff.contact_result)
        ending = _("Result due") if card.kind == inbox.REPORT else _("Keep qualifying, then hand over")
        day = {"day": dates.day(card.contacted_at)}
        return _("%(told)s. %(ending)s") % {"told": told % day, "ending": ending}
    return line


def _warning(card: Card) -> str:
    if card.moves_at is None:
        return ""
    moves = _("Moves to someone else at %(time)s") % {"time": _near(card.moves_at, _day(card))}
    if not card.told:
        return moves
    names = _(", ").join(pgettext("colleague", "%(name)s") % {"name": name} for name in card.told)
    return _("%(moves)s (%(names)s notified)") % {"moves": moves, "names": names}


def _paused(card: Card) -> str:
    """Why, and by whom; with until when where the clock itself says how late it is."""
    if card.pause is None:
        return ""
    told = pause_words.told(card.pause)
    if card.face.state == "paused":
        return told
    return pgettext("separator", " · ").join((pause_words.until(card.pause, at=card.face.at), told))


def _holiday(card: Card) -> str:
    if not card.holidays or card.moves_at is not None:
        return ""
    day, _name = card.holidays[0]
    return _("%(day)s is a holiday and does not count") % {"day": dates.day(day)}


def _day(card: Card) -> date:
    return timezone.localdate(card.face.at)

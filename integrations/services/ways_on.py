"""The addresses that help with a notice: answers, results, the sheet, the page itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from handoff.models import Handoff
from integrations.domain.link_actions import ANSWERS, RESULTS, Action
from integrations.models import Notice
from integrations.queries.addresses import full
from integrations.services import links


@dataclass(frozen=True)
class Way:
    """What a link does, and its full address."""

    label: str
    url: str


def of(*, user: User, key: str, notice: Notice, url: str, at: datetime) -> list[Way]:
    """Signed links for what the person can do as it stands now, then the page at `url`.

    They act for this person: into a message that others read goes `plain` alone. `key` names the message.
    """
    handoff = Handoff.objects.filter(pk=notice.handoff_id).first()
    signed = (*_actions(handoff, user), *_sheet(handoff, user)) if handoff else ()
    ways = [
        Way(str(action.label), links.issue(user=user, key=key, handoff=handoff, action=action, at=at))
        for action in signed
    ]
    return ways + plain(url)


def plain(url: str) -> list[Way]:
    """The page itself, which asks to sign in."""
    return [Way(_("Open in Handoff"), full(url))] if url else []


def _actions(handoff: Handoff, user: User) -> tuple[Action, ...]:
    """What this person can do about the handoff by a link, as it stands now."""
    if handoff.state == "offered" and _is_receiver(handoff, user):
        return ANSWERS
    is_theirs = handoff.state == "accepted" and handoff.closed_at is None and handoff.assigned_to_id == user.pk
    if is_theirs and handoff.first_contact_at is None:
        return (Action.CONTACT,)
    return RESULTS if is_theirs and handoff.feedback_due_at is not None else ()


def _sheet(handoff: Handoff, user: User) -> tuple[Action, ...]:
    """The sheet by a link, for whoever may see the handoff."""
    return (Action.SHEET,) if Handoff.objects.visible_to(user).filter(pk=handoff.pk).exists() else ()


def _is_receiver(handoff: Handoff, user: User) -> bool:
    return handoff.assigned_to_id == user.pk or (handoff.assigned_to_id is None and handoff.team_id in user.team_ids)

"""What pressing the button behind a signed link does: once, as the person it was sent to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.permissions import may_report
from feedback.services import feedback
from handoff import permissions
from handoff.models import Handoff
from handoff.services import answers, contacts, handoffs
from integrations.domain.link_actions import ANSWERS, Action
from integrations.models import SignedLink
from integrations.services.links import UsedLink, read
from journal.errors import DomainError
from journal.transactions import retried


class WithSomebodyElse(DomainError):
    """What the link does is no longer this person's to do."""

    code = "with_somebody_else"
    status = 410
    message = _("This lead is with %(name)s now.")


def refuse(*, link: SignedLink, handoff: Handoff) -> None:
    """Raises why there is nothing for this person to do any more: AlreadyAnswered, HandoffOver, WithSomebodyElse."""
    if link.action in ANSWERS:
        answers.refuse_late(handoff, link.user)
    if link.action == Action.CONTACT:
        contacts.refuse_over(handoff)
    if not _is_theirs(link, handoff):
        raise WithSomebodyElse(name=str(handoff.assigned_to or handoff.team))


def _is_theirs(link: SignedLink, handoff: Handoff) -> bool:
    if link.action == Action.SHEET:
        return Handoff.objects.visible_to(link.user).filter(pk=handoff.pk).exists()
    if link.action in ANSWERS:
        return permissions.may_answer(link.user, handoff)
    may = permissions.may_contact if link.action == Action.CONTACT else may_report
    return may(link.user, handoff)


@retried
def use(*, token: str, values: Mapping[str, Any], at: datetime) -> Handoff:
    """Does what the link says, once, as the person it was sent to; a refusal leaves the link unused.

    `values` are the page's inputs: reason and comment of a reject; method, result, appointment_at and note of a
    contact; reason, next_action_on, quality and comment of a result. The sheet is only opened. Raises what `read`
    raises, WithSomebodyElse, and what the action itself refuses.
    """
    link = read(token=token, at=at)
    if not SignedLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise UsedLink
    handoff = Handoff.objects.select_related("lead").get(pk=link.handoff_id)
    refuse(link=link, handoff=handoff)
    if link.action == Action.SHEET:
        return handoff
    if link.action == Action.ACCEPT:
        handoffs.accept(handoff=handoff, by=link.user, at=at)
    elif link.action == Action.REJECT:
        handoffs.reject(handoff=handoff, by=link.user, at=at, **values)
    elif link.action == Action.CONTACT:
        handoffs.contact(handoff=handoff, by=link.user, at=at, **values)
    else:
        feedback.give(handoff=handoff, result=link.action, by=link.user, at=at, **values)
    return handoff

"""What pressing the button behind a signed link does: once, as the person it was sent to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.services import feedback
from handoff.models import Handoff
from handoff.services import handoffs
from integrations.domain.link_actions import Action
from integrations.models import SignedLink
from integrations.services.links import UsedLink, read
from journal.errors import DomainError
from journal.transactions import retried


class HiddenSheet(DomainError):
    """The person may no longer see the handoff that the link was made for."""

    code = "hidden_sheet"
    status = 410
    message = _("This lead is no longer with you or your team.")


@retried
def use(*, token: str, values: Mapping[str, Any], at: datetime) -> Handoff:
    """Does what the link says, once, as the person it was sent to; a refusal leaves the link unused.

    `values` are the page's inputs: reason and comment of a reject; method, result, appointment_at and note of a
    contact; reason, next_action_on, quality and comment
    of a result. The sheet is only opened. Raises what `read` raises, HiddenSheet, and what the action itself refuses.
    """
    link = read(token=token, at=at)
    if not SignedLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise UsedLink
    handoff = Handoff.objects.select_related("lead").get(pk=link.handoff_id)
    if link.action == Action.SHEET:
        if not Handoff.objects.visible_to(link.user).filter(pk=handoff.pk).exists():
            raise HiddenSheet
    elif link.action == Action.ACCEPT:
        handoffs.accept(handoff=handoff, by=link.user, at=at)
    elif link.action == Action.REJECT:
        handoffs.reject(handoff=handoff, by=link.user, at=at, **values)
    elif link.action == Action.CONTACT:
        handoffs.contact(handoff=handoff, by=link.user, at=at, **values)
    else:
        feedback.give(handoff=handoff, result=link.action, by=link.user, at=at, **values)
    return handoff

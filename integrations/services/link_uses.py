"""What pressing the button behind a signed link does: once, as the person it was sent to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feedback.services import feedback
from handoff.models import Handoff
from handoff.services import handoffs
from integrations.domain.link_actions import Action
from integrations.models import SignedLink
from integrations.services.links import UsedLink, read
from journal.transactions import retried


@retried
def use(*, token: str, values: Mapping[str, Any], at: datetime) -> Handoff:
    """Does what the link says, once, as the person it was sent to; a refusal leaves the link unused.

    `values` are the page's inputs: reason and comment of a reject; reason, next_action_on, quality and comment
    of a result. Raises what `read` raises and what the action itself refuses.
    """
    link = read(token=token, at=at)
    if not SignedLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise UsedLink
    handoff = Handoff.objects.select_related("lead").get(pk=link.handoff_id)
    if link.action == Action.ACCEPT:
        handoffs.accept(handoff=handoff, by=link.user, at=at)
    elif link.action == Action.REJECT:
        handoffs.reject(handoff=handoff, by=link.user, at=at, **values)
    else:
        feedback.give(handoff=handoff, result=link.action, by=link.user, at=at, **values)
    return handoff

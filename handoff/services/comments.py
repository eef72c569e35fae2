"""A word added to a reject afterwards: answering itself never asks for one."""

from datetime import datetime

from accounts.models import User
from handoff.domain.choices import HandoffState
from handoff.models import Handoff
from handoff.services.answers import NotReceiver
from journal.services import record
from journal.transactions import retried

LENGTH = 500


@retried
def add_to_reject(*, handoff: Handoff, by: User, at: datetime, comment: str) -> Handoff:
    """Only by who rejected it. Raises NotReceiver."""
    own = Handoff.objects.filter(pk=handoff.pk, state=HandoffState.REJECTED, answered_by=by)
    if not own.update(reject_comment=comment.strip()[:LENGTH]):
        raise NotReceiver
    handoff.reject_comment = comment.strip()[:LENGTH]
    record("handoff.commented", subject=handoff, by=by, at=at, lead_id=handoff.lead_id)
    return handoff

"""Deciding on leads that may be one person."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict
from journal.transactions import retried
from leads.models import DuplicatePair
from leads.services.lead_checks import require


class AlreadyMerged(Conflict):
    """The two are one already."""

    code = "already_merged"
    message = _("These two have been merged already.")


@retried
def dismiss(*, pair: DuplicatePair, by: User | None, at: datetime) -> DuplicatePair:
    """Remembers that they are not the same; twice is once. Raises Forbidden, AlreadyMerged."""
    require(by, Permission.EDIT_LEADS)
    won = DuplicatePair.objects.filter(pk=pair.pk, state=DuplicatePair.State.OPEN).update(state="dismissed")
    pair.refresh_from_db()
    if won:
        data = {"other": pair.b_id}
        journal.record("duplicate.dismissed", subject=pair, by=by, at=at, lead_id=pair.a_id, data=data)
    elif pair.state == DuplicatePair.State.MERGED:
        raise AlreadyMerged
    return pair

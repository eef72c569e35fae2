"""What receivers say about the sheet: one tap each."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from handoff import permissions
from handoff.models import Handoff
from handoff.services import holding
from handoff.services.contacts import NotHolder
from journal.services import record
from journal.transactions import retried


@retried
def sheet_useful(
    *, handoff: Handoff, by: User, at: datetime, useful: bool, expected_version: int | None = None
) -> Handoff:
    """Was the sheet useful? The latest answer counts. Raises NotHolder, StaleWrite when `expected_version` is no
    longer the handoff's."""
    holding.hold(handoff, expected_version)
    if not permissions.may_contact(by, handoff):
        raise NotHolder
    Handoff.objects.filter(pk=handoff.pk).update(sheet_useful=useful, version=F("version") + 1)
    handoff.sheet_useful = useful
    record("handoff.sheet_judged", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data={"useful": useful})
    return handoff


@retried
def tick_briefed(*, handoff: Handoff, by: User, at: datetime, briefed_at: datetime | None = None) -> Handoff:
    """口頭でも説明した, with the time. By the sender or the receiver."""
    if not (permissions.may_withdraw(by, handoff) or permissions.may_contact(by, handoff)):
        raise NotHolder
    Handoff.objects.filter(pk=handoff.pk).update(briefed_in_person_at=briefed_at or at)
    handoff.briefed_in_person_at = briefed_at or at
    record("handoff.briefed", subject=handoff, by=by, at=at, lead_id=handoff.lead_id)
    return handoff

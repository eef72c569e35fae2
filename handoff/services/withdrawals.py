"""Takes back an offer that nobody has answered yet."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain.choices import HandoffState
from handoff.models import Episode, Handoff
from handoff.queries import due, legs
from handoff.services import answers, clocks, duties, followups, holding, joining
from journal.errors import Forbidden
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import DueKind
from leads.models import Lead


class NotSender(Forbidden):
    code = "not_sender"
    message = _("Only the sender can withdraw it.")


@retried
def withdraw(*, handoff: Handoff, by: User, at: datetime, expected_version: int | None = None) -> Handoff:
    """The sender takes it back while unanswered; the lead is the sender's again. Raises AlreadyAnswered, NotSender,
    StaleWrite when `expected_version` is no longer the handoff's."""
    holding.hold(handoff, expected_version)
    if handoff.state != HandoffState.OFFERED:
        raise answers.already_answered(handoff, by)
    if not permissions.may_withdraw(by, handoff):
        raise NotSender
    pull_back(handoff=handoff, by=by, at=at)
    kind = DueKind.OFFER if legs.is_first(handoff.leg) else DueKind.QUALIFY
    lead = Lead.objects.get(pk=handoff.lead_id)
    duties.assign(lead=lead, duty=due.duty(kind, followups.sender_of(handoff), at=at, days=1))
    return handoff


def pull_back(*, handoff: Handoff, by: User | None, at: datetime) -> None:
    """Ends an open offer for whatever cause: clocks cancelled, joined leads freed; the lead's duty is the caller's."""
    won = Handoff.objects.filter(pk=handoff.pk, state=HandoffState.OFFERED).update(
        state=HandoffState.WITHDRAWN, closed_at=at, version=F("version") + 1
    )
    if not won:
        raise answers.already_answered(handoff, by)
    handoff.state, handoff.closed_at = HandoffState.WITHDRAWN, at
    clocks.cancel(handoff=handoff, at=at)
    Episode.objects.filter(pk=handoff.episode_id).update(withdrawn_at=at, outcome="withdrawn")
    joining.free(handoff=handoff, at=at)
    data = {"leg": handoff.leg, "to": handoff.assigned_to_id}
    record("handoff.withdrawn", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)

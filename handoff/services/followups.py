"""What follows a reject: reads the table of handoff.domain.follows and brings it about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from handoff.domain import follows
from handoff.domain.choices import AfterReject
from handoff.domain.stages import Way
from handoff.models import Handoff, RejectReason
from handoff.queries import due, marketing
from handoff.queries.marketing import Keeper
from handoff.services import duties, joining, nurturing, rerouting, stages
from leads.domain.choices import DueKind, Stage
from leads.models import Lead


@dataclass(frozen=True)
class Rejected:
    """One reject, as those who follow it up need it."""

    handoff: Handoff
    lead: Lead
    reason: RejectReason
    by: User
    at: datetime
    resurface_on: date | None


def after_reject(*, handoff: Handoff, reason: RejectReason, by: User, at: datetime, resurface_on: date | None) -> None:
    """Brings about what the reason's successor says, for the lead and those that joined it."""
    lead = Lead.objects.select_for_update().get(pk=handoff.lead_id)
    rejected = Rejected(handoff, lead, reason, by, at, resurface_on)
    _FOLLOW[AfterReject(reason.follows)](rejected)
    if reason.follows != AfterReject.REROUTE:
        joining.free(handoff=handoff, at=at)


def _back_to_sender(rejected: Rejected) -> None:
    """The stage stays; the sender asks for what is missing."""
    kind = follows.AFTER_REJECT[rejected.reason.follows].duty or DueKind.HEARING
    duties.assign(lead=rejected.lead, duty=due.duty(kind, sender_of(rejected.handoff), at=rejected.at))


def _reroute(rejected: Rejected) -> None:
    rerouting.pass_on(handoff=rejected.handoff, at=rejected.at)


def _nurture(rejected: Rejected) -> None:
    days = rejected.reason.resurface_days or follows.NURTURE_DEFAULT_DAYS
    nurturing.nurture(
        lead=rejected.lead,
        day=rejected.resurface_on or due.day_in(days, at=rejected.at),
        way=Way.REJECTED,
        reason=rejected.reason.code,
        by=rejected.by,
        at=rejected.at,
        handoff=rejected.handoff,
    )


def _disqualify(rejected: Rejected) -> None:
    stages.move(
        lead=rejected.lead,
        to=Stage.DISQUALIFIED,
        way=Way.REJECTED,
        reason=rejected.reason.code,
        by=rejected.by,
        at=rejected.at,
        handoff=rejected.handoff,
    )


def _propose_merge(rejected: Rejected) -> None:
    """Marketing decides whether it is the same person."""
    keeper = marketing.keeper_of(rejected.lead)
    duties.assign(lead=rejected.lead, duty=due.duty(DueKind.MERGE_DECISION, keeper, at=rejected.at))


_FOLLOW: dict[AfterReject, Callable[[Rejected], None]] = {
    AfterReject.RETURN: _back_to_sender,
    AfterReject.CHECK_CONTACT: _back_to_sender,
    AfterReject.REROUTE: _reroute,
    AfterReject.NURTURE: _nurture,
    AfterReject.DISQUALIFY: _disqualify,
    AfterReject.MERGE: _propose_merge,
}


def sender_of(handoff: Handoff) -> Keeper:
    """The sender while active, else the sender's team, else marketing."""
    if handoff.sender is not None and handoff.sender.is_active:
        return Keeper(handoff.sender_id, handoff.sender_team_id)
    if handoff.sender_team_id is not None:
        return Keeper(None, handoff.sender_team_id)
    return marketing.keeper_of(handoff.lead)

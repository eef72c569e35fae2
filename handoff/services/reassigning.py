"""A manager gives a handoff to somebody else: the row, its start and its promises stay."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from handoff import permissions
from handoff.domain.choices import HandoffState
from handoff.domain.duties import Duty
from handoff.models import Handoff
from handoff.queries import legs
from handoff.services import clocks, contacts, duties, holding, joining
from journal.errors import FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from leads.models import Lead


class NotManager(Forbidden):
    code = "not_manager"
    message = _("Only a manager of the team can reassign.")


class BadReceiver(Invalid):
    code = "bad_receiver"
    message = _("Choose a person or team that receives on this leg; an accepted handoff needs a person.")


@retried
def reassign(
    *,
    handoff: Handoff,
    by: User | None,
    at: datetime,
    reason: str = "",
    user: User | None = None,
    team: Team | None = None,
    expected_version: int | None = None,
) -> Handoff:
    """To a person, or (unanswered only) to a team's queue. Raises NotManager, BadReceiver, HandoffOver, StaleWrite
    when `expected_version` is no longer the handoff's."""
    holding.hold(handoff, expected_version)
    if by is not None and not permissions.may_reassign(by, handoff):
        raise NotManager
    if handoff.state not in (HandoffState.OFFERED, HandoffState.ACCEPTED) or handoff.closed_at is not None:
        raise contacts.HandoffOver
    target = _team(handoff, user, team)
    values: dict[str, Any] = {"assigned_to": user, "team": target, "assigned_at": at}
    won = Handoff.objects.filter(pk=handoff.pk, state=handoff.state, version=handoff.version).update(
        version=F("version") + 1, **values
    )
    if not won:
        raise contacts.HandoffOver
    was = handoff.assigned_to_id
    handoff.refresh_from_db()
    clocks.reassigned(handoff=handoff, at=at)
    for lead in [Lead.objects.get(pk=handoff.lead_id), *joining.joined_to(handoff)]:
        _follow(lead, was, handoff)
    data = {"from": was, "to": handoff.assigned_to_id, "team": target.pk, "reason": reason}
    record("handoff.reassigned", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return handoff


def _team(handoff: Handoff, user: User | None, team: Team | None) -> Team:
    """The receiving team; refuses who does not receive on this leg."""
    kind = legs.RECEIVING[handoff.leg]
    if user is None:
        if team is None or team.kind != kind or handoff.state == HandoffState.ACCEPTED:
            raise BadReceiver(errors=[FieldError("user", "bad_receiver", str(BadReceiver.message))])
        return team
    own = Team.objects.filter(memberships__user=user, is_active=True, kind=kind)
    found = own.filter(pk=(team or handoff.team).pk).first() or own.order_by("id").first()
    if found is None or not user.is_active:
        raise BadReceiver(errors=[FieldError("user", "bad_receiver", str(BadReceiver.message))])
    return found


def _follow(lead: Lead, was: int | None, handoff: Handoff) -> None:
    """The duty goes along; an accepted lead that somebody else holds by now is left alone."""
    is_open = handoff.state == HandoffState.OFFERED
    if lead.due_at is None or not (is_open or lead.owner_id in (was, None)):
        return
    duty = Duty(lead.due_kind, lead.due_at, handoff.assigned_to_id, handoff.team_id, lead.due_note)
    duties.assign(lead=lead, duty=duty)

"""Who may do what with a handoff or a stage, as predicates for services, pages, API and templates."""

from accounts.domain.roles import Permission, Role
from accounts.models import User
from handoff.domain.stages import Who
from handoff.models import Handoff
from handoff.queries import legs
from leads.domain.choices import Stage
from leads.models import Lead

MARKETING_STAGES = frozenset({Stage.LEAD, Stage.MAL, Stage.MQL, Stage.NURTURE, Stage.LOST})


def may_offer(user: User, leg: str) -> bool:
    """First legs are marketing's, the second is inside sales'."""
    needed = Permission.OFFER_FIRST_LEG if legs.is_first(leg) else Permission.OFFER_SECOND_LEG
    return user.is_service or user.may(needed)


def may_answer(user: User, handoff: Handoff) -> bool:
    """The receiver; for a queue, whoever takes from it. A key answers for the person it names."""
    if user.is_service:
        return True
    if handoff.assigned_to_id is not None:
        return handoff.assigned_to_id == user.pk
    return user.may(Permission.ANSWER_HANDOFFS) and _works_for(user, handoff.team_id)


def may_contact(user: User, handoff: Handoff) -> bool:
    """The receiver and the colleagues of the receiving team."""
    return may_answer(user, handoff) or (user.may(Permission.RECORD_ACTIVITIES) and _works_for(user, handoff.team_id))


def may_withdraw(user: User, handoff: Handoff) -> bool:
    """Who sent it; what the system sent, any marketer; managers and administrators too."""
    if user.is_service or user.pk in (handoff.offered_by_id, handoff.sender_id):
        return True
    if handoff.offered_by_id is None and legs.is_first(handoff.leg):
        return user.may(Permission.OFFER_FIRST_LEG)
    return user.may(Permission.REASSIGN_HANDOFFS) and _works_for(user, handoff.sender_team_id)


def may_reassign(user: User, handoff: Handoff) -> bool:
    """Managers within their own teams; administrators everywhere."""
    if user.is_service:
        return True
    return user.may(Permission.REASSIGN_HANDOFFS) and _works_for(user, handoff.team_id)


def may_pause(user: User, handoff: Handoff) -> bool:
    """Whose promise it is, and a manager of the team; in a queue it is the manager's."""
    return handoff.assigned_to_id == user.pk or may_reassign(user, handoff)


def may_report(user: User, handoff: Handoff) -> bool:
    """Who holds it, and a manager of the team."""
    if user.is_service or handoff.assigned_to_id == user.pk:
        return True
    return may_reassign(user, handoff)


def holds(user: User, lead: Lead) -> bool:
    """Whoever is accountable for the lead now: its owner, or anybody of the team whose queue it lies in."""
    if user.is_service or Role.ADMIN in user.roles or lead.owner_id == user.pk:
        return True
    return lead.owner_id is None and lead.team_id in user.team_ids


def may_direct(user: User, lead: Lead) -> bool:
    """A manager of the lead's team, or a marketer for what marketing keeps."""
    if user.may(Permission.REASSIGN_HANDOFFS) and _works_for(user, lead.team_id):
        return True
    return user.may(Permission.MOVE_STAGES) and lead.stage in MARKETING_STAGES


def may_direct_some(user: User) -> bool:
    """Whether there can be leads for which `may_direct` holds."""
    return user.may(Permission.REASSIGN_HANDOFFS) or user.may(Permission.MOVE_STAGES)


def belongs_to(user: User, lead: Lead, who: str) -> bool:
    """Whether the user is one of those whom the table of transitions names as `who`."""
    if user.is_service or Role.ADMIN in user.roles:
        return True
    match who:
        case Who.MARKETER:
            return user.may(Permission.MOVE_STAGES)
        case Who.REP:
            return user.may(Permission.GIVE_FEEDBACK) and (holds(user, lead) or lead.owner_id is None)
        case Who.HOLDER:
            return holds(user, lead) or user.may(Permission.MOVE_STAGES)
    return False


def _works_for(user: User, team_id: int | None) -> bool:
    return Role.ADMIN in user.roles or team_id in user.team_ids

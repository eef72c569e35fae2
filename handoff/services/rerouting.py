"""Gives an unanswered or misdirected handoff to somebody else: a new row of the same episode."""

from datetime import datetime

from django.db.models import F

from accounts.models import Membership, Team, User
from handoff.domain.choices import ClockKind, HandoffState
from handoff.domain.duties import Duty
from handoff.models import Handoff
from handoff.queries import people
from handoff.services import clocks, duties, joining, offers, routing
from journal.models import Event
from journal.services import record
from leads.domain.choices import DueKind
from leads.models import Lead

REROUTED, QUEUED, STAYED = "rerouted", "queued", "stayed"
MOST_REROUTES = 2


def reroute(*, handoff: Handoff, at: datetime) -> str:
    """Called when twice the answer's time has passed; `handoff` is open and its row locked by the caller.

    Returns REROUTED (to a person), QUEUED (nobody left or twice re-routed: the queue, the manager accountable)
    or STAYED (a team of one: nothing changed).
    """
    if _is_alone(handoff):
        return STAYED
    won = Handoff.objects.filter(pk=handoff.pk, state=HandoffState.OFFERED).update(
        state=HandoffState.REROUTED, closed_at=at, version=F("version") + 1
    )
    if not won:
        return STAYED
    handoff.state = HandoffState.REROUTED
    clocks.cancel(handoff=handoff, at=at)
    return pass_on(handoff=handoff, at=at)


def pass_on(*, handoff: Handoff, at: datetime) -> str:
    """Offers what `handoff` (no longer open) carried to the next one who hasn't had it, else to the queue."""
    team = handoff.team
    user = None
    if _may_go_on(handoff):
        user = routing.next_in_team(team=team, at=at, excluding=_had_it(handoff))
    successor = _copy(handoff, user, at)
    offers.start_clocks(handoff=successor, at=at)
    duty = _duty(successor)
    duties.assign(lead=Lead.objects.get(pk=handoff.lead_id), duty=duty)
    joining.carry(old=handoff, new=successor, duty=duty)
    data = {"from": handoff.assigned_to_id, "to": successor.assigned_to_id, "new": successor.pk, "leg": handoff.leg}
    record("handoff.rerouted", subject=handoff, by=None, at=at, lead_id=handoff.lead_id, data=data)
    offers.tell_offered(handoff=successor, by=None, at=at, because="rerouted", told_by=_told_by(handoff))
    return REROUTED if user else QUEUED


def _told_by(handoff: Handoff) -> list[str] | None:
    """How the receiver before was told, which the rule had said when it was offered; None every way."""
    offered = Event.objects.filter(
        subject_type=Handoff._meta.label_lower, subject_id=handoff.pk, kind="handoff.offered"
    )
    latest = offered.order_by("-pk").first()
    return latest.data.get("told_by") if latest else None


def _may_go_on(handoff: Handoff) -> bool:
    """Silence passes an offer on at most twice; a reject does so as long as anybody is left."""
    if handoff.state == HandoffState.REJECTED:
        return True
    silent = Handoff.objects.filter(episode=handoff.episode_id, state=HandoffState.REROUTED)
    return silent.count() <= MOST_REROUTES


def _is_alone(handoff: Handoff) -> bool:
    """One person receives in this team, and has it: there is nobody to pass it to."""
    if handoff.assigned_to_id is None:
        return handoff.reroutes > 0
    return (
        not Membership.objects.filter(team=handoff.team_id, receives=True, user__is_active=True)
        .exclude(user=handoff.assigned_to_id)
        .exists()
    )


def _had_it(handoff: Handoff) -> list[int]:
    rows = Handoff.objects.filter(episode=handoff.episode_id, assigned_to__isnull=False)
    return list(rows.values_list("assigned_to", flat=True))


def _duty(successor: Handoff) -> Duty:
    """The new receiver owes the answer; in the queue the manager is accountable."""
    owner = successor.assigned_to_id or next(iter(people.managers_of(successor.team_id)), None)
    return Duty(DueKind.ANSWER, successor.answer_due_at, owner, successor.team_id)


def _copy(handoff: Handoff, user: User | None, at: datetime) -> Handoff:
    """The same sheet to another receiver, one re-route further."""
    team = Team.objects.get(pk=handoff.team_id)
    return Handoff.objects.create(
        episode_id=handoff.episode_id,
        lead_id=handoff.lead_id,
        leg=handoff.leg,
        offered_at=at,
        offered_by=None,
        sender_id=handoff.sender_id,
        sender_team_id=handoff.sender_team_id,
        team=team,
        assigned_to=user,
        assigned_at=at,
        routed_because="rerouted",
        reroutes=handoff.reroutes + 1,
        priority=handoff.priority,
        reason_line=handoff.reason_line,
        note=handoff.note,
        sheet=handoff.sheet,
        first_contact_at=handoff.first_contact_at,
        contact_method=handoff.contact_method,
        contact_result=handoff.contact_result,
        answer_due_at=clocks.due_at(
            kind=ClockKind.ANSWER, leg=handoff.leg, band=handoff.priority, user=user, team=team, at=at
        ),
    )

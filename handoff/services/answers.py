"""The receiver's answers: accept and reject. Of any number of simultaneous ones exactly one wins."""

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain.choices import AfterReject, ClockKind, HandoffState
from handoff.domain.pauses import minutes_between
from handoff.domain.stages import Way
from handoff.models import Episode, Handoff, RejectReason
from handoff.queries import calendars, legs, pauses, withdrawn_by
from handoff.services import clocks, closing, contacts, followups, holding, joining, stages
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.remembering import remembering
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import Stage
from leads.models import Lead


class NotReceiver(Forbidden):
    code = "not_receiver"
    message = _("Only the receiver can answer. A manager can reassign it.")


class AlreadyAnswered(Conflict):
    """Somebody else was faster; the message names the winner."""

    code = "already_answered"
    message = _("%(name)s got there first: this handoff is %(state)s.")


class AnsweredByYou(AlreadyAnswered):
    """The same person, from another tab or by a second press."""

    message = _("You already answered this handoff: it is %(state)s.")


class TakenBack(AlreadyAnswered):
    """Nobody answered it: the offer itself is over."""

    message = _("This handoff was withdrawn, so there is nothing left to answer.")


class TakenBackBy(TakenBack):
    message = _("%(name)s withdrew this handoff, so there is nothing left to answer.")


class WentOn(AlreadyAnswered):
    message = _("The answer came too late: this handoff was passed to %(name)s.")


class NobodyNamed(Invalid):
    code = "user_missing"
    message = _("The handoff is in a queue: specify the user who takes it.")


class UnknownReason(Invalid):
    code = "unknown_reason"
    message = _("There is no such reason. Known ones: %(known)s.")


def accept(
    *, handoff: Handoff, by: User, at: datetime, user: User | None = None, expected_version: int | None = None
) -> Handoff:
    """Takes the responsibility; asks for nothing. `user` is who takes it where a key answers for a queue.

    Raises AlreadyAnswered (naming the winner), NotReceiver, NobodyNamed, StaleWrite when `expected_version` is no
    longer the handoff's.
    """
    refuse_late(handoff, by)
    return _accept(handoff, by, at, user, expected_version)


@retried
def _accept(handoff: Handoff, by: User, at: datetime, user: User | None, expected_version: int | None) -> Handoff:
    with remembering():
        _check(handoff, by, expected_version)
        return _taken(handoff, by, at, user)


def _taken(handoff: Handoff, by: User, at: datetime, user: User | None) -> Handoff:
    person = _person(handoff, by, user)
    is_taken = handoff.assigned_to_id != person.pk
    taken = {"assigned_to": person, "assigned_at": at} if is_taken else {}
    _answer(handoff, HandoffState.ACCEPTED, at, answered_by=person, **taken)
    if is_taken:
        clocks.reassigned(handoff=handoff, at=at)
    clocks.meet(handoff=handoff, kind=ClockKind.ANSWER, at=at)
    minutes = _answered_episode(handoff, at)
    Episode.objects.filter(pk=handoff.episode_id).update(accepted_at=at, outcome="accepted")
    lead = Lead.objects.get(pk=handoff.lead_id)
    stage = Stage.SAL if legs.is_first(handoff.leg) else Stage.SQL
    duty = contacts.duty_after_accepting(handoff=handoff, at=at)
    stages.move(lead=lead, to=stage, way=Way.ACCEPTED, by=person, at=at, handoff=handoff, duty=duty)
    joining.follow_acceptance(handoff=handoff, duty=duty, by=person, at=at)
    data = {"by": person.pk, "leg": handoff.leg, "minutes": minutes}
    record("handoff.accepted", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return handoff


def reject(
    *,
    handoff: Handoff,
    reason: str,
    by: User,
    at: datetime,
    comment: str = "",
    resurface_on: date | None = None,
    expected_version: int | None = None,
) -> Handoff:
    """Gives it back with a coded reason; the reason decides what follows (DESIGN §4).

    Raises AlreadyAnswered (naming the winner), NotReceiver, UnknownReason, StaleWrite when `expected_version` is no
    longer the handoff's.
    """
    refuse_late(handoff, by)
    return _reject(handoff, reason, by, at, comment, resurface_on, expected_version)


@retried
def _reject(
    handoff: Handoff,
    reason: str,
    by: User,
    at: datetime,
    comment: str,
    resurface_on: date | None,
    expected_version: int | None,
) -> Handoff:
    _check(handoff, by, expected_version)
    chosen = _reason(reason)
    person = by if not by.is_service else handoff.assigned_to or by
    _answer(
        handoff,
        HandoffState.REJECTED,
        at,
        answered_by=person,
        reject_reason=chosen.code,
        reject_comment=comment[:500],
        successor=chosen.follows,
    )
    clocks.meet(handoff=handoff, kind=ClockKind.ANSWER, at=at)
    clocks.cancel(handoff=handoff, at=at)
    if chosen.follows != AfterReject.REROUTE:
        _answered_episode(handoff, at)
        closing.close(handoff=handoff, at=at, outcome="rejected", answered=False)
    followups.after_reject(handoff=handoff, reason=chosen, by=person, at=at, resurface_on=resurface_on)
    data = {"reason": chosen.code, "follows": chosen.follows, "by": person.pk, "leg": handoff.leg}
    record("handoff.rejected", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return handoff


def already_answered(handoff: Handoff, by: User | None) -> AlreadyAnswered:
    """The refusal that names who answered, or who took the offer back; who did so themselves hear that they did."""
    return _refusal(_as_it_is(handoff), by)


def _as_it_is(handoff: Handoff) -> Handoff:
    return Handoff.objects.select_related("answered_by").get(pk=handoff.pk)


def refuse_late(handoff: Handoff, by: User) -> None:
    """Of many at once most find the answer given when they read the handoff. They hear so without a transaction:
    what would wait for the winner's locks, and on SQLite keep every other writer waiting, is spared."""
    if handoff.state == HandoffState.OFFERED:
        return
    state = Handoff.objects.values_list("state", flat=True).get(pk=handoff.pk)
    if state != HandoffState.OFFERED:
        raise _refusal(handoff if state == handoff.state else _as_it_is(handoff), by)


def _refusal(current: Handoff, by: User | None) -> AlreadyAnswered:
    if current.state == HandoffState.REROUTED:
        later = Handoff.objects.filter(episode=current.episode_id, pk__gt=current.pk).order_by("-pk").first()
        return WentOn(name=str(later and (later.assigned_to or later.team)))
    if current.state == HandoffState.WITHDRAWN:
        sender = withdrawn_by.person(current)
        return TakenBack() if sender in (None, by) else TakenBackBy(name=sender.name)
    if by is not None and current.answered_by_id == by.pk:
        return AnsweredByYou(state=HandoffState(current.state).label)
    return AlreadyAnswered(name=str(current.answered_by), state=HandoffState(current.state).label)


def _check(handoff: Handoff, by: User, expected_version: int | None) -> None:
    """State before permission: who came second hears who was first, not that it is none of their business."""
    holding.hold(handoff, expected_version)
    if handoff.state != HandoffState.OFFERED:
        raise already_answered(handoff, by)
    if not permissions.may_answer(by, handoff):
        raise NotReceiver


def _person(handoff: Handoff, by: User, user: User | None) -> User:
    """Who takes it: the person named by a key, the receiver, or who took it from the queue."""
    if user is not None and user.pk != by.pk:
        if not (by.is_service or permissions.may_reassign(by, handoff)):
            raise NotReceiver
        if not user.is_active or handoff.team_id not in user.team_ids:
            raise NobodyNamed(errors=[FieldError("user", "not_in_team", str(_("This person is not on the team.")))])
        return user
    if by.is_service and handoff.assigned_to is None:
        raise NobodyNamed(errors=[FieldError("user", "required", str(NobodyNamed.message))])
    return handoff.assigned_to if by.is_service and handoff.assigned_to else by


def _answer(handoff: Handoff, state: str, at: datetime, **values: Any) -> None:
    """The one conditional update: whoever finds the row still open wins."""
    won = Handoff.objects.filter(pk=handoff.pk, state=HandoffState.OFFERED).update(
        state=state, answered_at=at, version=F("version") + 1, **values
    )
    if not won:
        raise already_answered(handoff, values["answered_by"])
    for name, value in (values | {"state": state, "answered_at": at}).items():
        setattr(handoff, name, value)


def _answered_episode(handoff: Handoff, at: datetime) -> int:
    """Writes the answer on the episode; returns the working minutes since its first offer, without its pauses."""
    episode = handoff.episode
    calendar = calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id)
    minutes = minutes_between(calendar, episode.offered_at, at, pauses.of_episode(episode.pk))
    Episode.objects.filter(pk=episode.pk, answered_at__isnull=True).update(answered_at=at, answer_minutes=minutes)
    return minutes


def _reason(code: str) -> RejectReason:
    found = RejectReason.objects.filter(code=code, is_active=True).first()
    if found is not None:
        return found
    known = ", ".join(RejectReason.objects.filter(is_active=True).order_by("position").values_list("code", flat=True))
    raise UnknownReason(errors=[FieldError("reason", "unknown", known)], known=known)

"""Lets the promises of a handoff stand still with a reason, and go on again: by hand, or when the time is over.

While a pause stands no working time runs, so due times, warnings and the ladder wait. All that follows from the rows:
every clock is its start, its length and the pauses of its handoff (`handoff.domain.pauses`).
"""

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from handoff import permissions
from handoff.domain.calendar import WorkCalendar
from handoff.domain.choices import HandoffState, PauseReason
from handoff.models import Clock, Handoff, Pause, PauseLimits
from handoff.queries import calendars, pauses
from handoff.services import holding, resuming
from handoff.services.contacts import HandoffOver
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried

log = logging.getLogger(__name__)

# The ends of what the limits may be set to.
MOST_DAYS, MOST_TIMES = 180, 20
NOTE_LENGTH = Pause._meta.get_field("note").max_length or 0


class NotYourPromise(Forbidden):
    code = "not_your_promise"
    message = _("Only the person in charge or a manager of the team can pause or resume deadlines.")


class AlreadyPaused(Conflict):
    code = "already_paused"
    message = _("The deadlines of this handoff are paused already. Resume them first.")


class NotPaused(Conflict):
    code = "not_paused"
    message = _("The deadlines of this handoff are not paused.")


class NothingRuns(Conflict):
    code = "nothing_runs"
    message = _("No deadline is running on this handoff, so there is nothing to pause.")


class PausedTooOften(Conflict):
    code = "paused_too_often"
    message = _("This handoff has been paused %(times)s times, which is the limit. Act on it, or pass it on.")


class BadPause(Invalid):
    code = "bad_pause"
    message = _("The pause is incomplete; see the details.")


class BadLimits(Invalid):
    code = "bad_limits"
    message = _("These limits can't be saved.")


class NotYourLimits(Forbidden):
    code = "not_your_limits"
    message = _("Only people who can change settings can change how long deadlines may be paused.")


@retried
def pause(
    *,
    handoff: Handoff,
    reason: str,
    until: datetime,
    by: User,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Handoff:
    """From now until that moment no working time runs on this handoff.

    Raises NotYourPromise, HandoffOver, NothingRuns, AlreadyPaused, PausedTooOften, BadPause, StaleWrite when
    `expected_version` is no longer the handoff's.
    """
    _hold(handoff, by, expected_version)
    resuming.end_due(handoff, at)
    refuse_pause(handoff=handoff, at=at)
    _check(handoff, reason, note, until, at)
    row = Pause.objects.create(handoff=handoff, reason=reason, note=note.strip(), begun_at=at, until_at=until, by=by)
    resuming.follow(handoff, at)
    data = {"pause": row.pk, "reason": reason, "until": until.isoformat(), "leg": handoff.leg}
    record("handoff.paused", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return handoff


def refuse_pause(*, handoff: Handoff, at: datetime) -> None:
    """Raises why this handoff can't be paused now, whoever asks: HandoffOver, AlreadyPaused, NothingRuns,
    PausedTooOften."""
    _refuse_over(handoff)
    if handoff.pauses.open().filter(until_at__gt=at).exists():
        raise AlreadyPaused
    if not Clock.objects.filter(handoff=handoff, ended_at__isnull=True).exists():
        raise NothingRuns
    most = pauses.limits().most_times
    if pauses.times(handoff.episode_id) >= most:
        raise PausedTooOften(times=most)


@retried
def resume(*, handoff: Handoff, by: User, at: datetime, expected_version: int | None = None) -> Handoff:
    """Working time runs again from now on. Raises NotYourPromise, HandoffOver, NotPaused, StaleWrite when
    `expected_version` is no longer the handoff's."""
    _hold(handoff, by, expected_version)
    if not resuming.end(handoff, by=by, at=at):
        raise NotPaused
    return handoff


def resume_due(*, at: datetime) -> tuple[int, int]:
    """Ends every pause whose time is over, each in a transaction of its own; returns how many, and how many failed."""
    due = Pause.objects.open().filter(until_at__lte=at).order_by("until_at", "pk")
    resumed = failed = 0
    for handoff in Handoff.objects.filter(pk__in=list(due.values_list("handoff_id", flat=True))).order_by("pk"):
        try:
            resumed += _resume_one(handoff, at)
        except Exception:
            log.exception("the pause of handoff %s could not be ended", handoff.pk)
            failed += 1
    return resumed, failed


def set_limits(*, most_days: int, most_times: int, by: User | None, at: datetime) -> PauseLimits:
    """How long one pause may be, and how often one episode may be paused; 0 times: never. What stands, stands.

    Raises NotYourLimits, BadLimits.
    """
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise NotYourLimits
    faults = []
    if not 1 <= most_days <= MOST_DAYS:
        faults.append(FieldError("most_days", "out_of_range", _("Enter between 1 and 180 days.")))
    if not 0 <= most_times <= MOST_TIMES:
        faults.append(FieldError("most_times", "out_of_range", _("Enter between 0 and 20 times.")))
    if faults:
        raise BadLimits(errors=faults)
    return _set_limits(most_days, most_times, by, at)


@retried
def _set_limits(most_days: int, most_times: int, by: User | None, at: datetime) -> PauseLimits:
    values = {"most_days": most_days, "most_times": most_times}
    was = pauses.limits()
    row, _made = PauseLimits.objects.update_or_create(pk=1, defaults=values)
    old = {name: getattr(was, name) for name in values}
    record("pause_limits.changed", subject=row, by=by, at=at, old=old, new=values)
    return row


@retried
def _resume_one(handoff: Handoff, at: datetime) -> int:
    holding.hold(handoff)
    return resuming.end_due(handoff, at)


def _hold(handoff: Handoff, by: User, expected_version: int | None) -> None:
    holding.hold(handoff, expected_version)
    if not permissions.may_pause(by, handoff):
        raise NotYourPromise
    _refuse_over(handoff)


def _refuse_over(handoff: Handoff) -> None:
    if handoff.state not in (HandoffState.OFFERED, HandoffState.ACCEPTED) or handoff.closed_at is not None:
        raise HandoffOver


def _check(handoff: Handoff, reason: str, note: str, until: datetime, at: datetime) -> None:
    most = pauses.limits()
    faults = []
    if reason not in PauseReason.values:
        faults.append(FieldError("reason", "unknown", ", ".join(PauseReason.values)))
    if reason == PauseReason.OTHER and not note.strip():
        faults.append(FieldError("note", "required", _("Say in a few words what it waits for.")))
    if len(note.strip()) > NOTE_LENGTH:
        faults.append(FieldError("note", "too_long", _("Use 200 characters at most.")))
    if until <= at:
        faults.append(FieldError("until", "past", _("This moment is over. Enter a later one.")))
    elif until > at + timedelta(days=most.most_days):
        told = _("A pause lasts %(days)s days at most. Enter an earlier moment.") % {"days": most.most_days}
        faults.append(FieldError("until", "too_far", told))
    elif not _calendar(handoff).time_between(at, until):
        told = _("No working time lies before that, so nothing would be paused. Enter a later moment.")
        faults.append(FieldError("until", "no_working_time", told))
    if faults:
        raise BadPause(errors=faults)


def _calendar(handoff: Handoff) -> WorkCalendar:
    return calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id)

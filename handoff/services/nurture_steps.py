"""Steps of a track that people do or skip, and the track they choose for a lead."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from handoff import permissions
from handoff.domain import nurture
from handoff.domain.nurture import Ended, StepKind, Taken
from handoff.models import NurtureRun, NurtureStep, NurtureTaken, NurtureTrack
from handoff.queries import nurture as tracks
from handoff.services import nurture_runs
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import DueKind
from leads.models import Lead
from leads.queries.references import as_id
from leads.services import activities
from leads.services.lead_checks import NoLongerHere

# What a step leaves on the timeline.
ACTIVITIES = {StepKind.CALL: "call", StepKind.MAIL: "email_sent", StepKind.CONTENT: "email_sent"}
MOST_NOTE = 500
# Duties of a resting lead that a track takes the place of; whatever presses more comes first.
_GIVES_WAY = (DueKind.RESURFACE, DueKind.NURTURE, DueKind.NEXT_ACTION)
BY_REASON, NO_TRACK = "", "none"


class NoTrack(Conflict):
    code = "no_nurture_track"
    message = _("This lead is in no nurture track any more.")


class StepTaken(Conflict):
    code = "step_taken"
    message = _("This step has been done or skipped already.")


class NotYourStep(Forbidden):
    code = "not_your_step"
    message = _("Only whoever the step is for, or marketing, can do that.")


class NotResting(Conflict):
    code = "not_resting"
    message = _("Only a lead in nurture or lost can be in a nurture track.")


class OptedOut(Conflict):
    code = "opted_out"
    message = _("This person has unsubscribed, so nothing is sent to them.")


class UnknownTrack(Invalid):
    code = "unknown_track"
    message = _("There is no such nurture track.")

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("track", "unknown", str(self.message))])


def may_take(user: User, lead: Lead) -> bool:
    """Whoever holds the lead now, directs who does, or keeps what rests."""
    return permissions.holds(user, lead) or permissions.may_direct(user, lead)


@retried
def take(
    *, lead: Lead, outcome: Taken, by: User, at: datetime, number: int | None = None, note: str = ""
) -> NurtureRun:
    """The lead's present step is done (which its timeline then shows) or skipped; the next one waits its days.

    `number`, counted from 1, is the step that the caller saw. Raises NoTrack, StepTaken, NotYourStep, NoLongerHere.
    """
    nurture_runs.hold([lead.pk])
    current = Lead.objects.get(pk=lead.pk)
    if not current.is_present:
        raise NoLongerHere
    run = NurtureRun.objects.running().filter(lead=current).select_related("track", "lead").first()
    if run is None:
        raise NoTrack
    if not may_take(by, current):
        raise NotYourStep
    if number is not None and number != run.position + 1:
        raise StepTaken
    step = tracks.steps_at([run])[run.pk]
    NurtureTaken.objects.create(
        run=run, position=run.position, outcome=outcome, by=None if by.is_service else by, at=at
    )
    if outcome == Taken.DONE:
        _record(run, step, by, at, note)
    else:
        data = {"ja": step.task_ja, "en": step.task_en}
        record("nurture.step_skipped", subject=current, by=by, at=at, lead_id=current.pk, data=data)
    nurture_runs.go_on(run=run, at=at)
    run.refresh_from_db()
    return run


def _record(run: NurtureRun, step: NurtureStep, by: User, at: datetime, note: str) -> None:
    told = tracks.task_of(step)
    activities.record(
        lead=run.lead,
        type=ACTIVITIES.get(StepKind(step.kind), "note"),
        occurred_at=at,
        by=by,
        at=at,
        event_id=f"nurture:{run.pk}:{step.position}",
        content=step.content.title if step.content else None,
        note=f"{told}\n{note.strip()[:MOST_NOTE]}" if note.strip() else told,
        metadata={"nurture_track": run.track.code, "step": step.position + 1},
    )


@retried
def choose(*, lead: Lead, track: NurtureTrack | None, by: User, at: datetime) -> None:
    """A resting lead begins this track afresh, or none, in place of the one it is in or of a next action planned.

    Raises NotYourStep, NotResting, OptedOut, UnknownTrack (one out of use), NoLongerHere.
    """
    nurture_runs.hold([lead.pk])
    current = Lead.objects.get(pk=lead.pk)
    if not current.is_present:
        raise NoLongerHere
    if not may_choose(by, current):
        raise NotYourStep
    if current.stage not in nurture.RESTING or (track is not None and current.due_kind not in _GIVES_WAY):
        raise NotResting
    if track is None:
        nurture_runs.stop_and_rest(lead_ids=[current.pk], because=Ended.BY_HAND, by=by, at=at)
        return
    if current.opted_out:
        raise OptedOut
    if not track.is_active:
        raise UnknownTrack
    holder = tracks.holder_before(current)
    nurture_runs.stop_and_rest(lead_ids=[current.pk], because=Ended.REPLACED, by=by, at=at)
    # As a plan of one's own ends a track, a track that somebody chooses ends the plan.
    nurture_runs.rest(runs=[NurtureRun(lead=current)], at=at, owed=DueKind.NEXT_ACTION)
    current.refresh_from_db()
    nurture_runs.start(leads=[current], track=track, former={current.pk: holder}, by=by, at=at)


def may_choose(user: User, lead: Lead) -> bool:
    """Marketing decides how a resting lead is kept warm; so does who directs it."""
    return user.is_service or user.may(Permission.MOVE_STAGES) or permissions.may_direct(user, lead)


def chosen(text: str, *, to: str, way: str, reason: str) -> NurtureTrack | None:
    """The track that was named by its id, none, or with an empty text the one of the reason. Raises UnknownTrack."""
    if text == BY_REASON:
        return tracks.followed_by(to=to, way=way, reason=reason)
    return named(text)


def named(text: str) -> NurtureTrack | None:
    """The track in use of this id, or none. Raises UnknownTrack."""
    if text == NO_TRACK:
        return None
    found = tracks.active_tracks().filter(pk=as_id(text)).first() if as_id(text) else None
    if found is None:
        raise UnknownTrack
    return found

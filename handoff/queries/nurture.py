"""Which track follows what, where a lead stands in its own, and which steps are due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.interface.languages import in_language
from accounts.models import Membership, User
from accounts.queries import organization
from handoff.domain import nurture
from handoff.domain.nurture import Cause, Ended, RunState, StepKind, StepOwner, Taken
from handoff.models import (
    Handoff,
    NurtureChoice,
    NurtureRun,
    NurtureStep,
    NurtureTaken,
    NurtureTrack,
    RejectReason,
    StageTransition,
)
from handoff.models.nurture import NurtureRunQuerySet
from handoff.queries import marketing
from handoff.queries.marketing import Keeper
from leads.domain.choices import DueKind
from leads.models import Lead
from leads.queries.timeline import named


def active_tracks() -> QuerySet[NurtureTrack]:
    """Those that leads can be put into, in their order."""
    return NurtureTrack.objects.filter(is_active=True).order_by("position", "pk")


def choosable(kept: Collection[int | None] = ()) -> QuerySet[NurtureTrack]:
    """What a setting can name: those in use, and those that it names already."""
    found = NurtureTrack.objects.filter(Q(is_active=True) | Q(pk__in=[pk for pk in kept if pk]))
    return found.order_by("-is_active", "position", "pk")


def name_of(track: NurtureTrack) -> str:
    """What people call it, in the reader's language."""
    return in_language(track.name_ja, track.name_en)


def task_of(step: NurtureStep) -> str:
    """What is to be done, in the reader's language."""
    return in_language(step.task_ja, step.task_en)


def followed_by(*, to: str, way: str, reason: str) -> NurtureTrack | None:
    """The track of whatever sends a lead to rest in `to`: the reject reason's, else the choice made for the result."""
    cause = nurture.cause_of(to, way)
    if cause == Cause.BY_HAND:
        named = RejectReason.objects.select_related("track").filter(code=reason).first()
        if named is not None:
            return _in_use(named.track)
    choices = NurtureChoice.objects.select_related("track").filter(cause=cause, reason__in=["", reason])
    chosen = max(choices, key=lambda choice: len(choice.reason), default=None)
    return _in_use(chosen.track) if chosen else None


def _in_use(track: NurtureTrack | None) -> NurtureTrack | None:
    return track if track is not None and track.is_active else None


def running(lead: Lead) -> NurtureRun | None:
    """The track that this lead is in."""
    return NurtureRun.objects.running().filter(lead=lead).select_related("track").first()


def holder_before(lead: Lead) -> tuple[int | None, int | None]:
    """Person and team who had a resting lead before: as its track of this rest says, else the handoff that ended in
    it, else who keeps it now."""
    of_this_rest = Q(state=RunState.RUNNING) | Q(started_at__gte=lead.stage_since)
    runs = NurtureRun.objects.filter(of_this_rest, lead=lead).order_by("-pk")
    if known := runs.values_list("former_owner", "former_team").first():
        return known
    came = StageTransition.objects.filter(lead=lead).order_by("-pk").values_list("handoff_id", flat=True).first()
    held = Handoff.objects.filter(pk=came or 0).values_list("assigned_to", "team").first()
    return held or (lead.owner_id, lead.team_id)


def due(*, at: datetime) -> NurtureRunQuerySet:
    """Runs whose step has come and is not the lead's duty yet. What presses more than resting goes first."""
    waiting = NurtureRun.objects.running().filter(is_due=False, next_at__lte=at)
    return waiting.filter(lead__due_kind=DueKind.RESURFACE, lead__is_present=True)


def step_numbers(tracks: Iterable[NurtureTrack]) -> dict[int, int]:
    """How many steps the present version of each has."""
    found = NurtureStep.objects.filter(track__in=[track.pk for track in tracks], version=F("track__version"))
    return dict(found.order_by().values_list("track").annotate(number=Count("pk")))


def steps_of(track: NurtureTrack, version: int | None = None) -> list[NurtureStep]:
    """The steps of a version (the present one) in their order."""
    found = NurtureStep.objects.filter(track=track, version=version or track.version)
    return list(found.select_related("user", "content").order_by("position"))


def steps_at(runs: Collection[NurtureRun]) -> dict[int, NurtureStep]:
    """The step that each of these runs is at, by run; one query."""
    keys = {(run.track_id, run.version, run.position) for run in runs}
    found = NurtureStep.objects.filter(
        track__in={key[0] for key in keys}, version__in={key[1] for key in keys}, position__in={key[2] for key in keys}
    ).select_related("user")
    by_key = {(step.track_id, step.version, step.position): step for step in found}
    return {run.pk: by_key[key] for run in runs if (key := (run.track_id, run.version, run.position)) in by_key}


def doers_of(runs: Collection[NurtureRun], steps: Mapping[int, NurtureStep]) -> dict[int, Keeper]:
    """Who does the present step of each run (with its lead loaded), by run. Marketing stands in for who has left."""
    keepers = marketing.keepers_of([run.lead for run in runs])
    named = {pk for run in runs for pk in (run.former_owner_id, steps[run.pk].user_id) if pk}
    here = set(User.objects.active().filter(pk__in=named).values_list("pk", flat=True))
    members = Membership.objects.filter(user__in=here, team__is_active=True).order_by("-team")
    teams = dict(members.values_list("user", "team"))
    return {run.pk: _doer(run, steps[run.pk], keepers[run.lead_id], here, teams) for run in runs}


def _doer(
    run: NurtureRun, step: NurtureStep, keeper: Keeper, here: Collection[int], teams: Mapping[int, int]
) -> Keeper:
    if step.owner == StepOwner.PERSON and step.user_id in here:
        return Keeper(step.user_id, teams.get(step.user_id, run.lead.team_id))
    if step.owner == StepOwner.OWNER and run.former_owner_id in here:
        return Keeper(run.former_owner_id, run.former_team_id or teams.get(run.former_owner_id, run.lead.team_id))
    return keeper


@dataclass(frozen=True)
class DueStep:
    """A step that is a lead's duty: its number, counted from 1, and what is to be done, `資料を送る：…`."""

    number: int
    said: str


def due_steps(lead_ids: Collection[int]) -> dict[int, DueStep]:
    """The due step of each of these leads, in the reader's language; two queries, none for no leads."""
    if not lead_ids:
        return {}
    runs = list(NurtureRun.objects.running().filter(lead__in=lead_ids, is_due=True))
    steps = steps_at(runs)
    return {run.lead_id: DueStep(run.position + 1, said(steps[run.pk])) for run in runs if run.pk in steps}


def said(step: NurtureStep) -> str:
    """What is to be done, with the kind of the step before it."""
    kind, task = StepKind(step.kind), task_of(step)
    return task if kind == StepKind.OTHER else named(str(kind.label), task)


@dataclass(frozen=True)
class StepStand:
    """One step of a lead's track: `state` is done, skipped, due, next, planned or dropped (the track ended before).

    `on` is the day it falls due: for planned ones as it would be if every step before were done on its day.
    """

    number: int
    step: NurtureStep
    state: str
    on: date | None = None
    taken: NurtureTaken | None = None


@dataclass(frozen=True)
class Stand:
    """Where a lead stands in its latest track."""

    run: NurtureRun
    steps: tuple[StepStand, ...]

    @property
    def is_running(self) -> bool:
        return self.run.state == RunState.RUNNING

    @property
    def current(self) -> StepStand | None:
        """The step that comes next, due or not."""
        return next((step for step in self.steps if step.state in ("due", "next")), None)

    @property
    def because(self) -> str:
        """Why it is over, in words."""
        return str(Ended(self.run.ended_because).label) if self.run.ended_because else ""


def stand_of(lead: Lead) -> Stand | None:
    """The lead's running track, else its latest; three queries."""
    runs = NurtureRun.objects.filter(lead=lead).select_related("track")
    run = runs.order_by("-pk").first()
    if run is None:
        return None
    taken = {row.position: row for row in run.taken.select_related("by")}
    steps = steps_of(run.track, run.version)
    return Stand(run, tuple(_stands(run, steps, taken)))


def _stands(run: NurtureRun, steps: list[NurtureStep], taken: Mapping[int, NurtureTaken]) -> Iterable[StepStand]:
    day = None
    for step in steps:
        row = taken.get(step.position)
        if row is not None:
            yield StepStand(step.position + 1, step, Taken(row.outcome).value, taken=row)
            continue
        if run.next_at is None:
            yield StepStand(step.position + 1, step, "dropped")
            continue
        is_current = step.position == run.position
        day = organization.local_day(run.next_at) if day is None else day + timedelta(days=step.wait_days)
        state = ("due" if run.is_due else "next") if is_current else "planned"
        yield StepStand(step.position + 1, step, state, on=day)


def lead_ids_in(number: int) -> QuerySet[Any, Any]:
    """The leads in this track now, as a subquery."""
    return NurtureRun.objects.running().filter(track=number).values("lead")


def named_tracks() -> list[tuple[str, str]]:
    """Every track by its id and name, those out of use last."""
    rows = NurtureTrack.objects.order_by("-is_active", "position", "pk")
    return [(str(track.pk), name_of(track)) for track in rows]


def leads_in(tracks: Iterable[NurtureTrack]) -> dict[int, int]:
    """How many leads are in each of these now."""
    found = NurtureRun.objects.running().filter(track__in=[track.pk for track in tracks]).order_by()
    return dict(found.values_list("track").annotate(number=Count("pk")))

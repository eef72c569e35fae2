"""A lead's nurture track by HTTP: where it stands, and its steps done or skipped."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.moments import at
from accounts.domain.roles import Scope
from handoff.api.stages import PK, LeadVerb
from handoff.domain.nurture import Ended, NurturePhase, RunState, StepKind, StepOwner, Taken
from handoff.queries import nurture
from handoff.queries.nurture import Stand, StepStand
from handoff.services import nurture_steps
from leads.models import Lead

STATES = ("done", "skipped", "due", "next", "planned", "dropped")


class NurtureStepSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Counted from 1")
    kind = serializers.ChoiceField(StepKind.choices, help_text="call, mail, content or other")
    task = serializers.CharField(help_text="What to do, in the reader's language")
    owner = serializers.ChoiceField(StepOwner.choices, help_text="Who does it: marketing, owner or person")
    user = serializers.CharField(allow_null=True, help_text="Id of the person named; null: nobody by name")
    content = serializers.CharField(allow_null=True, help_text="Title of the content suggested")
    state = serializers.ChoiceField(
        [(state, state) for state in STATES],
        help_text="done, skipped, due (it is the lead's duty), next, planned, or dropped (the track ended before)",
    )
    on = serializers.DateField(allow_null=True, help_text="The day it falls due; of a planned one, the earliest")
    taken_at = serializers.DateTimeField(allow_null=True, help_text="When it was done or skipped")
    taken_by = serializers.CharField(allow_null=True, help_text="Id of who did or skipped it")


class NurtureSerializer(serializers.Serializer[Any]):
    """A lead's latest nurture track."""

    track = serializers.CharField(allow_null=True, help_text="Id of the track; null: never in one")
    name = serializers.CharField(help_text="What the track is called, in the reader's language")
    phase = serializers.ChoiceField(
        NurturePhase.choices, allow_null=True, help_text="gathering, comparing, dormant or lost"
    )
    state = serializers.ChoiceField(RunState.choices, allow_null=True, help_text="running, finished or stopped")
    started_at = serializers.DateTimeField(allow_null=True, help_text="When the lead came into it")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it was over")
    ended_because = serializers.ChoiceField(
        Ended.choices, allow_null=True, help_text=f"Why it is over: {', '.join(Ended.values)}"
    )
    steps = NurtureStepSerializer(many=True, help_text="In their order")


class TakeInput(serializers.Serializer[Any]):
    step = serializers.IntegerField(
        min_value=1, max_value=100, help_text="Number of the step; 409 unless it is the present one"
    )
    note = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=nurture_steps.MOST_NOTE,
        help_text="A word, kept on the timeline when done",
    )


class NurtureView(LeadVerb):
    """Where a lead stands in its track."""

    scopes = {"read": Scope.LEADS_READ}

    @extend_schema(summary="A lead's nurture track", parameters=[PK], responses=NurtureSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """The running one, else the latest; a lead that never was in one has none, with no steps."""
        return Response(shape(self._lead(request, pk)))


class _Take(LeadVerb):
    outcome: Taken

    def _take(self, request: Request, pk: str) -> Response:
        lead = self._lead(request, pk)
        values = self._read(TakeInput, request)
        nurture_steps.take(
            lead=lead,
            outcome=self.outcome,
            number=values["step"],
            note=values["note"],
            by=request.user,  # type: ignore[arg-type]
            at=at(request),
        )
        return Response(shape(lead))


class StepDoneView(_Take):
    """The present step is done."""

    outcome = Taken.DONE

    @extend_schema(
        summary="Mark a nurture step as done", parameters=[PK], request=TakeInput, responses=NurtureSerializer
    )
    def post(self, request: Request, pk: str) -> Response:
        """Its call or mail is recorded as an activity. 409 without a running track, or when `step` is another."""
        return self._take(request, pk)


class StepSkipView(_Take):
    """The present step is left out."""

    outcome = Taken.SKIPPED

    @extend_schema(summary="Skip a nurture step", parameters=[PK], request=TakeInput, responses=NurtureSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """409 without a running track, or when `step` is another."""
        return self._take(request, pk)


def shape(lead: Lead) -> dict[str, Any]:
    """The lead's track in the API's representation."""
    stand = nurture.stand_of(lead)
    if stand is None:
        nothing = dict.fromkeys(("track", "phase", "state", "started_at", "ended_at", "ended_because"))
        return dict(NurtureSerializer(nothing | {"name": "", "steps": []}).data)
    return dict(NurtureSerializer(_track(stand)).data)


def _track(stand: Stand) -> dict[str, Any]:
    run = stand.run
    return {
        "track": str(run.track_id),
        "name": nurture.name_of(run.track),
        "phase": run.track.phase,
        "state": run.state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "ended_because": run.ended_because or None,
        "steps": [_step(step) for step in stand.steps],
    }


def _step(one: StepStand) -> dict[str, Any]:
    taken_by = one.taken.by_id if one.taken else None
    return {
        "number": one.number,
        "kind": one.step.kind,
        "task": nurture.task_of(one.step),
        "owner": one.step.owner,
        "user": str(one.step.user_id) if one.step.user_id else None,
        "content": one.step.content.title if one.step.content else None,
        "state": one.state,
        "on": one.on,
        "taken_at": one.taken.at if one.taken else None,
        "taken_by": str(taken_by) if taken_by else None,
    }

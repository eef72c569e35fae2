"""How handoffs and transitions look in JSON; what comes in for each verb."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.api.moments import DayField, MomentField
from handoff.domain.choices import ContactMethod, ContactResult, Leg, PauseReason
from handoff.models import Handoff, Pause, StageTransition
from handoff.queries.gates import Lack
from handoff.services.next_actions import KINDS
from leads.domain.choices import Stage

ID = {"read_only": True, "help_text": "Opaque id"}


class PauseSerializer(serializers.ModelSerializer[Pause]):
    """A while in which the handoff's deadlines stood or stand still."""

    until = serializers.DateTimeField(source="until_at", read_only=True, help_text="When it ends by itself")
    by = serializers.CharField(source="by_id", read_only=True, help_text="Id of who paused")

    class Meta:
        model = Pause
        fields = ("reason", "note", "begun_at", "until", "by", "ended_at")
        read_only_fields = fields
        extra_kwargs = {
            "reason": {"help_text": "call_later, customer_away, on_leave, waiting or other"},
            "note": {"help_text": "A word about it"},
            "begun_at": {"help_text": "When it began"},
            "ended_at": {"help_text": "When it ended; null while it stands"},
        }


class HandoffSerializer(serializers.ModelSerializer[Handoff]):
    """One offer to one receiver, and its answer."""

    id = serializers.CharField(source="pk", **ID)
    lead = serializers.CharField(source="lead_id", read_only=True, help_text="Id of the lead")
    episode = serializers.CharField(
        source="episode_id", read_only=True, help_text="Id of the episode: re-routes share it"
    )
    attempt = serializers.IntegerField(
        source="episode.attempt", read_only=True, help_text="1 for the first offer of a leg"
    )
    offered_by = serializers.CharField(
        source="offered_by_id", read_only=True, help_text="Id of who offered; null: system"
    )
    assigned_to = serializers.CharField(
        source="assigned_to_id", read_only=True, help_text="Id of the receiver; null: queue"
    )
    team = serializers.CharField(source="team_id", read_only=True, help_text="Id of the receiving team")
    answered_by = serializers.CharField(source="answered_by_id", read_only=True, help_text="Id of who answered")
    breached = serializers.BooleanField(
        source="is_breached", read_only=True, help_text="Whether any clock was breached"
    )

    paused_until = serializers.SerializerMethodField(
        help_text="Until when its deadlines are paused; null: they run. Due times count on the pause ending then"
    )
    pauses = PauseSerializer(many=True, read_only=True, help_text="Every pause of it, in their order")

    class Meta:
        model = Handoff
        fields = (
            "id",
            "lead",
            "leg",
            "state",
            "episode",
            "attempt",
            "offered_at",
            "offered_by",
            "assigned_to",
            "team",
            "answer_due_at",
            "contact_due_at",
            "feedback_due_at",
            "answered_at",
            "answered_by",
            "first_contact_at",
            "contact_method",
            "contact_result",
            "appointment_at",
            "breached",
            "paused_until",
            "pauses",
            "priority",
            "reject_reason",
            "reject_comment",
            "successor",
            "reroutes",
            "note",
            "sheet",
            "addenda",
            "sheet_useful",
            "closed_at",
            "version",
        )
        read_only_fields = fields
        extra_kwargs = {
            "leg": {"help_text": "marketing_to_inside, inside_to_field or marketing_to_field"},
            "state": {"help_text": "offered, accepted, rejected, withdrawn or rerouted"},
            "offered_at": {"help_text": "When it was offered to this receiver"},
            "answer_due_at": {"help_text": "By when the answer is owed"},
            "contact_due_at": {"help_text": "By when the first contact is owed"},
            "feedback_due_at": {"help_text": "By when the result is owed"},
            "answered_at": {"help_text": "When it was accepted or rejected"},
            "first_contact_at": {"help_text": "The first outbound contact after the offer"},
            "contact_method": {"help_text": "call, mail or meeting"},
            "contact_result": {"help_text": "no_answer, talked or appointment"},
            "appointment_at": {"help_text": "The appointment made"},
            "priority": {"help_text": "Band at the offer: high, middle or low"},
            "reject_reason": {"help_text": "Code of the reason"},
            "reject_comment": {"help_text": "A word about it"},
            "successor": {"help_text": "What followed the reject"},
            "reroutes": {"help_text": "How often it was re-routed"},
            "note": {"help_text": "What the sender wrote"},
            "sheet": {"help_text": "The briefing sheet, frozen at the offer"},
            "addenda": {"help_text": "Who of the company joined since"},
            "sheet_useful": {"help_text": "What the receiver says of the sheet"},
            "closed_at": {"help_text": "When the responsibility that it gave ended"},
            "version": {"help_text": "As in the ETag"},
        }

    def get_paused_until(self, handoff: Handoff) -> datetime | None:
        """Of the pause that stands; the pauses are prefetched where handoffs are listed."""
        return next((pause.until_at for pause in handoff.pauses.all() if pause.ended_at is None), None)


class ReceiverInput(serializers.Serializer[Any]):
    """A person or a team; neither: the route decides."""

    user = serializers.CharField(required=False, allow_null=True, help_text="Id of a person")
    team = serializers.CharField(
        required=False, allow_null=True, help_text="Id of a team: its round robin, else its queue"
    )


class OfferInput(serializers.Serializer[Any]):
    """What is handed over to whom."""

    lead = serializers.CharField(help_text="Id of the lead")
    leg = serializers.ChoiceField(Leg.choices, required=False, help_text="Default: the lead's next leg")
    to = ReceiverInput(required=False, allow_null=True, default=None, help_text="{user} or {team}; null: route")
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=4000, help_text="For the receiver"
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=500, help_text="Why, where the MQL gate does not hold"
    )


class AcceptInput(serializers.Serializer[Any]):
    user = serializers.CharField(required=False, allow_null=True, default=None, help_text="Who takes it from a queue")


class RejectInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=40, help_text="Code of the reason; it decides what follows")
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=500, help_text="A word")
    resurface_on = DayField(
        required=False, allow_null=True, default=None, help_text="When to look again, for reasons that lead to nurture"
    )


class ContactInput(serializers.Serializer[Any]):
    at = MomentField(required=False, allow_null=True, default=None, help_text="When; default now")
    method = serializers.ChoiceField(ContactMethod.choices, help_text="call, mail or meeting")
    result = serializers.ChoiceField(ContactResult.choices, help_text="no_answer, talked or appointment")
    appointment_at = MomentField(
        required=False, allow_null=True, default=None, help_text="If one was made; later than the contact"
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000, help_text="A word")


class PauseInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(
        PauseReason.choices, help_text="call_later, customer_away, on_leave, waiting or other"
    )
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200, help_text="A word; required for other"
    )
    until = MomentField(
        help_text="When the deadlines go on by themselves; after some working time, at most as far ahead as allowed"
    )


class ReassignInput(ReceiverInput):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200, help_text="Why")


class UsefulInput(serializers.Serializer[Any]):
    useful = serializers.BooleanField(help_text="Whether the sheet was useful")


class WarningSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="What is missing")
    code = serializers.CharField(help_text="Never changes")
    message = serializers.CharField(help_text="With the question to ask, in the reader's language")


def warned(lacks: Iterable[Lack]) -> list[dict[str, str]]:
    """What a gate only warns of, as `warnings`."""
    told = [lack.as_error() for lack in lacks]
    return [{"field": error.field, "code": error.code, "message": str(error.message)} for error in told]


class OfferedSerializer(HandoffSerializer):
    """The handoff, with what a warning gate says is missing."""

    warnings = WarningSerializer(many=True, read_only=True, help_text="Items of a warning gate")

    class Meta(HandoffSerializer.Meta):
        fields = (*HandoffSerializer.Meta.fields, "warnings")
        read_only_fields = fields


class TransitionInput(serializers.Serializer[Any]):
    to = serializers.ChoiceField(Stage.choices, help_text="Never sal or sql: only answers lead there")
    reason = serializers.CharField(max_length=500, help_text="Why")
    resurface_on = DayField(required=False, allow_null=True, default=None, help_text="For nurture")


class NextActionInput(serializers.Serializer[Any]):
    at = MomentField(help_text="By when")
    kind = serializers.ChoiceField([(kind, kind) for kind in KINDS], help_text="call, mail, meeting or other")
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=150, help_text="A word")


class LeadDutySerializer(serializers.Serializer[Any]):
    """What the lead's stage and duty are now."""

    id = serializers.CharField(source="pk", **ID)
    stage = serializers.CharField(help_text="The stage")
    stage_since = serializers.DateTimeField(help_text="Since when")
    owner = serializers.CharField(source="owner_id", allow_null=True, help_text="Id of who is accountable")
    team = serializers.CharField(source="team_id", allow_null=True, help_text="Id of the team")
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when the duty is owed")
    due_kind = serializers.CharField(help_text="What is owed; empty: nothing")


class MovedSerializer(LeadDutySerializer):
    """The same, with what a warning gate says is missing."""

    warnings = WarningSerializer(many=True, help_text="Items of a warning gate")


class TransitionSerializer(serializers.ModelSerializer[StageTransition]):
    """One change of stage."""

    id = serializers.CharField(source="pk", **ID)
    lead = serializers.CharField(source="lead_id", read_only=True, help_text="Id of the lead")
    by = serializers.CharField(source="by_id", read_only=True, help_text="Id of who; null: system")
    handoff = serializers.CharField(source="handoff_id", read_only=True, help_text="Id of the handoff behind it")
    model = serializers.CharField(source="model_id", read_only=True, help_text="Id of the scoring model of then")

    class Meta:
        model = StageTransition
        fields = (
            "id",
            "lead",
            "from_stage",
            "to_stage",
            "at",
            "by",
            "reason",
            "note",
            "score",
            "model",
            "handoff",
            "seconds_before",
            "passed_through",
            "imported",
            "undated",
            "corrected",
        )
        read_only_fields = fields
        extra_kwargs = {
            "from_stage": {"help_text": "Stage left"},
            "to_stage": {"help_text": "Stage entered"},
            "at": {"help_text": "When"},
            "reason": {"help_text": "By what"},
            "note": {"help_text": "A word about it"},
            "score": {"help_text": "The score of then"},
            "seconds_before": {"help_text": "Time spent in the stage left"},
            "passed_through": {"help_text": "Entered and left at once on the way further"},
            "imported": {"help_text": "History of before Handoff"},
            "undated": {"help_text": "The day was not told"},
            "corrected": {"help_text": "A corrected result"},
        }

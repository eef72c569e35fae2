"""Shapes of results and deals."""

from typing import Any

from rest_framework import serializers

from accounts.api.moments import DayField, MomentField
from feedback.domain.choices import OpportunitySource, Reason, Result
from feedback.domain.status import Status
from feedback.models import Feedback, Opportunity
from leads.models import Lead


class FeedbackInput(serializers.Serializer[Any]):
    """Five inputs, and the moment when it happened earlier than it is told."""

    result = serializers.ChoiceField(Result.choices, help_text="opportunity, considering, lost or won")
    reason = serializers.ChoiceField(
        Reason.choices, required=False, allow_blank=True, default="", help_text="For lost (required) and considering"
    )
    next_action_on = DayField(required=False, allow_null=True, default=None, help_text="Local day")
    quality = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=5, help_text="Quality of the lead, 1 to 5"
    )
    comment = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=1000, help_text="A word, optional"
    )
    at = MomentField(required=False, allow_null=True, default=None, help_text="When it happened, if earlier than now")


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    """A report as it was given."""

    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    handoff = serializers.CharField(source="handoff_id", read_only=True, help_text="Id of the handoff")
    by = serializers.CharField(source="by_id", read_only=True, help_text="Id of who reported it")
    at = serializers.DateTimeField(source="happened_at", read_only=True, help_text="When it happened")
    status = serializers.SerializerMethodField(help_text="result: a handoff with a report has come that far")

    class Meta:
        model = Feedback
        fields = (
            "id",
            "handoff",
            "result",
            "reason",
            "next_action_on",
            "quality",
            "comment",
            "by",
            "at",
            "given_at",
            "status",
        )
        extra_kwargs = {
            "result": {"help_text": "opportunity, considering, lost or won"},
            "reason": {"help_text": "Why, for lost and considering"},
            "next_action_on": {"help_text": "Local day of the next action"},
            "quality": {"help_text": "Quality of the lead, 1 to 5"},
            "comment": {"help_text": "A word"},
            "given_at": {"help_text": "When it was entered"},
        }

    def get_status(self, feedback: Feedback) -> str:
        return Status.RESULT.value


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    """A deal; `result` is empty while it is open."""

    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    lead = serializers.PrimaryKeyRelatedField[Lead](
        queryset=Lead.objects.all(), pk_field=serializers.CharField(), help_text="Id of the lead"
    )
    handoff = serializers.CharField(source="handoff_id", read_only=True, help_text="Id of the handoff it came from")
    owner = serializers.CharField(source="owner_id", read_only=True, help_text="Id of who works on it")
    source = serializers.ChoiceField(
        OpportunitySource.choices, default=OpportunitySource.SELF, help_text="handoff, self, referral or imported"
    )
    amount = serializers.DecimalField(14, 2, required=False, allow_null=True, min_value=0, help_text="Decimal text")
    currency = serializers.RegexField("^[A-Z]{3}$", default="JPY", help_text="ISO 4217")
    opened_on = DayField(required=False, allow_null=True, help_text="Local day; default today")
    result = serializers.ChoiceField(
        [("won", "won"), ("lost", "lost")], required=False, allow_blank=True, help_text="won, lost or empty while open"
    )
    reason = serializers.ChoiceField(
        Reason.choices, required=False, allow_blank=True, help_text="Why it was lost (required then)"
    )
    closed_on = DayField(required=False, allow_null=True, help_text="Local day on which it ended")

    class Meta:
        model = Opportunity
        fields = (
            "id",
            "lead",
            "handoff",
            "owner",
            "source",
            "amount",
            "currency",
            "opened_on",
            "result",
            "reason",
            "closed_on",
            "version",
        )
        read_only_fields = ("version",)
        extra_kwargs = {"version": {"help_text": "Version of the editable fields, as in the ETag"}}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            fields["lead"].queryset = Lead.objects.visible_to(request.user)
        return fields

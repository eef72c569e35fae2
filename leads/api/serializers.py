"""The shapes of leads for the OpenAPI document, and the small look-ups.

What may be written is decided by `leads.domain.lead_values` (a test holds the two against each other); reading
goes through `shapes`, which builds the same keys without a serializer's cost.
"""

from rest_framework import serializers

from leads.domain.choices import DueKind, Phase, Seniority, Stage
from leads.domain.lead_values import COMPANY_TEXTS, LEAD_TEXTS, QUALIFICATION_TEXTS
from leads.models import Campaign, Channel


def _text(help_text: str, most: int) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=most, help_text=help_text)


def _moment(help_text: str) -> serializers.DateTimeField:
    return serializers.DateTimeField(read_only=True, allow_null=True, help_text=help_text)


def _id(help_text: str) -> serializers.CharField:
    return serializers.CharField(read_only=True, allow_null=True, help_text=help_text)


class CompanySerializer(serializers.Serializer):
    id = serializers.CharField(read_only=True, help_text="Opaque id")
    name = _text("Name; leads whose company names match after normalisation share one company", COMPANY_TEXTS["name"])
    corporate_number = _text("13-digit corporate number", COMPANY_TEXTS["corporate_number"])
    domain = _text("Domain of the company's addresses", COMPANY_TEXTS["domain"])
    url = _text("Website", COMPANY_TEXTS["url"])
    industry = _text("Industry", COMPANY_TEXTS["industry"])
    employee_count = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="Employees; of a range such as 101–300 the lower bound"
    )
    employee_count_max = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="Upper bound of the range; null when it is open"
    )
    phone = _text("Main telephone", COMPANY_TEXTS["phone"])
    postal_code = _text("Postal code", COMPANY_TEXTS["postal_code"])
    prefecture = _text("Prefecture", COMPANY_TEXTS["prefecture"])
    address = _text("Address", COMPANY_TEXTS["address"])


class QualificationSerializer(serializers.Serializer):
    phase = serializers.ChoiceField(
        choices=Phase.choices, required=False, allow_blank=True, help_text="How far the consideration is"
    )
    need = _text("What they need", QUALIFICATION_TEXTS["need"])
    challenge = _text("What troubles them", QUALIFICATION_TEXTS["challenge"])
    timeframe = _text("When they want it", QUALIFICATION_TEXTS["timeframe"])
    authority = _text("Who approves", QUALIFICATION_TEXTS["authority"])
    decision_process = _text("How it is decided", QUALIFICATION_TEXTS["decision_process"])
    budget = _text("Amount, or when it is set aside", QUALIFICATION_TEXTS["budget"])
    competitors = _text("What they compare us with", QUALIFICATION_TEXTS["competitors"])
    temperature = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=5, help_text="How warm they are, 1 to 5"
    )
    note = _text("Notes of the hearing", QUALIFICATION_TEXTS["note"])


class LeadSerializer(serializers.Serializer):
    id = serializers.CharField(read_only=True, help_text="Opaque id, stable for life")
    external_id = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=LEAD_TEXTS["external_id"],
        help_text="Your own id; unique",
    )
    last_name = _text("Last name", LEAD_TEXTS["last_name"])
    first_name = _text("First name", LEAD_TEXTS["first_name"])
    last_name_kana = _text("Last name in kana", LEAD_TEXTS["last_name_kana"])
    first_name_kana = _text("First name in kana", LEAD_TEXTS["first_name_kana"])
    email = _text("Email; a personal one identifies the lead, role addresses such as info@ don't", LEAD_TEXTS["email"])
    phone = _text("Telephone", LEAD_TEXTS["phone"])
    mobile = _text("Mobile; identifies the lead when there is no personal e-mail", LEAD_TEXTS["mobile"])
    title = _text("Job title", LEAD_TEXTS["title"])
    seniority = serializers.ChoiceField(
        choices=Seniority.choices, required=False, allow_blank=True, help_text="Derived from the title unless given"
    )
    department = _text("Department", LEAD_TEXTS["department"])
    company = CompanySerializer(required=False, allow_null=True, help_text="The company; found or made by its name")
    channel = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=80,
        help_text="The first channel's name; further ones are kept as sources",
    )
    campaign = serializers.CharField(
        required=False, allow_null=True, max_length=120, help_text="Name of the campaign within the channel"
    )
    acquired_at = serializers.DateTimeField(required=False, help_text="When the lead was won; now when left out")
    opted_out = serializers.BooleanField(required=False, help_text="No mail and no nurture")
    do_not_contact = serializers.BooleanField(
        required=False, help_text="Nobody contacts this person: handoffs end and the lead is disqualified"
    )
    qualification = QualificationSerializer(required=False, help_text="What is known of consideration and decision")
    custom = serializers.DictField(required=False, help_text="The organisation's own fields by key")
    stage = serializers.ChoiceField(
        choices=Stage.choices, read_only=True, help_text="Changes only by operations of its own"
    )
    stage_since = _moment("When the stage was entered")
    owner = _id("Id of the accountable person; null when a team's queue holds the lead")
    team = _id("Id of the accountable team")
    due_at = _moment("When the duty is due")
    due_kind = serializers.ChoiceField(
        choices=DueKind.choices,
        read_only=True,
        allow_blank=True,
        help_text="What is to be done next",
    )
    score = serializers.IntegerField(read_only=True, allow_null=True, help_text="Present score; null before the first")
    band = serializers.ChoiceField(
        choices=["high", "middle", "low"], read_only=True, allow_null=True, help_text="Priority by the model's bands"
    )
    grade = _id("Fit and engagement as a grade such as A1")
    model = _id("Id of the scoring model that gave the score")
    last_activity_at = _moment("The lead's own last act")
    last_contact_at = _moment("Our last call, mail or meeting")
    tags = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Names of the tags put on it, in order"
    )
    created_at = _moment("When it was made here")
    updated_at = _moment("When an editable field last changed")
    version = serializers.IntegerField(read_only=True, help_text="Version of the editable fields; the ETag holds it")


class BulkLeadsSerializer(serializers.Serializer):
    leads = LeadSerializer(many=True, help_text="At most 1,000")
    match_on = serializers.ChoiceField(
        choices=["external_id", "email"], help_text="By which field leads are recognised"
    )


class FaultSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="Dotted path")
    code = serializers.CharField(help_text="Never changes")
    message = serializers.CharField(help_text="In the reader's language")


class RowErrorSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="Place in the list sent, from 0")
    errors = FaultSerializer(many=True, help_text="Every fault of that row")


class BulkAnswerSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="New leads")
    updated = serializers.IntegerField(help_text="Leads that changed")
    unchanged = serializers.IntegerField(help_text="Leads that were like this already")
    errors = RowErrorSerializer(many=True, help_text="Rows that were left out")


class ActivitySerializer(serializers.Serializer):
    event_id = serializers.CharField(required=False, max_length=120, help_text="Yours; a repeat has no effect")
    lead = serializers.JSONField(help_text="A lead's id, {external_id} or {email}")
    type = serializers.CharField(max_length=40, help_text="site_visit, page_view, document_download, call …")
    content = serializers.CharField(
        required=False, allow_null=True, max_length=200, help_text="The document, page or webinar"
    )
    url = serializers.CharField(required=False, allow_blank=True, max_length=1000, help_text="Address of the page")
    occurred_at = serializers.DateTimeField(help_text="When it happened; at most 5 minutes ahead")
    duration_seconds = serializers.IntegerField(required=False, allow_null=True, min_value=0, help_text="Duration")
    by = serializers.CharField(required=False, allow_null=True, help_text="Id or e-mail of our person who did it")
    note = serializers.CharField(required=False, allow_blank=True, max_length=5000, help_text="A note")
    metadata = serializers.DictField(required=False, help_text="Anything else, up to 10,000 characters of JSON")
    create_missing = serializers.BooleanField(required=False, help_text="An unknown {email} makes a LEAD")


class ActivityAnswerSerializer(serializers.Serializer):
    accepted = serializers.IntegerField(help_text="Recorded now")
    duplicates = serializers.IntegerField(help_text="Recorded before, by event_id")
    errors = RowErrorSerializer(many=True, help_text="Rows that were left out")


class TimelineEntrySerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="activity.<type>, or the event's kind")
    at = serializers.DateTimeField(help_text="When")
    by = serializers.CharField(allow_null=True, help_text="Id of our person; null: the system, or the lead")
    text = serializers.CharField(help_text="The entry in words, in the reader's language")
    note = serializers.CharField(help_text="Who, or a remark")
    activity = serializers.CharField(allow_null=True, help_text="Id of the activity")
    data = serializers.DictField(help_text="What the event carries; ids are numbers of this installation")


class TimelinePageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the older entries")
    previous = serializers.CharField(allow_null=True, help_text="Always null: a timeline is read downwards")
    results = TimelineEntrySerializer(many=True, help_text="Newest first")


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")

    class Meta:
        model = Channel
        fields = ("id", "code", "name", "is_active")
        extra_kwargs = {
            "code": {"help_text": "Short name for addresses"},
            "name": {"help_text": "Name, as leads carry it"},
            "is_active": {"help_text": "Whether it is still in use"},
        }


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    channel = serializers.CharField(source="channel_id", read_only=True, help_text="Id of its channel")

    class Meta:
        model = Campaign
        fields = ("id", "channel", "name", "cost", "currency", "starts_on", "ends_on")
        extra_kwargs = {
            "name": {"help_text": "Name within the channel"},
            "cost": {"help_text": "What it cost, as a decimal string"},
            "currency": {"help_text": "ISO 4217"},
            "starts_on": {"help_text": "First day"},
            "ends_on": {"help_text": "Last day, included"},
        }

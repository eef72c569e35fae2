"""The shapes of scoring in the API's document; the services check what comes in."""

from rest_framework import serializers

from scoring.domain.choices import Band, Dimension, ModelState
from scoring.domain.suggested import DOUBTS, MOST_RULES, MOST_RULES_ASKED
from scoring.models import RecomputeRun


def _id(text: str, **more: object) -> serializers.CharField:
    return serializers.CharField(help_text=text, **more)


class RuleSerializer(serializers.Serializer):
    key = _id("Stable name of the rule within its model; made if missing", required=False)
    dimension = serializers.ChoiceField(Dimension.choices, help_text="Dimension that the points count towards")
    label_ja = serializers.CharField(required=False, help_text="Japanese label; the condition's sentence if missing")
    label_en = serializers.CharField(required=False, help_text="English label; the condition's sentence if missing")
    condition = serializers.JSONField(help_text="Condition tree: field, activity, inactive, all, any, not, some")
    points = serializers.IntegerField(help_text="−1000 to 1000, not 0; per activity where per_activity is true")
    per_activity = serializers.BooleanField(required=False, help_text="Count the points for each matching activity")
    cap = serializers.IntegerField(required=False, allow_null=True, help_text="Most points of a per-activity rule")
    half_life_days = serializers.IntegerField(
        required=False, allow_null=True, help_text="Days after which an activity counts half"
    )


class BandSerializer(serializers.Serializer):
    band = serializers.ChoiceField(Band.choices, help_text="high, middle or low")
    # `from` is a word of the language, so the field is added by name.
    locals()["from"] = serializers.IntegerField(allow_null=True, help_text="Lowest total; null for low")
    label_ja = serializers.CharField(required=False, help_text="Action label in Japanese")
    label_en = serializers.CharField(required=False, help_text="Action label in English")


class AgreementSerializer(serializers.Serializer):
    side = serializers.ChoiceField(["marketing", "sales"], help_text="Department that agreed")
    by = _id("Id of the manager")
    at = serializers.DateTimeField(help_text="When")


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="unreachable_line, unreachable_band, always, never, duplicate")
    rules = serializers.ListField(child=serializers.CharField(), help_text="Keys of the rules it is about")
    message = serializers.CharField(help_text="In the reader's language")
    stops_publishing = serializers.BooleanField(help_text="Publishing is refused until it is mended")


class NumberChangeSerializer(serializers.Serializer):
    before = serializers.IntegerField(allow_null=True, help_text="In the other version; null for none")
    after = serializers.IntegerField(allow_null=True, help_text="In this version; null for none")


class BandChangeSerializer(NumberChangeSerializer):
    band = serializers.ChoiceField(Band.choices, help_text="Band whose lowest total differs")


class CapChangeSerializer(NumberChangeSerializer):
    dimension = serializers.ChoiceField(Dimension.choices, help_text="Dimension whose cap differs")


class ConditionChangeSerializer(serializers.Serializer):
    before = serializers.JSONField(allow_null=True, help_text="Condition in the other version; null for all leads")
    after = serializers.JSONField(allow_null=True, help_text="Condition in this version; null for all leads")


class RuleChangeSerializer(serializers.Serializer):
    rule = _id("Key of the rule")
    change = serializers.ChoiceField(["added", "removed", "changed"], help_text="What became of it")
    before = RuleSerializer(allow_null=True, help_text="The rule in the other version; null where it is new")
    after = RuleSerializer(allow_null=True, help_text="The rule in this version; null where it was removed")


class DifferenceSerializer(serializers.Serializer):
    model = _id("Id of this version")
    against = _id("Id of the other version")
    line = NumberChangeSerializer(allow_null=True, help_text="The line for handing over; null where it is the same")
    bands = BandChangeSerializer(many=True, help_text="Bands that begin elsewhere")
    labels = serializers.ListField(child=serializers.CharField(), help_text="Bands that are called otherwise")
    caps = CapChangeSerializer(many=True, help_text="Caps that differ")
    applies_to = ConditionChangeSerializer(allow_null=True, help_text="Which leads it scores; null where the same")
    rules = RuleChangeSerializer(many=True, help_text="Rules that were added, removed or changed")


class ModelSerializer(serializers.Serializer):
    id = _id("Opaque id", read_only=True)
    name = serializers.CharField(help_text="Name; versions of one model share it")
    number = serializers.IntegerField(read_only=True, help_text="Version number among models of this name")
    state = serializers.ChoiceField(ModelState.choices, read_only=True, help_text="draft, published or retired")
    position = serializers.IntegerField(read_only=True, help_text="Order in which published models are tried")
    copied_from = _id(
        "Id of the version it was copied from, which publishing retires unless only the copy has a condition; "
        "a published one with the same condition is retired as well",
        read_only=True,
        allow_null=True,
    )
    applies_to = serializers.JSONField(required=False, allow_null=True, help_text="Condition; null applies to all")
    line = serializers.IntegerField(required=False, help_text="Total from which a lead is worth handing over")
    bands = BandSerializer(many=True, required=False, help_text="high, middle, low")
    caps = serializers.JSONField(required=False, help_text="Dimension to the most points it can bring")
    rules = RuleSerializer(many=True, required=False, help_text="All rules; in a PATCH they replace the present ones")
    why = serializers.CharField(required=False, help_text="Why the rules change")
    maximum = serializers.IntegerField(read_only=True, help_text="Highest total that the rules can reach")
    findings = FindingSerializer(many=True, read_only=True, help_text="What the model check says")
    agreements = AgreementSerializer(many=True, read_only=True, help_text="Departments that agreed to this version")
    version = serializers.IntegerField(read_only=True, help_text="Raised by every change; the ETag holds it")
    created_at = serializers.DateTimeField(read_only=True, help_text="When the draft was made")
    updated_at = serializers.DateTimeField(read_only=True, help_text="Latest change")
    published_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="When it was published")
    published_by = _id("Id of the person, null for the system", read_only=True, allow_null=True)
    recompute_run = _id("Id of the run that a publish started; only in its answer", read_only=True, required=False)


class NewModelSerializer(ModelSerializer):
    copy_of = _id("Id of the version to copy; other values change the copy", required=False, write_only=True)
    name = serializers.CharField(required=False, help_text="Name; needed unless copy_of is given")


class PublishSerializer(serializers.Serializer):
    why = serializers.CharField(help_text="Why the rules change; kept for ever")


class AgreeSerializer(serializers.Serializer):
    side = serializers.ChoiceField(
        ["marketing", "sales"], required=False, help_text="Needed only from who manages teams of both"
    )


class SuggestSerializer(serializers.Serializer):
    most = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_RULES_ASKED, default=MOST_RULES, help_text="Most rules to suggest"
    )
    without = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="Fields to leave out; if missing, every field with a warning is left out",
    )


class SuggestedRuleSerializer(serializers.Serializer):
    key = _id("Key of the model's rule with this condition; null where it has none", allow_null=True)
    dimension = serializers.ChoiceField(Dimension.choices, help_text="Dimension that the points count towards")
    label_ja = serializers.CharField(help_text="The condition's sentence in Japanese")
    label_en = serializers.CharField(help_text="The condition's sentence in English")
    condition = serializers.JSONField(help_text="Condition tree, as a rule takes it")
    points = serializers.IntegerField(help_text="−20 to 20, not 0")
    present_points = serializers.IntegerField(allow_null=True, help_text="Points of the model's rule with `key`")
    cases = serializers.IntegerField(help_text="Leads with an outcome that meet the condition")
    good = serializers.IntegerField(help_text="How many of them became opportunities or were won")
    rate = serializers.FloatField(help_text="good ÷ cases")
    low = serializers.FloatField(help_text="Lower end of the 95 % interval of the rate (Wilson)")
    high = serializers.FloatField(help_text="Upper end of the 95 % interval of the rate (Wilson)")


class DoubtfulFieldSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="Name of the field that may be known only after the outcome")
    code = serializers.ChoiceField(DOUBTS, help_text="What in its values says so")
    message = serializers.CharField(help_text="In the reader's language")
    left_out = serializers.BooleanField(help_text="No rule about it was suggested")


class SuggestionSerializer(serializers.Serializer):
    leads = serializers.IntegerField(help_text="Leads with an outcome, the newest 10,000 at most")
    good = serializers.IntegerField(help_text="How many of them became opportunities or were won")
    fitted = serializers.IntegerField(help_text="The older leads that the points are fitted to")
    tested = serializers.IntegerField(help_text="The newer leads that auc and top_decile_lift are measured on")
    auc = serializers.FloatField(allow_null=True, help_text="Chance that a good lead scores above a bad one")
    top_decile_lift = serializers.FloatField(
        allow_null=True, help_text="Rate of the best-scoring tenth ÷ rate of all tested"
    )
    line = serializers.IntegerField(
        allow_null=True, help_text="Total that as many fitted leads reach as were good; null if under 1"
    )
    rules = SuggestedRuleSerializer(many=True, help_text="Strongest first; a draft takes those that a person chooses")
    warnings = DoubtfulFieldSerializer(many=True, help_text="Fields that may be known only after the outcome")
    message = serializers.CharField(help_text="Why there are no rules, in the reader's language; else empty")


class RunSerializer(serializers.Serializer):
    id = _id("Opaque id")
    state = serializers.ChoiceField(RecomputeRun.State.choices, help_text="How far it is")
    kind = serializers.ChoiceField(RecomputeRun.Kind.choices, help_text="full, or the pass after midnight")
    reason = serializers.CharField(help_text="recompute, publish or midnight")
    leads_total = serializers.IntegerField(help_text="Leads to score")
    leads_done = serializers.IntegerField(help_text="Leads scored so far")
    changed = serializers.IntegerField(help_text="Scores that were written because they differed")
    band_changes = serializers.IntegerField(help_text="Leads whose band changed")
    seconds = serializers.FloatField(allow_null=True, help_text="How long it took; null while it goes on")
    created_at = serializers.DateTimeField(help_text="When it was started")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="When it ended")


class EvidenceSerializer(serializers.Serializer):
    activity = _id("Id of an activity", required=False)
    type = serializers.CharField(required=False, help_text="Its type")
    occurred_at = serializers.DateTimeField(required=False, help_text="When it happened")
    content = serializers.CharField(required=False, help_text="What it was about")
    field = serializers.CharField(required=False, help_text="Name of a field")
    value = serializers.JSONField(required=False, help_text="Its value; null when unknown")


class LineSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(
        ["rule", "decay", "rule_cap", "dimension_cap"], help_text="A rule, or what is taken away again"
    )
    rule = _id("Key of the rule; null for the cap of a dimension", allow_null=True)
    label = serializers.CharField(help_text="In the reader's language")
    dimension = serializers.ChoiceField(Dimension.choices, help_text="Dimension")
    points = serializers.IntegerField(help_text="Points; all lines add up to the total")
    evidence = EvidenceSerializer(many=True, help_text="Activities (newest first, at most 20) and field values")


class ModelReferenceSerializer(serializers.Serializer):
    id = _id("Id of the scoring model")
    version = serializers.IntegerField(help_text="Its version number")


class ScoreSerializer(serializers.Serializer):
    total = serializers.IntegerField(help_text="Sum of all lines")
    band = serializers.ChoiceField(Band.choices, help_text="Band")
    grade = serializers.CharField(help_text="A1 to D4; empty where the model has no rules for fit or engagement")
    reaches_line = serializers.BooleanField(help_text="The line is reached")
    model = ModelReferenceSerializer(allow_null=True, help_text="The model that scored the lead")
    computed_at = serializers.DateTimeField(allow_null=True, help_text="When the stored score was written")
    dimensions = serializers.DictField(child=serializers.IntegerField(), help_text="Points by dimension, capped")
    rules = LineSerializer(many=True, help_text="Every rule, and caps and decay as lines of their own")

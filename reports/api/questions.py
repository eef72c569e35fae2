"""What a report may be asked, from the address to a Question; every fault at once."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.moments import DayField, MomentField
from accounts.models import Organization, Team, User
from handoff.domain.choices import Leg
from leads.models import Campaign, Channel
from reports.domain.periods import LONGEST_DAYS, Period, latest_days
from reports.queries.funnel import COHORTS
from reports.queries.scope import SIZES, Filters, Question, narrowed_to


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Raises ValidationError naming each parameter that there is not."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise serializers.ValidationError({name: [_("There is no such parameter.")] for name in unknown})


def check_period(first: date, to: date) -> None:
    """Raises ValidationError for days (`to` is the first that is out) that are no period or more than can be asked for."""
    if not first < to:
        raise serializers.ValidationError({"to": [_("The period ends before it begins; `to` is the day after.")]})
    if (to - first).days > LONGEST_DAYS:
        raise serializers.ValidationError({"to": [_("The period can be at most ten years.")]})


class QuestionSerializer(serializers.Serializer[Any]):
    """The parameters of every report."""

    to = DayField(required=False, help_text="First local day that is out; with `from`")
    tz = serializers.CharField(required=False, help_text="Time zone of the days; default the organisation's")
    as_of = MomentField(required=False, help_text="Count what has happened up to here; default now")
    team = serializers.IntegerField(required=False, min_value=1, help_text="Id of a team")
    channel = serializers.IntegerField(required=False, min_value=1, help_text="Id of a channel")
    campaign = serializers.IntegerField(required=False, min_value=1, help_text="Id of a campaign")
    industry = serializers.CharField(required=False, max_length=80, help_text="Industry as written on the company")
    size = serializers.ChoiceField(sorted(SIZES), required=False, help_text="under_50, 50_to_300 or over_300")
    leg = serializers.ChoiceField(Leg.choices, required=False, help_text="Default: the legs that end in field sales")
    group_by = serializers.ChoiceField(["time"], required=False, help_text="kpis only: one row set per week or month")
    cohort = serializers.ChoiceField(
        [stage.value for stage in COHORTS], required=False, help_text="funnel only: the stage entered; default mql"
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # `from` is a word of the language, so it can't be an attribute of the class.
        first = DayField(required=False, help_text="First local day; default the latest 90 days, today included")
        return {"from": first, **fields}

    def to_internal_value(self, data: Any) -> Any:
        check_names(data, {*self.fields, "format"})
        return super().to_internal_value(data)

    def validate_tz(self, name: str) -> str:
        if name not in available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return name

    def validate_team(self, number: int) -> int:
        return self._known(Team, number)

    def validate_channel(self, number: int) -> int:
        return self._known(Channel, number)

    def validate_campaign(self, number: int) -> int:
        return self._known(Campaign, number)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        first, last = given.get("from"), given.get("to")
        if (first is None) != (last is None):
            raise serializers.ValidationError({"to": [_("Specify both from and to, or neither.")]})
        if first and last:
            check_period(first, last)
        return given

    def _known(self, model: Any, number: int) -> int:
        if number > 2**62 or not model.objects.filter(pk=number).exists():
            raise serializers.ValidationError(_("There is nothing with this ID."))
        return number


def question_of(given: dict[str, Any], *, organization: Organization, user: User, at: datetime) -> Question:
    """The validated parameters as a question."""
    zone = ZoneInfo(given["tz"]) if given.get("tz") else organization.zone
    if given.get("from"):
        period = Period(given["from"], given["to"], zone)
    else:
        # As the dashboard begins: what one has just done is in it.
        period = latest_days(at.astimezone(zone).date(), 90, zone)
    names = ("team", "channel", "campaign", "industry", "size", "leg")
    filters = Filters(**{name: given[name] for name in names if given.get(name)})
    return Question(period, given.get("as_of") or at, filters, narrowed_to(user, organization))

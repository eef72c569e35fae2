"""Which leads a list shows: the same filters for pages and API, each one refusing what it doesn't understand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.queries import organization
from journal.errors import FieldError, Invalid
from leads import hooks
from leads.domain.choices import Stage
from leads.domain.conditions import InvalidCondition
from leads.domain.industries import spellings
from leads.domain.normalise import search_terms
from leads.models import Lead, Segment
from leads.queries import conditions, imports, tags
from leads.queries.references import as_id

BANDS = (
    ("high", pgettext_lazy("band", "High")),
    ("middle", pgettext_lazy("band", "Mid")),
    ("low", pgettext_lazy("band", "Low")),
)
# AR-55: the last contact by age in days; the thresholds are an argument of `touched`.
WEEK, MONTH = 7, 30
TOUCHED = (
    ("week", pgettext_lazy("last contact", "Within a week")),
    ("month", pgettext_lazy("last contact", "Within a month")),
    ("older", pgettext_lazy("last contact", "Longer ago")),
    ("none", pgettext_lazy("last contact", "Never")),
)
MOST_QUERY = 200
MOST_CONDITION = 8000
# Moments that both engines and every time zone can hold.
_SANE = [MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC)), MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC))]
_POINTS = {"min_value": -1_000_000_000, "max_value": 1_000_000_000}


class CommaWidget(forms.SelectMultiple):
    """Reads `?stage=mal,mql` and `?stage=mal&stage=mql` alike."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [part for text in given for part in str(text).split(",") if part]


class CommaTextWidget(forms.TextInput):
    """Reads `?tag=a,b` and `?tag=a&tag=b` alike, as one text."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return ",".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name)


class SeveralFilter(django_filters.MultipleChoiceFilter):
    """Any of several values, separated by commas."""

    def __init__(self, **options: Any):
        # Nothing here joins to many rows: DISTINCT would sort every match before the first page.
        super().__init__(widget=CommaWidget, distinct=False, **options)


class ReferenceFilter(django_filters.CharFilter):
    """A related row by its opaque id; with `name`, also by its name; 'none' where there is none."""

    def __init__(self, *, by_name: str = "", **options: Any):
        self.by_name = by_name
        super().__init__(max_length=120, **options)

    def filter(self, queryset: QuerySet[Lead], value: str) -> QuerySet[Lead]:
        if not value:
            return queryset
        if value == "none":
            return queryset.filter(**{f"{self.field_name}__isnull": True})
        number = as_id(value)
        if number is not None:
            return queryset.filter(**{f"{self.field_name}_id": number})
        return queryset.filter(**{self.by_name: value}) if self.by_name else queryset.none()


class LeadFilter(django_filters.FilterSet):
    """The filters of API.md, and last contact (AR-55)."""

    stage = SeveralFilter(choices=Stage.choices, help_text="One or more stages, separated by commas")
    band = SeveralFilter(field_name="score__band", choices=BANDS, help_text="One or more of high, middle, low")
    score_min = django_filters.NumberFilter(
        field_name="score__total", lookup_expr="gte", help_text="At least this score", **_POINTS
    )
    score_max = django_filters.NumberFilter(
        field_name="score__total", lookup_expr="lte", help_text="At most this score", **_POINTS
    )
    channel = ReferenceFilter(
        field_name="channel", by_name="channel__name", help_text="Id or name of the first channel"
    )
    campaign = ReferenceFilter(field_name="campaign", by_name="campaign__name", help_text="Id or name of the campaign")
    owner = ReferenceFilter(field_name="owner", by_name="owner__email", help_text="Id or e-mail; none: nobody")
    team = ReferenceFilter(field_name="team", by_name="team__name", help_text="Id or name of the team; none: no team")
    industry = django_filters.CharFilter(
        method="by_industry", max_length=80, help_text="Industry, exactly, by any of its names"
    )
    employees_min = django_filters.NumberFilter(
        field_name="company__employee_count", lookup_expr="gte", **_POINTS, help_text="At least so many employees"
    )
    tag = django_filters.CharFilter(
        method="by_tag",
        max_length=MOST_QUERY,
        widget=CommaTextWidget,
        help_text="Id or name of a tag, or several, separated by commas; none: without any",
    )
    track = django_filters.CharFilter(
        method="by_track", max_length=19, help_text="Id of a nurture track: the leads that are in it now"
    )
    touched = django_filters.ChoiceFilter(
        choices=TOUCHED, method="by_touch", help_text="Last contact by us: week, month, older, none"
    )
    q = django_filters.CharFilter(
        method="by_words",
        max_length=MOST_QUERY,
        help_text="Words in name, kana, company, e-mail or telephone, after the same normalisation as matching",
    )
    updated_after = django_filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gt", validators=_SANE, help_text="Changed after this moment"
    )

    condition = django_filters.CharFilter(
        method="by_condition",
        max_length=MOST_CONDITION,
        help_text="A condition as JSON, in the language of rules and saved lists",
    )
    segment = django_filters.CharFilter(method="by_segment", max_length=19, help_text="Id of a saved list")

    class Meta:
        model = Lead
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """With `import`, a word of the language, so that it can't be an attribute."""
        taken_in = django_filters.CharFilter(
            field_name="import", method="by_import", max_length=19, help_text="Id of an import: the leads of its rows"
        )
        return {**super().get_filters(), "import": taken_in}

    def __init__(self, *args: Any, at: datetime | None = None, user: User | None = None, **options: Any):
        super().__init__(*args, **options)
        entry = self.request and self.request._request.entry
        self.at, self.user = at or (entry and entry.at), user or (self.request and self.request.user)

    def by_industry(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return queryset.filter(company__industry__in=spellings(value))

    def by_tag(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return queryset.filter(~tags.any_tag() if value == "none" else tags.bearing(value.split(",")))

    def by_track(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        number = as_id(value)
        return queryset.filter(pk__in=hooks.in_track(number)) if number else queryset.none()

    def by_words(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return search(queryset, value)

    def by_touch(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return touched(queryset, value, at=self.at)

    def by_condition(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return queryset.filter(conditions.compile(_tree(value), on=organization.local_day(self.at)))

    def by_import(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        number = as_id(value)
        return queryset.filter(pk__in=imports.leads_of(number)) if number else queryset.none()

    def by_segment(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        number = as_id(value)
        segment = Segment.objects.visible_to(self.user).filter(pk=number).first() if number else None
        if segment is None:
            raise UnknownSegment
        return of_segment(queryset, segment, user=self.user, at=self.at)


class UnknownSegment(Invalid):
    """There is no such saved list, or it is somebody's own."""

    code = "invalid"
    message = _("This saved list does not exist, or it is not shared with you.")

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("segment", "invalid_choice", self.message)])


def of_segment(queryset: QuerySet[Lead], segment: Segment, *, user: User, at: datetime) -> QuerySet[Lead]:
    """Those of the queryset that the saved list holds at this moment. Raises InvalidCondition when it no longer reads."""
    narrowed = LeadFilter(segment.filters, queryset, at=at, user=user).qs
    return (
        narrowed.filter(conditions.compile(segment.condition, on=organization.local_day(at)))
        if segment.condition
        else narrowed
    )


def _tree(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        fault = FieldError("condition", "invalid", _("This is not valid JSON."))
        raise InvalidCondition(errors=[fault]) from error


def search(queryset: QuerySet[Lead], words: str) -> QuerySet[Lead]:
    """Those whose search text holds every word; on PostgreSQL two letters and more are found by the pair index."""
    for term in search_terms(words):
        queryset = queryset.filter(search_text__contains=term)
        if connection.vendor == "postgresql" and len(term) > 1:
            pairs = sorted({term[start : start + 2] for start in range(len(term) - 1)})
            queryset = queryset.alias(search_pairs=_Pairs("search_text")).filter(search_pairs__contains=pairs)
    return queryset


class _Pairs(Func):
    """The letters of a text in pairs: what the index leads_search_pairs holds."""

    function = "leads_pairs"
    output_field = ArrayField(TextField())


def touched(
    queryset: QuerySet[Lead], age: str, *, at: datetime, week: int = WEEK, month: int = MONTH
) -> QuerySet[Lead]:
    """By the age of the last contact: `week`, `month`, `older`, `none`."""
    if age == "none":
        return queryset.filter(last_contact_at__isnull=True)
    recent, ago = at - timedelta(days=week), at - timedelta(days=month)
    wanted = {
        "week": Q(last_contact_at__gte=recent),
        "month": Q(last_contact_at__gte=ago, last_contact_at__lt=recent),
        "older": Q(last_contact_at__lt=ago),
    }
    return queryset.filter(wanted[age])

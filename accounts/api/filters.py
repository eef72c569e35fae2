"""Filters that refuse what they don't know, instead of ignoring it."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

MOST_ID = 2**63 - 1
# Moments that both engines and every time zone can hold.
SANE_MOMENTS = [
    MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC)),
]
PAGE_PARAMETERS = {"cursor", "page_size", "count", "format"}


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter, plus a 400 for any parameter that is neither a filter nor about paging."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        filters = set(filterset_class.base_filters if filterset_class else ())
        known = PAGE_PARAMETERS | filters | set(getattr(view, "extra_parameters", ()))
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError(
                {
                    name: [_("There is no such filter. Known ones: %(known)s") % {"known": ", ".join(sorted(known))}]
                    for name in unknown
                }
            )
        for name, value in request.query_params.items():
            if "\x00" in value:
                raise ValidationError({name: [_("The value holds a character that cannot be stored.")]})
        # A form of all filters costs a quarter of a page's time; most pages of an API are asked for without any.
        return super().filter_queryset(request, queryset, view) if filters & set(request.query_params) else queryset


class IdFilter(django_filters.NumberFilter):
    """A related row by its id; what can be no id is refused."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any):
        super().__init__(min_value=0, max_value=MOST_ID, **options)


class TruthField(forms.NullBooleanField):
    """true or false; empty: not asked for."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        told = str(value or "").strip().lower()
        if told not in ("", "true", "false"):
            raise forms.ValidationError(_("Enter true or false."), code="invalid")
        return None if not told else told == "true"


class TruthFilter(django_filters.BooleanFilter):
    """Yes or no; what is neither is refused."""

    field_class = TruthField


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A moment that both engines and every time zone can hold."""

    def __init__(self, **options: Any):
        super().__init__(validators=SANE_MOMENTS, **options)

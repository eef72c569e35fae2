"""Times in the API: the moment of a request, and the moments and days that requests bring."""

from datetime import date, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.domain.years import FIRST_YEAR, LAST_YEAR
from accounts.interface.forms import TOO_FAR


def at(request: Request) -> datetime:
    """When the request entered, by the database's clock."""
    return request._request.entry.at


class MomentField(serializers.DateTimeField):
    """A date and time that every time zone and both engines can hold; others are refused by name."""

    default_error_messages = {"far": TOO_FAR}

    def enforce_timezone(self, value: datetime) -> datetime:
        # Before it is moved to a time zone: at the ends of the calendar that fails.
        _check(self, value)
        return super().enforce_timezone(value)


class DayField(serializers.DateField):
    """A day of which both engines can tell when it begins and ends."""

    default_error_messages = {"far": TOO_FAR}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        _check(self, day)
        return day


def _check(field: serializers.Field[Any, Any, Any, Any], day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        field.fail("far")

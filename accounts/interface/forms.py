"""Domain errors beside the fields of a form, and the fields and inputs of days and times."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.domain.years import FIRST_YEAR, LAST_YEAR
from journal.errors import DomainError

TOO_FAR = _("The date is too far away. Give one between the years 1900 and 2200.")


def show(form: forms.Form, error: DomainError) -> None:
    """Puts each fault of a refusal beside its field, the rest above the form."""
    for fault in error.errors:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
    if not error.errors:
        form.add_error(None, str(error))


class DayField(forms.DateField):
    """A day of which both engines can tell when it begins and ends."""

    default_validators = [
        MinValueValidator(date(FIRST_YEAR, 1, 1), TOO_FAR),
        MaxValueValidator(date(LAST_YEAR, 12, 31), TOO_FAR),
    ]


class DateInput(forms.DateInput):
    """The browser's own calendar, with ISO dates between page and server."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own choice of a time of day, in whole minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%H:%M")

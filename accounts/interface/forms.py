"""Domain errors beside the fields of a form."""

from typing import Any

from django import forms

from journal.errors import DomainError


def show(form: forms.Form, error: DomainError) -> None:
    """Puts each fault of a refusal beside its field, the rest above the form."""
    for fault in error.errors:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
    if not error.errors:
        form.add_error(None, str(error))


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

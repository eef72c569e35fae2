"""The organisation's own fields as fields of a form, and their values to and fro."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.interface.forms import DateInput
from leads.domain.lead_values import MOST_CUSTOM_TEXT
from leads.queries.custom_values import Own

PREFIX = "custom."


def field_of(own: Own) -> forms.Field:
    """The form's field for one of the organisation's."""
    options: dict[str, Any] = {"label": own.label, "required": False}
    match own.kind:
        case "number":
            return forms.FloatField(min_value=-1e15, max_value=1e15, **options)
        case "date":
            return forms.DateField(widget=DateInput, **options)
        case "yes_no":
            words = [("", _("Unknown")), ("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=words, **options)
        case "choice":
            here = [own.value] if own.value and own.value not in own.choices else []
            choices = [(choice, choice) for choice in (*own.choices, *here)]
            return forms.ChoiceField(choices=[("", _("Unknown")), *choices], **options)
    return forms.CharField(max_length=MOST_CUSTOM_TEXT, **options)


def initial_value(own: Own) -> Any:
    """What the form shows for a lead's value."""
    if own.kind == "yes_no" and isinstance(own.value, bool):
        return "yes" if own.value else "no"
    return own.value


def value_of(own: Own, cleaned: Any) -> Any:
    """The form's cleaned value as the service takes it; None forgets it."""
    if cleaned in ("", None):
        return None
    if own.kind == "number":
        return int(cleaned) if cleaned == int(cleaned) else cleaned
    if own.kind == "date":
        return cleaned.isoformat()
    return cleaned == "yes" if own.kind == "yes_no" else cleaned

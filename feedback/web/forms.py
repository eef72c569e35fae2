"""The five inputs, and the few of a deal: shapes only; what is right is decided by the services."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.interface.forms import DayField
from feedback.domain.choices import DEAL_RESULTS, Reason, Result
from handoff.domain.follows import CONSIDERING_DEFAULT_DAYS
from journal.errors import DomainError

WITH_REASON = (Result.LOST, Result.CONSIDERING)
QUALITIES = [(number, str(number)) for number in range(1, 6)]


class DayInput(forms.DateInput):
    """The browser's own day picker."""

    input_type = "date"

    def __init__(self, **attrs: Any):
        super().__init__(attrs={"class": "form-control", **attrs}, format="%Y-%m-%d")


class ResultForm(forms.Form):
    """Result, reason, next action, quality, comment; the day only when it is entered later than it happened."""

    # Said under the day: when a lead that still considers is followed up if no day is given.
    considering_days = CONSIDERING_DEFAULT_DAYS

    result = forms.ChoiceField(
        choices=Result, widget=forms.RadioSelect, error_messages={"required": _("Choose a result.")}
    )
    reason = forms.ChoiceField(choices=Reason, widget=forms.RadioSelect, required=False)
    next_action_on = DayField(widget=DayInput, required=False)
    quality = forms.TypedChoiceField(
        choices=QUALITIES, coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    comment = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    happened_on = DayField(widget=DayInput, required=False)

    def values(self, *, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
        """What the service takes. A reason that was chosen before another result is dropped."""
        given = self.cleaned_data
        return {
            "result": given["result"],
            "reason": given["reason"] if given["result"] in WITH_REASON else "",
            "next_action_on": given["next_action_on"],
            "quality": given["quality"],
            "comment": given["comment"],
            "happened_at": _moment(given["happened_on"], at, zone),
        }

    def take(self, error: DomainError) -> None:
        """Shows a refusal of the service beside its field."""
        names = {"at": "happened_on"}
        for fault in error.errors:
            name = names.get(fault.field, fault.field)
            self.add_error(name if name in self.fields else None, str(fault.message))
        if not error.errors:
            self.add_error(None, str(error))


class DealForm(forms.Form):
    """A deal: amount, dates, and how it ended."""

    amount = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "decimal", "step": "any"}),
    )
    opened_on = forms.DateField(widget=DayInput, required=False)
    result = forms.ChoiceField(
        choices=[("", pgettext_lazy("deal", "Open")), *DEAL_RESULTS],
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(choices=Reason, widget=forms.RadioSelect, required=False)
    closed_on = forms.DateField(widget=DayInput, required=False)

    take = ResultForm.take

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = dict(self.cleaned_data)
        if given["result"] != "lost":
            given["reason"] = ""
        if not given["result"]:
            given["closed_on"] = None
        return {name: value for name, value in given.items() if not (name == "opened_on" and value is None)}


def _moment(day: date | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Noon of that day, or now when it is today or left out."""
    if day is None or day == at.astimezone(zone).date():
        return None
    return datetime.combine(day, time(12), tzinfo=zone)

"""Deadlines: how fast an answer, a first contact, qualifying and a result are owed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.web.access import needs
from handoff.domain.choices import ClockKind
from handoff.domain.promises import Promise
from handoff.models import SlaPolicy
from handoff.queries.policies import promise_for
from handoff.services import policies
from journal.errors import DomainError

BANDS = ("high", "middle", "low")
# An answer and a first contact depend on the band, the others don't.
CELLS = [(ClockKind.ANSWER, BANDS), (ClockKind.CONTACT, BANDS), (ClockKind.QUALIFY, ("",)), (ClockKind.FEEDBACK, ("",))]


class PolicyForm(forms.Form):
    kind = forms.ChoiceField(choices=ClockKind.choices)
    band = forms.ChoiceField(choices=[("", ""), *((band, band) for band in BANDS)], required=False)
    amount = forms.IntegerField(min_value=1, error_messages={"required": gettext_lazy("Enter a number from 1.")})
    unit = forms.ChoiceField(choices=[("minutes", ""), ("working_days", "")])


@dataclass(frozen=True)
class Cell:
    """One promise as it holds now; `is_own` when somebody set it."""

    kind: str
    band: str
    promise: Promise
    is_own: bool

    @property
    def amount(self) -> int:
        return self.promise.minutes or self.promise.working_days or 0

    @property
    def unit(self) -> str:
        return "minutes" if self.promise.minutes else "working_days"


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every promise as a small form."""
    own = set(SlaPolicy.objects.filter(leg="").values_list("kind", "band"))
    rows = [(ClockKind(kind).label, [_cell(kind, band, own) for band in bands]) for kind, bands in CELLS]
    return render(request, "settings/policies.html", {"rows": rows})


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Sets one promise, or with `reset` goes back to the usual one; open clocks follow."""
    form = PolicyForm(request.POST)
    by, at = request.user, request.entry.at  # type: ignore[attr-defined]
    if "reset" in request.POST:
        spot = {"kind": request.POST.get("kind", ""), "band": request.POST.get("band", ""), "leg": ""}
        for policy in SlaPolicy.objects.filter(**spot):
            policies.remove_policy(policy=policy, by=by, at=at)  # type: ignore[arg-type]
    elif not form.is_valid():
        toasts.warn(request, _("Enter a number from 1."))
    else:
        _set(request, form.cleaned_data)
    return redirect("settings-policies")


def _set(request: HttpRequest, values: dict[str, Any]) -> None:
    by, at = request.user, request.entry.at  # type: ignore[attr-defined]
    length = {values["unit"]: values["amount"]}
    try:
        policies.set_policy(kind=values["kind"], band=values["band"], by=by, at=at, **length)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, " ".join(str(fault.message) for fault in error.errors) or str(error))
    else:
        toasts.say(request, _("Saved. Open deadlines have been updated."))


def _cell(kind: str, band: str, own: set[tuple[str, str]]) -> Cell:
    return Cell(kind, band, promise_for(kind=kind, leg="", band=band), (kind, band) in own)

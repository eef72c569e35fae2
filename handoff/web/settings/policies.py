"""Deadlines: how fast an answer, a first contact, qualifying and a result are owed, and by leg a meeting and contacts."""

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
from handoff.domain.choices import ClockKind, Leg
from handoff.domain.promises import BY_POLICY_ONLY, Promise
from handoff.models import SlaPolicy
from handoff.queries import legs, pauses
from handoff.queries.policies import promise_if_any
from handoff.services import pauses as pause_service
from handoff.services import policies
from journal.errors import DomainError

BANDS = ("high", "middle", "low")
# An answer and a first contact depend on the band, the others don't.
CELLS = [(ClockKind.ANSWER, BANDS), (ClockKind.CONTACT, BANDS), (ClockKind.QUALIFY, ("",)), (ClockKind.FEEDBACK, ("",))]


class PolicyForm(forms.Form):
    kind = forms.ChoiceField(choices=ClockKind.choices)
    leg = forms.ChoiceField(choices=[("", ""), *Leg.choices], required=False)
    touches = forms.IntegerField(min_value=1, required=False)
    band = forms.ChoiceField(choices=[("", ""), *((band, band) for band in BANDS)], required=False)
    amount = forms.IntegerField(min_value=1, error_messages={"required": gettext_lazy("Enter a number from 1.")})
    unit = forms.ChoiceField(choices=[("minutes", ""), ("working_days", "")])


class LimitsForm(forms.Form):
    most_days = forms.IntegerField()
    most_times = forms.IntegerField()


@dataclass(frozen=True)
class Cell:
    """One promise as it holds now, None where nothing is promised; `is_own` when somebody set it."""

    kind: str
    band: str
    promise: Promise | None
    is_own: bool
    leg: str = ""

    @property
    def amount(self) -> int | str:
        return (self.promise.minutes or self.promise.working_days or 0) if self.promise else ""

    @property
    def unit(self) -> str:
        return "minutes" if self.promise and self.promise.minutes else "working_days"

    @property
    def key(self) -> str:
        return "-".join(part for part in (self.kind, self.leg, self.band) if part)


@dataclass(frozen=True)
class Asking:
    """What a policy may ask for on one leg: of every priority, and of each."""

    label: str
    leg: str
    all: Cell
    bands: list[Cell]

    @property
    def has_own_band(self) -> bool:
        return any(cell.is_own for cell in self.bands)


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every promise as a small form."""
    own = set(SlaPolicy.objects.values_list("kind", "leg", "band"))
    rows = [(ClockKind(kind).label, [_cell(kind, "", band, own) for band in bands]) for kind, bands in CELLS]
    asked = [_asking(kind, leg, own) for kind in BY_POLICY_ONLY for leg in legs.legs()]
    values = {"rows": rows, "asked": asked, "limits": pauses.limits()}
    return render(request, "settings/policies.html", values)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def limit_pauses(request: HttpRequest) -> HttpResponse:
    """How long and how often promises may be paused."""
    form = LimitsForm(request.POST)
    if not form.is_valid():
        toasts.warn(request, _("Enter whole numbers."))
        return redirect("settings-policies")
    try:
        pause_service.set_limits(**form.cleaned_data, by=request.user, at=request.entry.at)  # type: ignore[attr-defined, arg-type]
    except DomainError as error:
        toasts.warn(request, " ".join(str(fault.message) for fault in error.errors) or str(error))
    else:
        toasts.say(request, _("Saved. It holds for pauses from now on."))
    return redirect("settings-policies")


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Sets one promise, or with `reset` goes back to the usual one; open clocks follow."""
    form = PolicyForm(request.POST)
    by, at = request.user, request.entry.at  # type: ignore[attr-defined]
    if "reset" in request.POST:
        spot = {name: request.POST.get(name, "") for name in ("kind", "leg", "band")}
        for policy in SlaPolicy.objects.filter(**spot):
            policies.remove_policy(policy=policy, by=by, at=at)  # type: ignore[arg-type]
    elif not form.is_valid():
        toasts.warn(request, _("Enter a number from 1."))
    else:
        _set(request, form.cleaned_data)
    return redirect("settings-policies")


def _set(request: HttpRequest, values: dict[str, Any]) -> None:
    by, at = request.user, request.entry.at  # type: ignore[attr-defined]
    spot = {name: values[name] for name in ("kind", "leg", "band", "touches")}
    length = {values["unit"]: values["amount"]}
    try:
        policies.set_policy(**spot, by=by, at=at, **length)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, " ".join(str(fault.message) for fault in error.errors) or str(error))
    else:
        is_new = values["kind"] in BY_POLICY_ONLY
        said = (
            _("Saved. It holds from the next handoff on.") if is_new else _("Saved. Open deadlines have been updated.")
        )
        toasts.say(request, said)


def _asking(kind: str, leg: Leg, own: set[tuple[str, str, str]]) -> Asking:
    bands = [_cell(kind, leg, band, own) for band in BANDS]
    return Asking(str(ClockKind(kind).label), str(leg.label), _cell(kind, leg, "", own), bands)


def _cell(kind: str, leg: str, band: str, own: set[tuple[str, str, str]]) -> Cell:
    return Cell(kind, band, promise_if_any(kind=kind, leg=leg, band=band), (kind, leg, band) in own, leg)

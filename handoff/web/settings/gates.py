"""Gates: what must hold before a lead is handed over, and what happens when it doesn't."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.change_words import whose
from accounts.interface.forms import show as show_error
from accounts.queries import changes
from accounts.web.access import needs
from handoff.domain import presets
from handoff.domain.questions import ITEMS
from handoff.models import Gate
from handoff.queries import gate_words, legs
from handoff.services import gate_settings
from journal.errors import DomainError
from leads.queries import conditions
from leads.web import condition_builder
from leads.web.condition_form import ConditionForm

EXAMPLES = {Gate.Kind.MQL: presets.MQL_EXAMPLE, Gate.Kind.SQL: presets.SAL_EXAMPLE}
_ITEMS = [(item.name, item.label) for item in ITEMS.values()]


@dataclass(frozen=True)
class Box:
    """One box of the table of items: what it is called in the form, and whether it is ticked."""

    name: str
    label: str
    is_ticked: bool


class GateForm(ConditionForm):
    """`item` are those asked for singly; `of0`, `least0` and so on the groups, one more than there are."""

    builder_key = "gate"
    mode = forms.ChoiceField(
        label=gettext_lazy("When it is not met"), choices=Gate.Mode.choices, widget=forms.RadioSelect
    )
    item = forms.MultipleChoiceField(required=False, choices=_ITEMS)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, gate: Gate, **more: Any):
        groups = [entry for entry in gate.required if "of" in entry]
        start: dict[str, Any] = {"mode": gate.mode, "condition": condition_builder.written_out(gate.condition)}
        start["version"] = gate.version
        start["item"] = [entry["item"] for entry in gate.required if "item" in entry]
        for number, group in enumerate(groups):
            start |= {f"of{number}": group["of"], f"least{number}": group["at_least"]}
        super().__init__(*args, initial=start, **more)
        self.groups = range(len(groups) + 1)
        for number in self.groups:
            self.fields[f"of{number}"] = forms.MultipleChoiceField(required=False, choices=_ITEMS)
            label = pgettext("items of a gate", "How many of group %(number)d") % {"number": number + 1}
            self.fields[f"least{number}"] = forms.IntegerField(
                label=label, required=False, min_value=1, max_value=len(ITEMS)
            )

    def heads(self) -> list[str]:
        """The heads of the table's columns."""
        numbered = [pgettext("items of a gate", "Group %(number)d") % {"number": n + 1} for n in self.groups]
        return [pgettext("items of a gate", "Required"), *numbered]

    def rows(self) -> list[tuple[Any, str, list[Box]]]:
        """Each item with its boxes: asked for singly, and in each group."""
        columns = ["item", *(f"of{number}" for number in self.groups)]
        ticked = {name: set(self[name].value() or ()) for name in columns}
        headed = list(zip(columns, self.heads(), strict=True))
        return [
            (label, item, [Box(name, f"{label}: {head}", item in ticked[name]) for name, head in headed])
            for item, label in _ITEMS
        ]

    def least(self) -> list[forms.BoundField]:
        """How many of each group."""
        return [self[f"least{number}"] for number in self.groups]

    def item_faults(self) -> list[str]:
        """What is wrong in the table of items."""
        names = ["item", *(name for number in self.groups for name in (f"of{number}", f"least{number}"))]
        return [error for name in names for error in self.errors.get(name, [])]

    def values(self) -> dict[str, Any]:
        """The gate as the service takes it."""
        data = self.cleaned_data
        groups = [
            {"of": data[f"of{number}"], "at_least": data[f"least{number}"]}
            for number in self.groups
            if data[f"of{number}"]
        ]
        required = [*({"item": name} for name in data["item"]), *groups]
        return {"mode": data["mode"], "condition": self.tree or None, "required": required}


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Each gate with what it asks for now."""
    rows = [(gate, gate_words.said(gate)) for gate in gate_words.both()]
    return render(request, "settings/gates.html", {"rows": rows})


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    """One gate; a POST with `example` puts the shipped condition into the form and keeps nothing yet."""
    if kind not in Gate.Kind.values:
        raise Http404
    gate = next(gate for gate in gate_words.both() if gate.kind == kind)
    given = request.POST.copy() if request.method == "POST" else None
    if given is not None and "example" in given:
        given["condition"] = condition_builder.written_out(EXAMPLES[Gate.Kind(kind)])
        return _page(request, gate, GateForm(given, gate=gate))
    form = GateForm(given, gate=gate)
    if given is not None and form.is_valid():
        values = form.values() | {"expected_version": form.cleaned_data["version"]}
        try:
            gate_settings.change(kind=kind, **values, by=request.user, at=request.entry.at)  # type: ignore[arg-type, attr-defined]
        except gate_settings.StaleGate as error:
            form.add_error(None, _changed_meanwhile(error.gate))
            # What is typed is shown again beside what changed; sent again, it was read.
            given["version"] = str(error.gate.version)
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Saved. It holds from the next handoff on."))
            return redirect("settings-gates")
    return _page(request, gate, form, status=400 if form.errors else 200)


def _changed_meanwhile(gate: Gate) -> str:
    """Who changed it and what it asks for now."""
    return _(
        "Not saved yet: %(who)s changed this on %(when)s. It now says: %(now)s. "
        "Your entries are still here; save again to replace it."
    ) % (whose(changes.latest(gate, kind="gate.changed")) | {"now": gate_words.said(gate)})


def _page(request: HttpRequest, gate: Gate, form: GateForm, status: int = 200) -> HttpResponse:
    values = {"gate": gate, "form": form, "builder": form.builder(), "has_one_leg": legs.has_one_leg()}
    values["example"] = conditions.said(EXAMPLES[Gate.Kind(gate.kind)])
    return render(request, "settings/gate.html", values, status=status)

"""Handoff rules: in the order in which they are tried, each with the five things it names (AR-15)."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from handoff.domain import presets
from handoff.domain.choices import Giver, ToldBy
from handoff.models import HandoffRule
from handoff.queries import legs, receivers
from handoff.services import handoff_rules
from handoff.web.settings import rule_acts
from handoff.web.settings.rule_form import RuleForm
from journal.errors import DomainError
from leads.queries import conditions
from leads.web import condition_builder

TOLD = [
    (ToldBy.IN_APP.value, gettext_lazy("In Handoff only")),
    (f"{ToldBy.IN_APP},{ToldBy.EMAIL}", gettext_lazy("In Handoff, by email and by chat")),
]
BY_ROUTE = gettext_lazy("Whoever the routing rules name")
VERBS = {
    "on": partial(handoff_rules.switch, is_on=True),
    "off": partial(handoff_rules.switch, is_on=False),
    "earlier": partial(handoff_rules.move, earlier=True),
    "later": partial(handoff_rules.move, earlier=False),
    "delete": handoff_rules.delete,
}


class HandoffRuleForm(RuleForm):
    """A draft may lack what a rule that is on must have; the service says what."""

    giver = forms.ChoiceField(
        label=gettext_lazy("Who gives"), choices=Giver.choices, widget=forms.RadioSelect, required=False
    )
    told_by = forms.ChoiceField(
        label=gettext_lazy("How the receiver is told"), choices=TOLD, widget=forms.RadioSelect, required=False
    )
    is_on = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)

    def __init__(self, *args: Any, rule: HandoffRule | None, **more: Any):
        super().__init__(*args, rule=rule, leg=legs.legs()[0], nobody=BY_ROUTE, initial=_initial(rule), **more)

    def values(self) -> dict[str, Any]:
        """The rule as the service takes it."""
        data = self.cleaned_data
        told = [way for way in data["told_by"].split(",") if way]
        kept = {name: data[name] for name in ("name", "giver", "is_on")}
        return kept | {"told_by": told, "when": self.tree or None, "to": self.target()}


def _initial(rule: HandoffRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    told = ",".join(way for way in ToldBy.values if way in rule.told_by)
    values = {"name": presets.shown(rule.name), "giver": rule.giver, "told_by": told, "is_on": rule.is_on}
    return values | {"condition": condition_builder.written_out(rule.when)}


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every rule with its five parts as they are now."""
    rules = HandoffRule.objects.select_related("to_team", "to_user").order_by("position", "id")
    known = conditions.registry()
    rows = [
        {
            "rule": rule,
            "name": presets.shown(rule.name),
            "giver": dict(Giver.choices).get(rule.giver, ""),
            "when": conditions.said(rule.when, known=known) or _("Once the criteria are met"),
            "told": dict(TOLD).get(_initial(rule)["told_by"], ""),
            "to": receivers.of_rule(rule) or BY_ROUTE,
        }
        for rule in rules
    ]
    return render(request, "settings/handoff_rules.html", {"rows": rule_acts.beside(rows)})


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One rule: new, or to change."""
    rule = get_object_or_404(HandoffRule, pk=pk) if pk else None
    form = HandoffRuleForm(request.POST or None, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            handoff_rules.keep(rule=rule, **form.values(), **rule_acts.who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            is_on = form.cleaned_data["is_on"]
            toasts.say(request, _("Rule saved.") if is_on else _("Rule saved. It is off until you switch it on."))
            return redirect("settings-handoff-rules")
    values = {"form": form, "rule": rule, "builder": form.builder(), "name": presets.shown(rule.name) if rule else ""}
    return render(request, "settings/handoff_rule.html", values, status=400 if form.errors else 200)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Switches on or off, moves earlier or later, deletes."""
    return rule_acts.act(request, HandoffRule, pk, verb, verbs=VERBS, back="settings-handoff-rules")

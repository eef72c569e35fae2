"""Routing rules: for each leg in the order in which they are tried, and who would get a lead now."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from handoff.domain import presets
from handoff.domain.choices import Leg
from handoff.models import Handoff, HandoffRule, RoutingRule
from handoff.queries import legs, receivers
from handoff.services import routing, routing_rules
from handoff.services.routing import NoReceiver, Receiver
from handoff.web.settings import rule_acts
from handoff.web.settings.rule_form import RuleForm
from journal.errors import DomainError
from leads.models import Lead
from leads.queries import conditions
from leads.queries.lead_filter import search
from leads.web import condition_builder

MOST_SHOWN, MOST_WORDS = 5, 100
VERBS = {
    "earlier": partial(routing_rules.move, earlier=True),
    "later": partial(routing_rules.move, earlier=False),
    "delete": routing_rules.delete,
}


@dataclass(frozen=True)
class Row:
    """One rule as it is now; `idle` says why no lead goes by it, "" where leads do."""

    rule: RoutingRule
    when: str
    to: Any
    idle: str


@dataclass(frozen=True)
class Guess:
    """A lead and who would get it, with the reason; without a receiver only the reason."""

    lead: Lead
    to: str
    because: str


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The rules of every leg; with `q` also who would get the leads that these words find."""
    words = request.GET.get("q", "").replace("\x00", "")[:MOST_WORDS].strip()
    guesses, has_more = _guesses(request, words)
    values = {
        "legs": [(leg, rule_acts.beside(_rows(leg)), next(iter(receivers.teams(leg)), None)) for leg in legs.legs()],
        "words": words,
        "guesses": guesses,
        "has_more": has_more,
    }
    return render(request, "settings/routes.html", values)


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest, pk: int | None = None, leg: str = "") -> HttpResponse:
    """One rule: new on this leg, or to change."""
    rule = get_object_or_404(RoutingRule, pk=pk) if pk else None
    leg = rule.leg if rule else leg
    if leg not in Leg.values or (rule is None and leg not in legs.legs()):
        raise Http404
    start = {"name": rule.name, "condition": condition_builder.written_out(rule.condition)} if rule else {}
    form = RuleForm(request.POST or None, rule=rule, leg=leg, initial=start)
    if request.method == "POST" and form.is_valid():
        values = {"name": form.cleaned_data["name"], "condition": form.tree or None, "to": form.target()}
        try:
            routing_rules.keep(rule=rule, leg=leg, **values, **rule_acts.who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Rule saved."))
            return redirect("settings-routes")
    context = {
        "form": form,
        "rule": rule,
        "leg": Leg(leg),
        "builder": form.builder(),
        "name": rule.name if rule else "",
    }
    return render(request, "settings/route.html", context, status=400 if form.errors else 200)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Moves earlier or later, deletes."""
    return rule_acts.act(request, RoutingRule, pk, verb, verbs=VERBS, back="settings-routes")


def _rows(leg: str) -> list[Row]:
    rows: list[Row] = []
    is_taken, known = False, conditions.registry()
    rules = list(RoutingRule.objects.filter(leg=leg).select_related("to_team", "to_user").order_by("position", "id"))
    for rule, team in zip(rules, receivers.teams_of_rules(rules, leg), strict=True):
        leads_on = team is not None
        idle = _("never reached: a rule before it takes all leads") if is_taken else ""
        idle = idle if leads_on else _("passed over: they no longer receive on this leg")
        rows.append(Row(rule, conditions.said(rule.condition, known=known), receivers.of_rule(rule), idle))
        is_taken = is_taken or (leads_on and not rule.condition)
    return rows


def _guesses(request: HttpRequest, words: str) -> tuple[list[Guess], bool]:
    """The newest few that these words find, and whether there are more."""
    if not words:
        return [], False
    found = search(Lead.objects.visible_to(request.user).present(), words)  # type: ignore[arg-type]
    leads = list(found.select_related("company").order_by("-pk")[: MOST_SHOWN + 1])
    shown = leads[:MOST_SHOWN]
    open_ones = Handoff.objects.open().filter(lead__in=shown).select_related("assigned_to", "team")
    waiting = {handoff.lead_id: handoff for handoff in open_ones}
    at = request.entry.at  # type: ignore[attr-defined]
    return [_guess(lead, at, waiting.get(lead.pk)) for lead in shown], len(leads) > len(shown)


def _guess(lead: Lead, at: datetime, waiting: Handoff | None) -> Guess:
    if waiting:
        holder = waiting.assigned_to.name if waiting.assigned_to else str(waiting.team)
        return Guess(lead, holder, _("already handed over, waiting for an answer"))
    leg = legs.next_leg(lead.stage)
    if leg is None:
        return Guess(lead, "", _("not handed over from this stage"))
    try:
        receiver = routing.rehearse(lead=lead, leg=leg, at=at)
    except NoReceiver as error:
        return Guess(lead, "", str(error))
    return Guess(lead, str(receiver.user.name if receiver.user else receiver.team), _because(receiver))


def _because(receiver: Receiver) -> str:
    rule = receiver.rule
    if receiver.because == "company":
        return _("last accepted a lead from this company")
    if receiver.because == "queue":
        return _("nobody there is available with capacity, so it waits in the queue")
    if rule is None:
        return _("no rule applies, next in turn")
    if isinstance(rule, HandoffRule):
        return _("by the handoff rule “%(name)s”") % {"name": presets.shown(rule.name)}
    return _("by the routing rule “%(name)s”") % {"name": rule.name}

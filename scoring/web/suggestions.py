"""Points suggested from outcomes, as sentences beside a draft; a person takes the rules that fit."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.interface import toasts
from accounts.web.typed import typed
from journal.errors import DomainError
from leads.domain.choices import Stage
from leads.domain.condition_fields import Registry
from leads.domain.condition_sentence import Part
from leads.queries import conditions
from leads.queries.references import as_id
from scoring import permissions
from scoring.domain.choices import ModelState
from scoring.domain.formula import RuleSpec
from scoring.domain.suggested import SuggestedRule, Suggestion
from scoring.models import ScoringModel
from scoring.queries import doubts, suggestion
from scoring.services import draft_rules
from scoring.web import rule_sentences
from scoring.web.views import for_readers, model_or_404, warn_of

WITH_OUTCOME = [Stage.OPPORTUNITY, Stage.WON, Stage.LOST, Stage.DISQUALIFIED, Stage.NURTURE]


@dataclass(frozen=True)
class Row:
    """A suggested rule in words; `value`: what the form sends back; `list`: the leads with an outcome that meet it."""

    rule: SuggestedRule
    parts: tuple[Part, ...]
    dimension: str
    value: str
    list: str

    @property
    def is_there(self) -> bool:
        """The model has this very rule already."""
        return self.rule.present == self.rule.points


@dataclass(frozen=True)
class Doubtful:
    """A field that may be known only after the outcome, and whether it is left out."""

    field: str
    label: str
    figure: str
    is_out: bool


@dataclass(frozen=True)
class DoubtGroup:
    """The fields that are doubted for one reason."""

    why: str
    fields: list[Doubtful]


@for_readers
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The suggestion for a draft, worked out at once with `?now=1` or as a fragment, else a moment later.

    `?chosen=1&without=…` leaves out these fields; otherwise every doubtful one is left out.
    """
    model = model_or_404(pk)
    _check_may(request)
    if model.state != ModelState.DRAFT:
        return redirect("scoring-model", pk)
    context: dict[str, Any] = {"model": model, "asked": request.get_full_path()}
    if request.htmx or "now" in request.GET:
        context |= _worked_out(request, model)
    return render(request, "scoring/_suggestions.html" if request.htmx else "scoring/suggestions.html", context)


def _worked_out(request: HttpRequest, model: ScoringModel) -> dict[str, Any]:
    known = conditions.registry()
    without = request.GET.getlist("without") if "chosen" in request.GET else None
    found = suggestion.suggest(model, known=known, at=request.entry.at, without=without)  # type: ignore[attr-defined]
    return {
        "found": found,
        "rows": list(_rows(found.rules, known)),
        "hints": list(_rows(found.hints, known)),
        "doubts": _doubts(found, known),
        "why_none": suggestion.why_none(found),
        "has_rules": model.rules.exists(),
    }


def _rows(rules: Sequence[SuggestedRule], known: Registry) -> Iterator[Row]:
    for rule in rules:
        node = conditions.read(rule.condition, known=known, scoring=True)
        spec = RuleSpec("", rule.dimension, node, rule.points)
        value = {"dimension": rule.dimension, "condition": rule.condition, "points": rule.points}
        yield Row(
            rule,
            rule_sentences.parts(spec, known),
            rule_sentences.dimension_words(rule.dimension).name,
            json.dumps(value, ensure_ascii=False),
            _list(rule.condition),
        )


def _doubts(found: Suggestion, known: Registry) -> list[DoubtGroup]:
    groups: dict[str, DoubtGroup] = {}
    for doubt in found.doubts:
        group = groups.setdefault(doubt.code, DoubtGroup(doubts.why(doubt.code), []))
        words = (doubts.label(doubt.field, known), doubts.figure(doubt, known))
        group.fields.append(Doubtful(doubt.field, *words, doubt.field in found.without))
    return list(groups.values())


def _list(condition: Mapping[str, Any]) -> str:
    tree = {"all": [condition, {"field": "stage", "op": "in", "value": WITH_OUTCOME}]}
    return f"{reverse('leads')}?{urlencode({'condition': json.dumps(tree, ensure_ascii=False)})}"


@for_readers
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Adds the ticked rules to the draft, or puts them in the place of its own, while these are as they were read."""
    model = model_or_404(pk)
    _check_may(request)
    rules = _posted(request.POST.getlist("rule"))
    if not rules:
        toasts.warn(request, _("Select the rules to add."))
        return redirect("scoring-suggestions", pk)
    in_place = "in_place" in request.POST
    try:
        draft_rules.add_rules(
            model=model,
            rules=rules,
            in_place=in_place,
            version=as_id(typed(request, "version")) if in_place else None,
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
        )
    except DomainError as error:
        warn_of(request, error)
        return redirect("scoring-model", pk)
    said = ngettext("%(count)d rule added to the draft.", "%(count)d rules added to the draft.", len(rules))
    toasts.say(request, said % {"count": len(rules)})
    return redirect("scoring-model", pk)


def _posted(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The rules as they were shown; what is none is left out, and what a draft refuses is refused there."""
    found = []
    for text in texts:
        try:
            rule = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(rule, dict):
            found.append(rule)
    return found


def _check_may(request: HttpRequest) -> None:
    if not permissions.may_draft(request.user):
        raise PermissionDenied

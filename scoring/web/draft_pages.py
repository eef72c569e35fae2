"""The pages that change a draft: a figure, its frame, one rule. Each carries the version that it was drawn from."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.interface import toasts
from accounts.web.typed import typed
from journal.errors import DomainError
from leads.domain.conditions import InvalidCondition
from leads.queries import conditions
from leads.queries.lead_filter import MOST_CONDITION
from leads.queries.references import as_id
from leads.web import condition_builder
from scoring import permissions
from scoring.domain import draft_parts
from scoring.domain.choices import ModelState
from scoring.domain.formula import DIMENSIONS
from scoring.domain.suggested import dimension_of_condition
from scoring.models import ScoringModel
from scoring.services import draft_rules, models
from scoring.web import stale_words
from scoring.web.frame_form import FrameForm
from scoring.web.rule_form import FigureForm, RuleForm, initial
from scoring.web.views import address_of, after, for_readers, model_or_404

FIGURES = {"line", "high", "middle", *DIMENSIONS}
FRAME = ("name", "applies_to", draft_parts.NAMES_OF_BANDS)


@for_readers
@require_POST
def set_figure(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The line, the beginning of a band, or the cap of a dimension."""
    model = model_or_404(pk)
    if name not in FIGURES:
        raise Http404
    form = FigureForm(request.POST)
    if not form.is_valid():
        toasts.warn(request, _("Enter a whole number."))
        return redirect(address_of(pk))
    figure = form.cleaned_data["figure"]
    values = partial(_figure_values, name=name, figure=figure)
    given = {"version": _drawn_from(request), "parts": [draft_parts.figure_part(name)]}

    def act() -> ScoringModel:
        try:
            return models.rework(model=model, values=values, by=request.user, at=request.entry.at, **given)
        except models.ChangedMeanwhile as error:
            now = model_or_404(pk)
            if error.change is None:
                raise
            said = stale_words.of_figure(error.change, now, name=name, typed=figure)
            raise models.ChangedMeanwhile(said) from error

    return after(request, act, pk)


def _figure_values(model: ScoringModel, name: str, figure: int | None) -> dict[str, Any]:
    if name == "line":
        return {"line": figure}
    if name in DIMENSIONS:
        return {"caps": {**model.caps, name: figure}}
    return {"bands": [band | {"from": figure} if band["band"] == name else band for band in model.bands]}


@for_readers
@require_http_methods(["GET", "POST"])
def edit_frame(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's name, the leads it scores, and what its bands are called."""
    model = model_or_404(pk)
    if model.state != ModelState.DRAFT and request.method == "GET":
        return redirect(address_of(pk))
    if not permissions.may_draft(request.user):
        raise PermissionDenied
    form, version = FrameForm(request.POST or None, model=model, known=conditions.registry()), _drawn_from(request)
    if request.method == "POST" and form.is_valid():
        given = {"by": request.user, "at": request.entry.at, "version": version, "parts": FRAME}
        try:
            models.rework(model=model, values=form.values, **given)
            toasts.say(request, _("Draft saved."))
            return redirect(address_of(pk))
        except models.ChangedMeanwhile as error:
            model = model_or_404(pk)
            version = model.version
            change = error.change
            said = stale_words.of_frame(change, model, conditions.registry()) if change else str(error)
            form.add_error(None, said)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"model": model, "form": form, "builder": form.builder(), "bands": form.bands()}
    context["version"] = model.version if version is None else version
    return render(request, "scoring/frame.html", context, status=400 if form.errors else 200)


@for_readers
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, pk: int, key: str = "") -> HttpResponse:
    """The builder of one rule; `key` '' for a new one. What was typed about a rule that is gone may become a new one."""
    model, version = model_or_404(pk), _drawn_from(request)
    if not permissions.may_draft(request.user):
        raise PermissionDenied
    rule = model.rules.filter(key=key).values().first() if key else None
    is_gone = model.state != ModelState.DRAFT or (key and rule is None)
    if is_gone and request.method == "GET":
        return _go(request, address_of(pk))
    known = conditions.registry()
    form = RuleForm(
        request.POST or None, initial=initial(rule, known) if rule else {"kind": "activity", "op": "in"}, known=known
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft_rules.put_rule(
                model=model, key=key, rule=form.rule(), by=request.user, at=request.entry.at, version=version
            )
            toasts.say(request, _("Draft saved."))
            return _go(request, address_of(pk))
        except models.ChangedMeanwhile as error:
            model = model_or_404(pk)
            version = model.version
            rule = next((one for one in model.rules.all() if one.key == key), None)
            change = error.change
            form.add_error(None, stale_words.of_rule(change, rule, known) if change else str(error))
            key = key if rule else ""
        except DomainError as error:
            _show_faults(form, error)
    context = {"form": form, "model": model, "key": key, "builder": form.builder(key or "new")}
    context["version"] = model.version if version is None else version
    template = "scoring/_rule_form.html" if request.htmx else "scoring/rule.html"
    return render(request, template, context, status=400 if form.errors else 200)


@for_readers
@require_POST
def dimension_begun(request: HttpRequest) -> JsonResponse:
    """The dimension in which a new rule with this condition begins, while the condition is still put together."""
    try:
        tree = condition_builder.tree_of(typed(request, "condition")[:MOST_CONDITION])
        begun = dimension_of_condition(tree)
    except (InvalidCondition, RecursionError):
        begun = dimension_of_condition({})
    return JsonResponse({"dimension": begun})


def _show_faults(form: Form, error: DomainError) -> None:
    for fault in error.errors:
        last = fault.field.replace("[", ".").replace("]", "").split(".")
        spot = next((name for name in reversed(last) if name in form.fields), None)
        form.add_error(spot, str(fault.message))
    if not error.errors:
        form.add_error(None, str(error))


@for_readers
@require_POST
def remove_rule(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Takes the rule out, unless somebody changed it after it was read."""
    model, version = model_or_404(pk), _drawn_from(request)
    values = {"by": request.user, "at": request.entry.at, "version": version}
    return after(request, _told(lambda: draft_rules.remove_rule(model=model, key=key, **values), pk, key), pk)


def _told(act: Callable[[], ScoringModel], pk: int, key: str) -> Callable[[], ScoringModel]:
    """The act, whose refusal says who changed the rule; one that is gone by now is as wished."""

    def run() -> ScoringModel:
        try:
            return act()
        except models.ChangedMeanwhile as error:
            now = model_or_404(pk)
            rule = now.rules.filter(key=key).first()
            if rule is None:
                return now
            if error.change is None:
                raise
            said = stale_words.of_removed_rule(error.change, rule, conditions.registry())
            raise models.ChangedMeanwhile(said) from error

    return run


def _drawn_from(request: HttpRequest) -> int | None:
    """The version of the draft that the form was drawn from; None where it says none."""
    return as_id(typed(request, "version"))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect that a fragment's caller follows with the whole page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)

"""The pages of scoring models: read a version, change a draft, see its effect, publish."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.interface import toasts
from accounts.interface.change_words import whose
from accounts.queries.changes import Change
from accounts.web.typed import typed
from journal.errors import DomainError
from leads.queries import conditions
from leads.queries.references import as_id
from scoring import permissions
from scoring.domain.choices import ModelState
from scoring.models import ScoringModel
from scoring.queries import findings, specs
from scoring.queries import versions as found_versions
from scoring.services import draft_rules, models, order, presets, requests
from scoring.web import difference_page, model_page

View = Callable[..., HttpResponse]


def for_readers(view: View) -> View:
    """For whoever may work with leads."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.may_read(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return run


def model_or_404(pk: int) -> ScoringModel:
    """The version with its rules and its origin's."""
    related = ScoringModel.objects.select_related("copied_from", "published_by", "created_by")
    return get_object_or_404(related.prefetch_related("rules", "copied_from__rules"), pk=pk)


@for_readers
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The rules in force; before any are, the latest draft, or the way to the first."""
    published = ScoringModel.objects.filter(state=ModelState.PUBLISHED).order_by("-position").first()
    chosen = published or ScoringModel.objects.order_by("-pk").first()
    if chosen is None:
        return render(request, "scoring/none.html", {"may_draft": permissions.may_draft(request.user)})
    return show(request, chosen.pk)


@for_readers
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One version; `?effect=1` counts its effect at once instead of a moment later."""
    model = model_or_404(pk)
    context = model_page.context(model, user=request.user, at=request.entry.at)
    if "effect" in request.GET:
        context |= model_page.effect_context(model, user=request.user, at=request.entry.at)
    return render(request, "scoring/model.html", context)


@for_readers
@require_GET
def show_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would do, as the fragment beside the rules."""
    if not request.htmx:
        return redirect(f"{address_of(pk)}?effect=1")
    model = model_or_404(pk)
    counted = model_page.effect_context(model, user=request.user, at=request.entry.at)
    return render(request, "scoring/_effect.html", {"model": model, "is_fragment": True} | counted)


@for_readers
@require_GET
def show_difference(request: HttpRequest, pk: int) -> HttpResponse:
    """The version beside another, `?against=`; without one beside its origin or what is in force."""
    model = model_or_404(pk)
    against = found_versions.other_of(model, request.GET.get("against"))
    if against is None:
        raise Http404
    context = difference_page.context(found_versions.compare(model, against))
    return render(request, "scoring/difference.html", context | {"versions": model_page.versions()})


# -- changing a draft --------------------------------------------------------------------------------


@for_readers
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """The first draft: the starter for small firms."""
    return after(request, lambda: presets.draft_starter(by=request.user, at=request.entry.at), None)


@for_readers
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft in which this version is changed; who presses twice, or comes second, finds the first one's."""

    def act() -> ScoringModel:
        draft = models.continued(model=model_or_404(pk), by=request.user, at=request.entry.at)
        if draft.created_by_id != request.user.pk:
            started = whose(Change(draft.created_by, draft.created_at))
            said = _("%(who)s started this draft on %(when)s. Your changes go into the same draft.")
            toasts.say(request, said % started)
        return draft

    return after(request, act, pk)


@for_readers
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws the draft away, unless somebody changed it after it was read."""
    version = as_id(typed(request, "version"))
    try:
        models.discard(model=model_or_404(pk), by=request.user, at=request.entry.at, version=version)
    except DomainError as error:
        toasts.warn(request, str(error))
        return redirect(address_of(pk))
    toasts.say(request, _("Draft discarded."))
    return redirect("scoring")


@for_readers
@require_POST
def take_fix(request: HttpRequest, pk: int) -> HttpResponse:
    """The offered fix of an unreachable line."""
    return after(
        request, lambda: draft_rules.apply_fix(model=model_or_404(pk), by=request.user, at=request.entry.at), pk
    )


# -- agreeing, publishing ----------------------------------------------------------------------------


@for_readers
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    side, version = typed(request, "side") or None, as_id(typed(request, "version"))

    def act() -> ScoringModel:
        model = model_or_404(pk)
        return models.agree(model=model, side=side, by=request.user, at=request.entry.at, version=version).model

    return after(request, act, pk, _("Agreement recorded."))


@for_readers
@require_POST
def ask_to_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Tells those who may publish that the draft is ready, with a note."""
    note, version = typed(request, "note"), as_id(typed(request, "version"))

    def act() -> ScoringModel:
        model = model_or_404(pk)
        try:
            return requests.ask(model=model, note=note, by=request.user, at=request.entry.at, version=version).model
        except models.Unreachable as error:
            raise models.Unreachable(_("Not sent. %(why)s") % {"why": _out_of_reach(model)}) from error

    return after(request, act, pk, _("The administrators have been notified."))


@for_readers
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    why, version = typed(request, "why"), as_id(typed(request, "version"))

    def act() -> ScoringModel:
        model = model_or_404(pk)
        try:
            models.publish(model=model, why=why, by=request.user, at=request.entry.at, version=version)
        except DomainError as error:
            # What was typed is still there when what stands in the way has been mended.
            _keep_why(request, model, why)
            if isinstance(error, models.Unreachable):
                raise models.Unreachable(_("Not published. %(why)s") % {"why": _out_of_reach(model)}) from error
            raise
        return model

    return after(request, act, pk, _("Published. All leads are being rescored."))


@for_readers
@require_POST
def keep_why(request: HttpRequest, pk: int) -> HttpResponse:
    """What was typed as the reason so far, so that a change of the draft on the same page doesn't lose it."""
    _keep_why(request, model_or_404(pk), typed(request, "why"))
    return HttpResponse(status=204)


def _keep_why(request: HttpRequest, model: ScoringModel, why: str) -> None:
    with suppress(DomainError):
        models.note_why(model=model, why=why, by=request.user, at=request.entry.at)


@for_readers
@require_POST
def try_earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Of several published models this one is asked sooner; pressed twice, one move."""
    than = as_id(typed(request, "than"))

    def act() -> ScoringModel:
        model = model_or_404(pk)
        order.earlier(model=model, than=than, by=request.user, at=request.entry.at)
        return model

    return after(request, act, pk, _("Order changed. All leads are being rescored."))


def _out_of_reach(model: ScoringModel) -> str:
    """The first thing that is out of reach, as the page says it above the rules."""
    said = findings.say(specs.spec(model, conditions.registry()))
    return next(str(one.message) for one in said if one.finding.code.startswith("unreachable"))


def after(request: HttpRequest, act: Callable[[], ScoringModel], pk: int | None, said: str = "") -> HttpResponse:
    """Acts, and goes to the model it answers; a refusal is said on the page it came from, while that is there."""
    try:
        model = act()
    except DomainError as error:
        warn_of(request, error)
        is_there = pk and not isinstance(error, models.Discarded)
        return redirect(address_of(pk) if is_there else "scoring")
    if said:
        toasts.say(request, said)
    return redirect(address_of(model.pk))


def warn_of(request: HttpRequest, error: DomainError) -> None:
    """The refusal as a toast, with the first fault where that says more."""
    said = dict.fromkeys([str(error), *(str(fault.message) for fault in error.errors)])
    toasts.warn(request, " ".join(list(said)[:2]))


def address_of(pk: int) -> str:
    return reverse("scoring-model", args=[pk])

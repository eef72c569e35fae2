"""Starting, stopping and watching a recompute."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.interface import toasts
from journal.errors import DomainError
from scoring import permissions
from scoring.models import RecomputeRun
from scoring.services import recompute
from scoring.web.views import for_readers


@for_readers
@require_POST
def recompute_all(request: HttpRequest) -> HttpResponse:
    return _run_action(request, lambda: recompute.start(by=request.user, at=request.entry.at))


@for_readers
@require_POST
def stop_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(RecomputeRun, pk=pk)
    return _run_action(request, lambda: recompute.stop(run=run, by=request.user, at=request.entry.at))


@for_readers
@require_POST
def resume_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(RecomputeRun, pk=pk)
    return _run_action(request, lambda: recompute.resume(run=run, by=request.user, at=request.entry.at))


@for_readers
@require_GET
def show_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar of a recompute; asks again while it goes on."""
    run = get_object_or_404(RecomputeRun, pk=pk)
    may = {"recompute": permissions.may_recompute(request.user)}
    template = "scoring/_run.html" if request.htmx else "scoring/run.html"
    answer = render(request, template, {"run": run, "may": may})
    if request.htmx and run.state == RecomputeRun.State.DONE:
        answer["HX-Trigger"] = "rescored"  # what was counted beside it while the scores still changed
    return answer


def _run_action(request: HttpRequest, act: Callable[[], RecomputeRun]) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect("scoring")

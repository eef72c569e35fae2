"""A lead's nurture track on its page, and its buttons: done, skip, another track."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.interface import dates, toasts
from accounts.web.places import safe_next
from accounts.web.typed import typed
from handoff.domain import nurture as domain
from handoff.domain.nurture import Taken
from handoff.models import NurtureRun
from handoff.queries import nurture, nurture_words
from handoff.services import nurture_steps
from handoff.web.panels import seen
from journal.errors import DomainError, Forbidden
from leads.queries.references import as_id

WORDS = {"done": Taken.DONE, "skip": Taken.SKIPPED}


@login_required
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a resting lead stands in its track; empty for others, whose timeline tells of earlier ones."""
    lead = seen(request, pk)
    rests = lead.stage in domain.RESTING
    stand = nurture.stand_of(lead) if rests else None
    if stand is not None and stand.run.ended_at is not None and stand.run.ended_at < lead.stage_since:
        stand = None  # of an earlier rest
    context: dict[str, Any] = {"lead": lead, "stand": stand, "rests": rests}
    if stand is not None:
        context["steps"] = [(step, nurture_words.who(step.step), nurture.said(step.step)) for step in stand.steps]
        context["name"], context["phase"] = nurture.name_of(stand.run.track), nurture_words.phase(stand.run.track)
        context["may_take"] = stand.is_running and nurture_steps.may_take(request.user, lead)  # type: ignore[arg-type]
    if rests and not lead.opted_out and nurture_steps.may_choose(request.user, lead):  # type: ignore[arg-type]
        context["tracks"] = [(track, nurture.name_of(track)) for track in nurture.active_tracks()]
    return render(request, "handoff/_panel_nurture.html", context)


@login_required
@require_POST
def take(request: HttpRequest, pk: int, outcome: str) -> HttpResponse:
    """The step that the page showed is done or skipped."""
    if outcome not in WORDS:
        raise Http404
    lead = seen(request, pk)
    try:
        run = nurture_steps.take(
            lead=lead,
            outcome=WORDS[outcome],
            number=as_id(typed(request, "step")) or 0,
            by=request.user,  # type: ignore[arg-type]
            at=request.entry.at,  # type: ignore[attr-defined]
        )
    except Forbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except DomainError as refusal:
        toasts.warn(request, str(refusal))
    else:
        toasts.say(request, _said(run, WORDS[outcome]))
    return redirect(safe_next(request, reverse("lead", args=[pk])))


def _said(run: NurtureRun, outcome: Taken) -> str:
    done = outcome == Taken.DONE
    if run.next_at is None:
        return _("Done. That was the last step.") if done else _("Skipped. That was the last step.")
    said = _("Done. The next step is on %(day)s.") if done else _("Skipped. The next step is on %(day)s.")
    return said % {"day": dates.day(run.next_at)}


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins the named track in place of the present one; `none` ends it."""
    lead = seen(request, pk)
    text = typed(request, "track")
    try:
        track = nurture_steps.named(text)
        nurture_steps.choose(lead=lead, track=track, by=request.user, at=request.entry.at)  # type: ignore[arg-type, attr-defined]
    except Forbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except DomainError as refusal:
        toasts.warn(request, str(refusal))
    else:
        started = _("Track started: %(track)s.") % {"track": nurture.name_of(track)} if track else ""
        toasts.say(request, started or _("Track ended. The lead rests until its review date."))
    return redirect(safe_next(request, reverse("lead", args=[pk])))

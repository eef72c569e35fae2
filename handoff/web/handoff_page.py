"""One handoff: what it says, what is owed, what came of it; and its sheet on paper."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import navigation
from accounts.models import User
from handoff import permissions, reported
from handoff.domain.choices import HandoffState
from handoff.models import Handoff, JoinedLead
from handoff.queries import inbox, promise_words, reason_lines, reason_words
from handoff.services import touches
from handoff.web import cards, pause_words, reject_choices, sheet_words

# Who may do what the card asks for; whoever may not only watches it.
MAY = {
    inbox.ANSWER: permissions.may_answer,
    inbox.CONTACT: permissions.may_contact,
    inbox.QUALIFY: permissions.may_contact,
    inbox.REPORT: permissions.may_report,
}
RELATED = ("lead__company", "lead__score", "episode", "team", "assigned_to", "sender", "answered_by", "offered_by")


def seen(request: HttpRequest, pk: int) -> Handoff:
    """The handoff if this person may see it, else 404."""
    return get_object_or_404(Handoff.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    handoff = seen(request, pk)
    return render(request, "handoff/handoff.html", context_of(request, handoff))


@login_required
@require_GET
def reject_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The reasons as a page, where no sheet opens."""
    handoff = seen(request, pk)
    at = request.entry.at  # type: ignore[attr-defined]
    context = {"handoff": handoff, "reasons": reject_choices.choices(at=at)}
    return render(request, "handoff/reject.html", context)


@login_required
@require_GET
def contact_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The three results as a page, where no sheet opens."""
    handoff = seen(request, pk)
    context = {"handoff": handoff, "method": cards.likely_method(handoff.lead)}
    return render(request, "handoff/contact.html", context)


@login_required
@require_GET
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """商談準備シート: one printed page."""
    handoff = seen(request, pk)
    at = request.entry.at  # type: ignore[attr-defined]
    pause = _pause_words(inbox.card_of(handoff, at=at), at)
    context = {"handoff": handoff, "sheet": sheet_words.written(handoff), "pause": pause}
    return render(request, "handoff/briefing.html", context)


def context_of(request: HttpRequest, handoff: Handoff) -> dict[str, Any]:
    """What the page shows to this person."""
    user, at = request.user, request.entry.at  # type: ignore[attr-defined]
    card = inbox.card_of(handoff, at=at)
    is_open = handoff.state == HandoffState.OFFERED
    report = reported.latest([handoff]).get(handoff.pk)
    may_correct = report is not None and permissions.may_report(user, handoff)
    return {
        "handoff": handoff,
        "lead": handoff.lead,
        "card": cards.shown(card, at=at) if card else None,
        "about": cards.about(handoff.lead),
        "why": reason_lines.told(handoff),
        "sheet": sheet_words.written(handoff),
        "reason": reason_words.reason_label(handoff.reject_reason),
        "reasons": reject_choices.choices(at=at),
        "report": report,
        "correct_url": navigation.address("feedback-form", handoff.pk) if may_correct else "",
        "besides": promise_words.besides(handoff, made=len(touches.made(handoff))),
        "joined": JoinedLead.objects.filter(handoff=handoff).select_related("lead"),
        "may_answer": is_open and permissions.may_answer(user, handoff),
        "is_watched": card is not None and not MAY[card.kind](user, handoff),
        "may_contact": card is not None and permissions.may_contact(user, handoff),
        "may_withdraw": is_open and permissions.may_withdraw(user, handoff),
        "may_reassign": card is not None and permissions.may_reassign(user, handoff),
        "may_comment": handoff.answered_by_id == user.pk and handoff.state == HandoffState.REJECTED,
        "colleagues": colleagues_of(handoff),
        "pause": _pause_words(card, at),
        "may_pause": card is not None and permissions.may_pause(user, handoff),
    }


def _pause_words(card: inbox.Card | None, at: datetime) -> dict[str, str] | None:
    """Until when and why its deadlines are paused; None while they run."""
    if card is None or card.pause is None:
        return None
    return {"until": pause_words.until(card.pause, at=at), "why": pause_words.told(card.pause)}


def colleagues_of(handoff: Handoff) -> list[User]:
    """Who could take it instead."""
    members = User.objects.active().people().filter(memberships__team=handoff.team_id, memberships__receives=True)
    return list(members.exclude(pk=handoff.assigned_to_id).distinct().order_by("pk"))

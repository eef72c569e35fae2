"""The inbox: cards by time left; each is answered, contacted or reported where it stands."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts import navigation
from accounts.models import User
from accounts.navigation import Count
from handoff.queries import inbox
from handoff.queries.inbox import Card
from handoff.web import reject_choices
from handoff.web.cards import shown


@dataclass(frozen=True)
class Tab:
    """One filter with its address and its count."""

    kind: str
    label: str
    number: int
    is_current: bool

    @property
    def url(self) -> str:
        return f"?kind={self.kind}" if self.kind else "?"


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """`?kind=answer|contact|qualify|feedback`; with `part=cards` only the cards, 304 while nothing is new."""
    user, at = request.user, request.entry.at  # type: ignore[attr-defined]
    every = inbox.cards(user=user, at=at)
    kind = request.GET.get("kind") if request.GET.get("kind") in inbox.KINDS else ""
    cards = [shown(card, at=at) for card in every if kind in ("", card.kind)]
    context = {
        "cards": cards,
        "tabs": _tabs(every, kind),
        "kind": kind,
        "at": at,
        "etag": _etag(every),
        "reasons": reject_choices.choices(at=at),
        "leads_url": navigation.address("leads"),
    }
    if request.GET.get("part") == "cards":
        return _part(request, context)
    return render(request, "handoff/inbox.html", context)


def menu_count(*, user: User, at: Any) -> Count | None:
    """The number beside 受信箱: what waits for an answer, a contact or a result."""
    number = inbox.owed(user).count()
    return Count(number) if number else None


def _part(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    response = get_conditional_response(request, etag=context["etag"])
    if response is None:
        response = render(request, "handoff/_inbox_cards.html", context)
        response["ETag"] = context["etag"]
    return response


def _tabs(cards: list[Card], kind: str) -> list[Tab]:
    labels = {
        "": pgettext("inbox", "All"),
        inbox.ANSWER: pgettext("inbox", "Answer"),
        inbox.CONTACT: pgettext("inbox", "First contact"),
        inbox.QUALIFY: pgettext("inbox", "Qualify"),
        inbox.REPORT: pgettext("inbox", "Result"),
    }
    counts = {name: sum(card.kind == name for card in cards) for name in inbox.KINDS} | {"": len(cards)}
    return [
        Tab(name, label, counts[name], name == kind)
        for name, label in labels.items()
        if counts[name] or name in ("", kind)
    ]


def _etag(cards: list[Card]) -> str:
    """Changes when a card comes, goes, changes colour or names who was told; not by the clock's counting on."""
    said = [
        (card.handoff.pk, card.handoff.version, card.kind, card.due_at, card.face.state, card.told) for card in cards
    ]
    return f'"{sha256(repr(said).encode()).hexdigest()[:32]}"'

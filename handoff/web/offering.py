"""Handing over from a lead's page and from the list: who receives, what is missing, a word for the receiver."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.interface import figures, toasts
from accounts.models import Team, User
from accounts.web.places import safe_next
from accounts.web.typed import typed
from handoff import permissions
from handoff.domain.choices import Leg
from handoff.queries import gates, legs
from handoff.services import bulk_offers, handoffs, offers
from handoff.web.done import EPOCH, Done, undo_address
from handoff.web.panels import next_gate, offer_label, seen
from journal.errors import DomainError
from leads.models import Lead
from leads.queries.references import as_id
from leads.services.bulk_runs import NothingChosen
from leads.web import chosen

MOST_AT_ONCE = 200


@login_required
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; what the gate misses is named before anything is sent."""
    lead = seen(request, pk)
    leg = legs.next_leg(lead.stage)
    if leg is None:
        messages.error(request, _("A lead in this stage can't be handed over."))
        return redirect("lead", lead.pk)
    if not permissions.may_offer(request.user, leg):
        raise PermissionDenied
    if request.method == "POST":
        return _send(request, lead, leg)
    try:
        offers.check_free(lead)
    except offers.AlreadyOffered as refusal:
        messages.error(request, str(refusal))
        return redirect("lead", lead.pk)
    return _page(request, lead, leg)


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Many at once, as the list selected them: those whose gate holds; the others are named."""
    picked = chosen.read(request)
    leads = list(picked.leads.order_by("pk")[: MOST_AT_ONCE + 1])
    if not leads:
        messages.error(request, str(NothingChosen()))
        return redirect(picked.back)
    if len(leads) > MOST_AT_ONCE:
        messages.error(request, _("At most %(n)d leads are handed over at once.") % {"n": MOST_AT_ONCE})
        return redirect(picked.back)
    at = request.entry.at  # type: ignore[attr-defined]
    done = bulk_offers.offer_many(leads=leads, by=request.user, at=at)
    if done.made:
        number = len(done.made)
        said = ngettext("%(n)d lead handed over.", "%(n)d leads handed over.", number) % {"n": number}
        toasts.say(request, said, undo_url=undo_address(at))
    for refusal in done.refused[:3]:
        messages.error(request, pgettext("list", ": ").join((figures.person(refusal.lead), str(refusal.error))))
    if len(done.refused) > 3:
        rest = len(done.refused) - 3
        messages.error(request, ngettext("%(n)d more was declined.", "%(n)d more were declined.", rest) % {"n": rest})
    return redirect(picked.back)


def _send(request: HttpRequest, lead: Lead, leg: str) -> HttpResponse:
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        handoff = handoffs.offer(
            lead=lead,
            by=request.user,
            at=at,
            to=_receiver(typed(request, "to")),
            leg=leg,
            note=typed(request, "note")[:4000],
            reason=typed(request, "reason")[:500],
        )
    except DomainError as refusal:
        lead.refresh_from_db()
        return _page(request, lead, leg, refusal=refusal, status=refusal.status)
    name = figures.addressed(handoff.assigned_to) if handoff.assigned_to else handoff.team.name
    toasts.say(request, _("Handed over to %(name)s.") % {"name": name}, undo_url=undo_address(at))
    return redirect("lead", lead.pk)


@login_required
@require_POST
def undo(request: HttpRequest, moment: int) -> HttpResponse:
    """Takes back what this person handed over at that moment (microseconds since 1970), as far as it is unanswered."""
    try:
        offered_at = EPOCH + timedelta(microseconds=moment)
    except OverflowError as error:
        raise Http404 from error
    at, user = request.entry.at, request.user  # type: ignore[attr-defined]
    back, answered = bulk_offers.withdraw_many(offered_at=offered_at, by=user, at=at)  # type: ignore[arg-type]
    taken = ngettext("%(n)d handoff withdrawn.", "%(n)d handoffs withdrawn.", back) % {"n": back} if back else ""
    left = ngettext("%(n)d was answered already and stays.", "%(n)d were answered already and stay.", answered)
    stay = left % {"n": answered} if answered else ""
    if not back and not answered:
        stay = _("There is nothing left to withdraw.")
    if request.htmx:  # type: ignore[attr-defined]
        text = pgettext("between sentences", " ").join(filter(None, (taken, stay)))
        return render(request, "handoff/_gap_done.html", {"done": Done(text, leads_on=True)})
    if taken:
        toasts.say(request, taken)
    if stay:
        toasts.warn(request, stay)
    return redirect(safe_next(request, reverse("leads")))


def _page(
    request: HttpRequest, lead: Lead, leg: str, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    at = request.entry.at  # type: ignore[attr-defined]
    teams = Team.objects.filter(kind=legs.RECEIVING[Leg(leg)], is_active=True).order_by("id")
    people = User.objects.active().filter(memberships__team__in=teams, memberships__receives=True)
    gate = next_gate(lead, at=at)
    needs_reason = gate is not None and legs.is_first(leg) and not gate.condition_holds and lead.stage != "mql"
    context: dict[str, Any] = {
        "lead": lead,
        "label": offer_label(leg),
        "gate": gate,
        "needs_reason": needs_reason,
        # Pressing on would be refused: the way is to ask first.
        "is_shut": gate is not None and gate.blocks and not needs_reason,
        "lacks": gates.told(gate.lacks) if gate else (),
        "items": gate.items if gate else (),
        # A refusal by the gate names them itself.
        "names": gates.names(gate.lacks) if gate and not isinstance(refusal, offers.GateRefused) else "",
        "receivers": [
            *((f"team-{team.pk}", team.name) for team in teams),
            *((f"user-{person.pk}", figures.person(person)) for person in people.distinct().order_by("pk")),
        ],
        "refusal": refusal,
        "given": request.POST,
    }
    return render(request, "handoff/offer.html", context, status=status)


def _receiver(value: str) -> User | Team | None:
    """`user-3`, `team-1`, or nothing for the route."""
    kind, _dash, text = value.partition("-")
    number = as_id(text)
    if number is None:
        return None
    if kind == "user":
        return User.objects.active().filter(pk=number).first()
    return Team.objects.filter(pk=number, is_active=True).first()

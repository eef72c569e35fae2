"""The buttons of a handoff: each is one post, one call, and back with a sentence about what followed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from accounts.interface import dates, figures, toasts
from accounts.models import User
from accounts.web.places import safe_next
from accounts.web.typed import typed
from handoff.models import Handoff, RejectReason
from handoff.queries.reason_words import label_of
from handoff.services import comments, handoffs
from handoff.services.contacts import BadContact
from handoff.web import reject_choices
from handoff.web.handoff_page import seen
from journal.errors import DomainError, FieldError, Forbidden, Invalid
from leads.models import Lead
from leads.queries.references import as_id

Verb = Callable[[HttpRequest, Handoff, datetime], str]


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`accept`, `reject`, `contact`, `withdraw`, `reassign`, `resume`, `sheet-useful`, `briefed` or `comment`."""
    if verb not in VERBS:
        raise Http404
    handoff = seen(request, pk)
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        told = VERBS[verb](request, handoff, at)
    except Forbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except BadContact as refusal:
        return _asked_again(request, handoff, refusal)
    except DomainError as refusal:
        faults = [str(error.message) for error in refusal.errors] if isinstance(refusal, Invalid) else []
        messages.error(request, pgettext("between sentences", " ").join([str(refusal), *faults]))
    else:
        # The reason was the answer; a word may follow, and is never asked for.
        toasts.say(request, told, word_url=f"{reverse('handoff', args=[pk])}#word" if verb == "reject" else "")
    return redirect(safe_next(request, reverse("inbox")))


def _accept(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.accept(handoff=handoff, by=request.user, at=at)
    return accepted(handoff, at=at)


def accepted(handoff: Handoff, *, at: datetime) -> str:
    """What whoever has just accepted reads, also behind a signed link: by when to get in touch."""
    due = Handoff.objects.values_list("contact_due_at", flat=True).get(pk=handoff.pk)
    return _("Accepted. First contact is due %(due)s.") % {"due": _near(due, at)}


def _reject(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    code = typed(request, "reason")
    handoffs.reject(handoff=handoff, reason=code, by=request.user, at=at, comment=typed(request, "comment"))
    reason = RejectReason.objects.get(code=code)
    told = {"reason": label_of(reason), "follows": reject_choices.what_follows(reason, at=at)}
    return _("Given back: %(reason)s. %(follows)s.") % told


def _contact(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.contact(handoff=handoff, by=request.user, at=at, **contact_told(request))
    return contacted(handoff, at=at)


def contact_told(request: HttpRequest) -> dict[str, Any]:
    """What the form of a contact says, also behind a signed link. Raises BadContact for an unreadable appointment."""
    return {
        "method": typed(request, "method", "call"),
        "result": typed(request, "result"),
        "appointment_at": _appointment(typed(request, "appointment_at")),
        "note": typed(request, "note"),
    }


def contacted(handoff: Handoff, *, at: datetime) -> str:
    """What whoever has just recorded a contact reads: what is owed next, while they have the lead to do it."""
    lead = Lead.objects.get(pk=handoff.lead_id)
    if lead.due_at is None or handoff.closed_at is not None:
        return _("Contact recorded.")
    values = {"duty": lead.get_due_kind_display(), "due": _near(lead.due_at, at)}
    return _("Contact recorded. Next: %(duty)s by %(due)s.") % values


def _asked_again(request: HttpRequest, handoff: Handoff, refusal: BadContact) -> HttpResponse:
    """The contact's page with what was typed and what is wrong with it."""
    context = {"handoff": handoff, "back": safe_next(request, ""), **contact_again(request, refusal)}
    return render(request, "handoff/contact.html", context, status=400)


def contact_again(request: HttpRequest, refusal: BadContact) -> dict[str, Any]:
    """What the form of a contact shows once it was refused: what was typed, and each fault, an appointment's beside
    it."""
    told = {name: typed(request, name) for name in ("method", "appointment_at", "note")}
    beside = [fault.message for fault in refusal.errors if fault.field == "appointment_at"]
    others = [fault.message for fault in refusal.errors if fault.field != "appointment_at"]
    return {**told, "appointment_faults": beside, "faults": others}


def _withdraw(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.withdraw(handoff=handoff, by=request.user, at=at)
    return _("Withdrawn. The lead is yours again.")


def _reassign(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    user = get_object_or_404(User.objects.active(), pk=as_id(request.POST.get("user", "")) or 0)
    handoffs.reassign(handoff=handoff, by=request.user, at=at, user=user, reason=typed(request, "reason"))
    return _("Reassigned to %(name)s. The deadline is unchanged.") % {"name": figures.person(user)}


def _resume(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.resume(handoff=handoff, by=request.user, at=at)
    return _("The deadlines run again.")


def _useful(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.sheet_useful(handoff=handoff, by=request.user, at=at, useful=request.POST.get("useful") == "yes")
    return _("Thank you. The sender sees it.")


def _briefed(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    handoffs.tick_briefed(handoff=handoff, by=request.user, at=at)
    return _("Recorded: explained in person, %(at)s.") % {"at": dates.moment(at)}


def _comment(request: HttpRequest, handoff: Handoff, at: datetime) -> str:
    comments.add_to_reject(handoff=handoff, by=request.user, at=at, comment=typed(request, "comment"))
    return _("Note added.")


VERBS: dict[str, Verb] = {
    "accept": _accept,
    "reject": _reject,
    "contact": _contact,
    "withdraw": _withdraw,
    "reassign": _reassign,
    "resume": _resume,
    "sheet-useful": _useful,
    "briefed": _briefed,
    "comment": _comment,
}


def _near(due: datetime | None, at: datetime) -> str:
    return dates.near_due(due, today=timezone.localdate(at))


def _appointment(text: str) -> datetime | None:
    """A local date and time from the form; nothing when it is empty."""
    if not text.strip():
        return None
    try:
        found = parse_datetime(text.strip())
        # Not every offset that can be written can be kept.
        found = found.astimezone(UTC) if found is not None and timezone.is_aware(found) else found
    except (ValueError, OverflowError):
        found = None
    if found is None:
        told = _("This isn't a date and time. Enter it like 2026-12-01 14:00, or leave it empty.")
        raise BadContact(errors=[FieldError("appointment_at", "invalid", told)])
    return timezone.make_aware(found) if timezone.is_naive(found) else found

"""The page of duplicates: pairs side by side with why; merge, 'not the same', and the way back."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import figures, toasts
from accounts.models import User
from accounts.navigation import Count
from accounts.web.places import safe_next
from journal.errors import DomainError
from leads.models import DuplicatePair, Lead, Merge
from leads.queries import duplicate_pairs, merges, references
from leads.services import duplicates, merging
from leads.web import duplicate_views

_CHOICE = "take-"


def menu_count(*, user: User, at: Any) -> Count | None:
    """The number beside 重複 in the menu."""
    return Count(duplicate_pairs.count_of(user))


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All pairs that wait, likeliest first; `?after=` goes on behind that many."""
    _must_see(request)
    return _page(request, lead=None)


@login_required
@require_GET
def of_lead(request: HttpRequest, pk: int) -> HttpResponse:
    """The pairs that one lead is in."""
    _must_see(request)
    return _page(request, lead=_visible(request, pk))


def _must_see(request: HttpRequest) -> None:
    if not request.user.may(Permission.SEE_LEADS):  # type: ignore[union-attr]
        raise PermissionDenied


def _visible(request: HttpRequest, pk: int) -> Lead:
    lead = Lead.objects.visible_to(request.user).select_related("company").filter(pk=pk).first()
    if lead is None:
        raise Http404
    return lead


def _page(request: HttpRequest, lead: Lead | None) -> HttpResponse:
    pairs = duplicate_pairs.waiting(request.user, lead=lead)  # type: ignore[arg-type]
    after = _whole(request.GET.get("after", ""))
    rows = list(pairs[after : after + duplicate_pairs.PAGE + 1])
    page = rows[: duplicate_pairs.PAGE]
    if after and not page:  # its last pair was decided; of an old address pages of pairs
        before = max(0, min(after, pairs.count()) - duplicate_pairs.PAGE)
        return redirect(f"{request.path}?after={before}")
    belongings = duplicate_pairs.belongings({pk for pair in page for pk in (pair.a_id, pair.b_id)})
    context = {
        "lead": lead,
        "pairs": duplicate_views.shown(page, belongings),
        "next_url": f"?after={after + duplicate_pairs.PAGE}" if len(rows) > duplicate_pairs.PAGE else "",
        "previous_url": f"?after={max(0, after - duplicate_pairs.PAGE)}" if after else "",
        "may_decide": request.user.may(Permission.EDIT_LEADS),  # type: ignore[union-attr]
        "may_assign": request.user.may(Permission.REASSIGN_HANDOFFS),  # type: ignore[union-attr]
        "merges": [] if lead else merges.latest(request.user),  # type: ignore[arg-type]
    }
    return render(request, "leads/duplicates.html", context)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _pair(request: HttpRequest, pk: int) -> DuplicatePair:
    seen = duplicate_pairs.visible_to(request.user)  # type: ignore[arg-type]
    return get_object_or_404(seen.select_related("a", "b"), pk=pk)


@login_required
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Not the same: remembered."""
    pair = _pair(request, pk)
    try:
        duplicates.dismiss(pair=pair, by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        toasts.say(request, _("Saved as two different people."), undo_url=reverse("duplicate-reopen", args=[pk]))
    return _onwards(request)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """'Not the same' taken back."""
    duplicates.reopen(pair=_pair(request, pk), by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    return redirect(safe_next(request, reverse("duplicates")))


@login_required
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the two, with the values chosen."""
    pair = _pair(request, pk)
    stays, goes = (pair.b, pair.a) if request.POST.get("stays") == str(pair.b_id) else (pair.a, pair.b)
    try:
        row = merging.merge(
            survivor=stays,
            loser=goes,
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
            fields=_chosen(request, pair),
            assignee=_assignee(request),
            across_companies=request.POST.get("across_companies") == "yes",
        )
    except DomainError as error:
        toasts.warn(request, str(error))
        return redirect(f"{safe_next(request, reverse('duplicates'))}#pair-{pk}")
    text = _("Merged into %(name)s.") % {"name": figures.person(Lead.objects.get(pk=row.survivor_id))}
    toasts.say(request, text, undo_url=reverse("merge-undo", args=[row.pk]))
    return _onwards(request)


def _onwards(request: HttpRequest) -> HttpResponse:
    """Back to the page, at the pair that came below the one decided: who works the list down keeps the place."""
    following = references.as_id(request.POST.get("following", ""))
    return redirect(safe_next(request, reverse("duplicates")) + (f"#pair-{following}" if following else ""))


def _chosen(request: HttpRequest, pair: DuplicatePair) -> dict[str, int]:
    given = {name.removeprefix(_CHOICE): value for name, value in request.POST.items() if name.startswith(_CHOICE)}
    return {name: references.as_id(value) or 0 for name, value in given.items()}


def _assignee(request: HttpRequest) -> User | None:
    number = references.as_id(request.POST.get("assignee", ""))
    return User.objects.active().filter(pk=number).first() if number else None


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Two leads again."""
    seen = Lead.objects.visible_to(request.user)  # type: ignore[arg-type]
    row = get_object_or_404(Merge.objects.filter(survivor__in=seen), pk=pk)
    try:
        merging.undo(merge=row, by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        toasts.say(request, _("They are separate leads again."))
    return redirect(safe_next(request, reverse("duplicates")))

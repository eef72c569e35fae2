"""One batch: the leads that reached the line together, to be decided on as one or one by one, at any time."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from handoff.models import Batch
from handoff.queries import calendars, duties, legs
from handoff.web.gaps import row
from handoff.web.repairs import of_row
from leads.domain.choices import Stage
from leads.queries import imports
from leads.queries.references import as_id

SHOWN = 50
# A page that waits for scores asks every two seconds, so many times.
MOST_ASKED = 30


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch with what can be done about all of it, and its best leads with what can be done about each.

    Whoever sees none of its leads sees no batch.
    """
    if not request.user.may(Permission.SEE_LEADS):
        raise PermissionDenied
    batch = get_object_or_404(Batch.objects.select_related("owner", "team"), pk=pk)
    at, user = request.entry.at, request.user  # type: ignore[attr-defined]
    seen = duties.seen_of(batch, user).count()
    if not seen and batch.entries.exists():
        raise Http404
    calendar, leg = calendars.default(), legs.next_leg(Stage.MQL)
    found = [duties.batch_row(batch, seen), *duties.in_batch(batch=batch, user=user, limit=SHOWN)]
    whole, *rows = [
        row(duty, at=at, calendar=calendar, repairs=of_row(duty, user=user, leg=leg), since=batch.created_at)
        for duty in found
    ]
    return render(request, "handoff/batch.html", {"whole": whole, "rows": rows, "batch": batch})


@login_required
@require_GET
def of_import(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for an import's page: how many of its leads reached the line, and where to decide on them."""
    if not request.user.may(Permission.IMPORT_LEADS):
        raise PermissionDenied
    run = get_object_or_404(imports.runs(), pk=pk)
    asked = as_id(request.GET.get("asked")) or 0
    is_scoring = imports.is_scoring(run)
    again = f"{request.path}?asked={asked + 1}" if is_scoring and asked < MOST_ASKED else ""
    found = duties.batches_of_import(run, request.user)
    return render(request, "handoff/_import_batches.html", {"found": found, "is_scoring": is_scoring, "again": again})

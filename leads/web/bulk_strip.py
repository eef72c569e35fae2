"""A long bulk action on the list of leads: one can leave it, and finds it again here until its end was seen."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from leads.models import BulkRun
from leads.queries import bulk
from leads.web import bulk_words


@dataclass(frozen=True)
class Strip:
    """One line: what is being done, how far it is, and where to look."""

    url: str
    title: str
    worked: int
    total: int
    is_working: bool


def of(request: HttpRequest) -> Strip | None:
    """The newest one of this person, one query."""
    run = bulk.unseen(request.user)
    if run is None:
        return None
    words = bulk_words.of(run)
    is_undo = run.state == BulkRun.State.UNDOING
    return Strip(
        reverse("bulk-run", args=[run.pk]),
        words.doing(run) if run.is_working else bulk_words.done(run),
        run.undone if is_undo else run.worked,
        run.changed if is_undo else run.total,
        run.is_working,
    )

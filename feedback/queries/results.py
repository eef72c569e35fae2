"""One row per handoff that was accepted: how far it has come, what came of it, what was said (AR-16)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from feedback.domain.status import Status, derive
from feedback.models import Feedback
from handoff.domain.choices import HandoffState
from handoff.models import Handoff
from handoff.queries.legs import FIELD_LEGS


@dataclass(frozen=True)
class ResultRow:
    """A handoff with its derived status and its latest report, if any."""

    handoff: Handoff
    status: Status
    feedback: Feedback | None


def listed(user: User) -> QuerySet[Handoff]:
    """Accepted handoffs to field sales that the person may see, newest first."""
    seen = Handoff.objects.visible_to(user).filter(state=HandoffState.ACCEPTED, leg__in=FIELD_LEGS)
    return seen.select_related("lead", "lead__company", "assigned_to").order_by("-id")


def rows(page: list[Handoff]) -> list[ResultRow]:
    """The page with statuses and reports: one query."""
    latest = latest_of(page)
    return [_row(handoff, latest.get(handoff.pk)) for handoff in page]


def latest_of(handoffs: Iterable[Handoff]) -> dict[int, Feedback]:
    """{handoff id: its latest feedback}, in one query."""
    found = Feedback.objects.filter(handoff__in=[handoff.pk for handoff in handoffs]).order_by("id")
    return {feedback.handoff_id: feedback for feedback in found.select_related("by")}


def _row(handoff: Handoff, feedback: Feedback | None) -> ResultRow:
    status = derive(
        has_result=feedback is not None,
        contact_result=handoff.contact_result,
        was_contacted=handoff.first_contact_at is not None,
    )
    return ResultRow(handoff, status, feedback)

"""対応状況 of handoffs, derived from what happened to them."""

from collections.abc import Iterable

from feedback.domain.status import Status, derive
from feedback.models import Feedback
from handoff.models import Handoff


def status_of(handoff: Handoff) -> Status:
    """The status of one handoff: one query."""
    return derive(
        has_result=handoff.feedbacks.exists(),
        contact_result=handoff.contact_result,
        was_contacted=handoff.first_contact_at is not None,
    )


def latest_of(handoffs: Iterable[Handoff]) -> dict[int, Feedback]:
    """{handoff id: its latest feedback}, in one query."""
    found = Feedback.objects.filter(handoff__in=[handoff.pk for handoff in handoffs]).order_by("id")
    return {feedback.handoff_id: feedback for feedback in found.select_related("by")}

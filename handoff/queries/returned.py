"""A handoff that came back to its sender: who gave it back and why, while the duty that followed from it stands."""

from collections.abc import Iterable

from handoff.domain import follows
from handoff.domain.choices import AfterReject, HandoffState
from handoff.models import Handoff, RejectReason
from handoff.queries import legs, reason_words
from handoff.queries.duties import DutyRow
from leads.models import Lead

BACK = frozenset({AfterReject.RETURN, AfterReject.CHECK_CONTACT})
DUTIES = frozenset(follows.AFTER_REJECT[way].duty for way in BACK)


def still(lead: Lead, handoff: Handoff | None) -> bool:
    """Whether the lead's duty is what the handoff's return asks of its sender: a lead that has come further since,
    along with a colleague, is asked the same for another reason."""
    if handoff is None or handoff.state != HandoffState.REJECTED or handoff.successor not in BACK:
        return False
    return lead.due_kind == follows.AFTER_REJECT[handoff.successor].duty and legs.fits(handoff.leg, lead.stage)


def of_lead(lead: Lead) -> Handoff | None:
    """The handoff whose return the lead's sender has to see to now, if any."""
    if lead.due_kind not in DUTIES:
        return None
    latest = Handoff.objects.filter(lead=lead).select_related("answered_by").order_by("-id").first()
    return latest if still(lead, latest) else None


def whys(rows: Iterable[DutyRow]) -> dict[int, str]:
    """{handoff id: the reason as people chose to call it, for each row whose lead came back}; one query, or none."""
    back = [row.handoff for row in rows if row.lead is not None and still(row.lead, row.handoff)]
    if not back:
        return {}
    reasons = RejectReason.objects.filter(code__in={handoff.reject_reason for handoff in back})
    labels = {reason.code: reason_words.label_of(reason) for reason in reasons}
    return {handoff.pk: labels.get(handoff.reject_reason, "") for handoff in back}

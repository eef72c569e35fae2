"""A coded reject reason in the reader's language."""

from accounts.interface.languages import in_language
from handoff.models import RejectReason


def label_of(reason: RejectReason) -> str:
    """The label people chose for a reason."""
    return in_language(reason.label_ja, reason.label_en)


def reason_label(code: str) -> str:
    """The same by the reason's code; the empty string for none."""
    reason = RejectReason.objects.filter(code=code).first() if code else None
    return label_of(reason) if reason else ""

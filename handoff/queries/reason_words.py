"""A coded reject reason in the reader's language."""

from django.utils.translation import get_language

from handoff.models import RejectReason


def reason_label(code: str) -> str:
    """The label people chose for a reason; the empty string for none."""
    reason = RejectReason.objects.filter(code=code).first() if code else None
    if reason is None:
        return ""
    return reason.label_ja if get_language() == "ja" else reason.label_en

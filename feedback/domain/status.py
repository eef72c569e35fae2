"""対応状況, derived: nobody enters it, so nobody forgets to."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    UNTOUCHED = "untouched", pgettext_lazy("handling", "Not contacted")
    CONTACTED = "contacted", pgettext_lazy("handling", "Contacted")
    APPOINTMENT = "appointment", pgettext_lazy("handling", "Meeting booked")
    RESULT = "result", pgettext_lazy("handling", "Result reported")


def derive(*, has_result: bool, contact_result: str, was_contacted: bool) -> Status:
    """How far a handoff has come, from what happened to it."""
    if has_result:
        return Status.RESULT
    if contact_result == "appointment":
        return Status.APPOINTMENT
    return Status.CONTACTED if was_contacted else Status.UNTOUCHED

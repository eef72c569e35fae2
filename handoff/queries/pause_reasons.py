"""Why a promise stands still, in words."""

from django.utils.text import Truncator
from django.utils.translation import pgettext

from handoff.domain.choices import PauseReason
from handoff.models import Pause


def why(pause: Pause, *, most: int | None = None) -> str:
    """The reason with what was noted: `顧客の希望で後日連絡（12/3以降）`; the note alone where it is the reason. At
    most `most` characters of the note."""
    note = pause.note if most is None else Truncator(pause.note).chars(most)
    if pause.reason == PauseReason.OTHER and note:
        return note
    label = str(PauseReason(pause.reason).label)
    return pgettext("pause", "%(reason)s (%(note)s)") % {"reason": label, "note": note} if note else label

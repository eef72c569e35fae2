"""The paused promises on the gap board: why, until when, by whom, how often; so that a pause hides no gap."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import ngettext

from accounts.interface import dates, figures
from accounts.models import User
from handoff import permissions
from handoff.models import Handoff
from handoff.queries import pause_reasons, pauses


@dataclass(frozen=True)
class Row:
    """One pause as the board shows it."""

    handoff: Handoff
    why: str
    until: str
    by: str
    often: str
    may_resume: bool


def rows(*, user: User, at: datetime, scope: str) -> list[Row]:
    """Those that stand now on handoffs this person may see."""
    today = timezone.localdate(at)
    return [
        Row(
            handoff=found.handoff,
            why=pause_reasons.why(found.pause),
            until=dates.near_moment(found.pause.until_at, today=today),
            by=figures.person(found.pause.by),
            often=ngettext("%(n)d pause so far", "%(n)d pauses so far", found.times) % {"n": found.times},
            may_resume=permissions.may_pause(user, found.handoff),
        )
        for found in pauses.standing(user=user, scope=scope)
    ]

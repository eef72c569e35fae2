"""Lets a lead's duty follow the clock that it came from."""

from datetime import datetime

from django.db.models import Q

from handoff.models import Handoff
from leads.models import Lead


def follow(*, handoff: Handoff, kind: str, due_at: datetime) -> int:
    """The clock of this kind moved: so does the duty of its lead and of those that joined it, if it is that duty.

    Clock kinds and duty kinds share their names. Returns how many leads moved.
    """
    concerned = Q(pk=handoff.lead_id) | Q(joined__handoff=handoff)
    moving = Lead.objects.filter(concerned, due_kind=kind).values("pk")
    return Lead.objects.filter(pk__in=moving).update(due_at=due_at)

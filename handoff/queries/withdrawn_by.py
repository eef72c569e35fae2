"""Who took an offer back: the log knows, the row doesn't."""

from accounts.models import User
from handoff.models import Handoff
from journal.models import Event


def person(handoff: Handoff) -> User | None:
    """Who withdrew it; None: something that happened to the lead ended it."""
    events = Event.objects.filter(
        kind="handoff.withdrawn", subject_type=Handoff._meta.label_lower, subject_id=handoff.pk
    )
    found = events.order_by("-id").values_list("actor_id", flat=True).first()
    return User.objects.filter(pk=found).first() if found else None

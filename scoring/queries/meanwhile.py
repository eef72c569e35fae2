"""Who changed a draft after a page of it was drawn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from journal.models import Event
from scoring.models import ScoringModel


@dataclass(frozen=True)
class Change:
    """The last change of what was asked about. `by` None: the system, or a person who is no longer there."""

    by: User | None
    at: datetime


def last(model: ScoringModel, *, version: int, parts: Collection[str]) -> Change | None:
    """The last change of any of these parts (`scoring.domain.draft_parts`) since `version`; None without one.

    Each change of a draft counts its version on by one and leaves one event.
    """
    steps = model.version - version
    if steps <= 0:
        return None
    events = Event.objects.filter(
        kind="scoring_model.changed", subject_type=model._meta.label_lower, subject_id=model.pk
    ).order_by("-id")[:steps]
    wanted = set(parts)
    # A change of which nobody noted what it touched may have touched anything.
    found = next((one for one in events if "parts" not in one.data or wanted & set(one.data["parts"])), None)
    return Change(User.objects.filter(pk=found.actor_id).first(), found.at) if found else None

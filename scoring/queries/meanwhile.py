"""Who changed a draft after a page of it was drawn."""

from collections.abc import Collection

from accounts.queries import changes
from accounts.queries.changes import Change
from scoring.models import ScoringModel


def last(model: ScoringModel, *, version: int, parts: Collection[str]) -> Change | None:
    """The last change of any of these parts (`scoring.domain.draft_parts`) since `version`; None without one.

    Each change of a draft counts its version on by one and leaves one event.
    """
    steps = model.version - version
    if steps <= 0:
        return None
    events = changes.events(model, kind="scoring_model.changed")[:steps]
    wanted = set(parts)
    # A change of which nobody noted what it touched may have touched anything.
    found = next((one for one in events if "parts" not in one.data or wanted & set(one.data["parts"])), None)
    return changes.of(found) if found else None

"""The way a lead has come: its stages with dates, for the stepper."""

from dataclasses import dataclass
from datetime import datetime

from handoff.domain.stages import LADDER
from handoff.models import StageEntry, StageTransition
from leads.models import Lead


@dataclass(frozen=True)
class Step:
    """One stage of the ladder: `state` is past, now or '' (ahead)."""

    stage: str
    state: str
    at: datetime | None
    days: int | None = None
    is_undated: bool = False


def steps(lead: Lead, *, at: datetime) -> list[Step]:
    """Every stage of the ladder: those behind have their first entry, the present one its latest and its days so far."""
    change = latest_change(lead)
    entries = {entry.stage: entry for entry in StageEntry.objects.filter(lead=lead)}
    reached = max((LADDER.index(stage) for stage in LADDER if stage in entries or stage == lead.stage), default=0)
    found = []
    for place, stage in enumerate(LADDER):
        entry = entries.get(stage)
        since = lead.created_at if place == 0 and entry is None else entry.at if entry else None
        is_now = stage == lead.stage
        state = "now" if is_now else "past" if place <= reached else ""
        is_undated = bool(entry and entry.undated)
        if is_now and change is not None:
            since, is_undated = change.at, change.undated
        days = (at - lead.stage_since).days if is_now else None
        found.append(Step(stage, state, since, days, is_undated))
    return found


def latest_change(lead: Lead) -> StageTransition | None:
    """How the lead came to where it is."""
    return StageTransition.objects.filter(lead=lead).select_related("by").order_by("-id").first()

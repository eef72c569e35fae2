"""The one duty a lead can have at a time: which kind outranks which, and what each answers to."""

from dataclasses import dataclass
from datetime import datetime

from leads.domain.choices import DueKind

# The first that applies wins (DESIGN §4); kinds of one line rank alike.
ORDER: tuple[tuple[DueKind, ...], ...] = (
    (DueKind.ANSWER,),
    (DueKind.HEARING, DueKind.CONTACT_CHECK, DueKind.MERGE_DECISION),
    (DueKind.CONTACT,),
    (DueKind.QUALIFY, DueKind.FEEDBACK),
    (DueKind.NEXT_ACTION,),
    (DueKind.BATCH, DueKind.OFFER),
    (DueKind.NURTURE,),
    (DueKind.RESURFACE,),
)
# A clock of a handoff says by when each of these is promised.
PROMISED = (DueKind.ANSWER, DueKind.CONTACT, DueKind.QUALIFY, DueKind.FEEDBACK)
RANK = {kind.value: rank for rank, kinds in enumerate(ORDER) for kind in kinds}
NO_DUTY = len(ORDER)


def rank(kind: str) -> int:
    """0 for the most pressing; no duty ranks last."""
    return RANK.get(kind, NO_DUTY)


@dataclass(frozen=True)
class Duty:
    """Who must do what by when. Without an owner it lies in the team's queue."""

    kind: str
    due_at: datetime
    owner_id: int | None
    team_id: int | None
    note: str = ""


# Working days until the closing at which each duty is due, where no clock says more.
WORKING_DAYS = {
    DueKind.OFFER: 1,
    DueKind.HEARING: 1,
    DueKind.CONTACT_CHECK: 1,
    DueKind.MERGE_DECISION: 1,
    DueKind.QUALIFY: 5,
    DueKind.FEEDBACK: 3,
    DueKind.BATCH: 3,
    # The issue of a result without a date: the next step is decided within a week.
    DueKind.NEXT_ACTION: 5,
}
# Imported owners decide what to do with what they brought along.
IMPORTED_WORKING_DAYS = 3

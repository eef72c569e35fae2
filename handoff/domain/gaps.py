"""What can fall between the teams: six kinds of gap, and which overdue duty belongs to which."""

from enum import StrEnum

from leads.domain.choices import DueKind


class GapKind(StrEnum):
    """In the order of the board."""

    NO_NEXT_ACTION = "no_next_action"
    NOT_OFFERED = "not_offered"
    NO_FEEDBACK = "no_feedback"
    NO_CONTACT = "no_contact"
    NO_ANSWER = "no_answer"
    NO_OWNER = "no_owner"


DUTIES: dict[GapKind, tuple[DueKind, ...]] = {
    GapKind.NO_NEXT_ACTION: (
        DueKind.NEXT_ACTION,
        DueKind.QUALIFY,
        DueKind.HEARING,
        DueKind.CONTACT_CHECK,
        DueKind.MERGE_DECISION,
        DueKind.NURTURE,
        DueKind.RESURFACE,
    ),
    GapKind.NOT_OFFERED: (DueKind.OFFER, DueKind.BATCH),
    GapKind.NO_FEEDBACK: (DueKind.FEEDBACK,),
    GapKind.NO_CONTACT: (DueKind.CONTACT,),
    GapKind.NO_ANSWER: (DueKind.ANSWER,),
    GapKind.NO_OWNER: (),
}
KIND_OF_DUTY = {duty.value: kind for kind, duties in DUTIES.items() for duty in duties}


class Scope(StrEnum):
    """Whose gaps: one's own, one's teams', or everybody's."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"

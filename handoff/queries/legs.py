"""Which legs an organisation runs, and which comes next for a lead."""

from accounts.domain.roles import TeamKind
from accounts.models import Organization
from accounts.queries import organization
from handoff.domain import stages
from handoff.domain.choices import Leg
from leads.domain.choices import Stage

RECEIVING = {
    Leg.MARKETING_TO_INSIDE: TeamKind.INSIDE_SALES,
    Leg.INSIDE_TO_FIELD: TeamKind.FIELD,
    Leg.MARKETING_TO_FIELD: TeamKind.FIELD,
}
FIRST_LEGS = frozenset({Leg.MARKETING_TO_INSIDE, Leg.MARKETING_TO_FIELD})
FIELD_LEGS = (Leg.INSIDE_TO_FIELD, Leg.MARKETING_TO_FIELD)


def has_one_leg() -> bool:
    """Small firms hand over straight to field sales."""
    return organization.current().preset == Organization.Preset.SMALL


def legs() -> list[Leg]:
    """The legs in use, in order."""
    if has_one_leg():
        return [Leg.MARKETING_TO_FIELD]
    return [Leg.MARKETING_TO_INSIDE, Leg.INSIDE_TO_FIELD]


def next_leg(stage: str) -> Leg | None:
    """The leg that a lead in this stage would be handed over on next; None when there is none."""
    running = legs()
    if stage in stages.BEFORE_FIRST_LEG or stage == Stage.MQL:
        return running[0]
    if stage == Stage.SAL and len(running) > 1:
        return running[1]
    return None


def is_first(leg: str) -> bool:
    return leg in FIRST_LEGS


def goes_to_field(leg: str) -> bool:
    """Whether the receiver owes feedback (field sales) instead of qualifying (inside sales)."""
    return leg in FIELD_LEGS


def fits(leg: str, stage: str) -> bool:
    """Whether a lead in this stage can be offered on this leg."""
    if is_first(leg):
        return stage in stages.BEFORE_FIRST_LEG or stage == Stage.MQL
    return stage == Stage.SAL

"""The four first steps of a new installation, told from what is there, not from what was clicked."""

from dataclasses import dataclass
from typing import Any

from accounts.domain.roles import Permission, Role
from accounts.models import Organization, User
from handoff.models import Handoff
from leads.models import Lead

HANDOFFS_WANTED = 3
# Whoever can be handed a lead: inside sales stand first where there are two legs.
SELLING = (Role.REP, Role.INSIDE_SALES)
STEPS = ("import", "score", "invite", "handoff")


@dataclass(frozen=True)
class FirstStep:
    """One of the four; `number` says how far where it is counted."""

    key: str
    is_done: bool
    is_next: bool = False
    number: int = 0


def open_steps(*, user: User, organization: Organization | None) -> list[FirstStep]:
    """The four steps while one is open and the own company has begun; else nothing."""
    if organization is None or organization.is_sample or organization.started_at is None:
        return []
    if not user.may(Permission.CHANGE_SETTINGS) or set(STEPS) <= set(organization.steps_done):
        return []
    done = {key: key in organization.steps_done or _is_done(key, user) for key in STEPS}
    if all(done.values()):
        return []
    following = next(key for key in STEPS if not done[key])
    handed = Handoff.objects.count() if following == "handoff" else 0
    return [FirstStep(key, done[key], key == following, handed) for key in STEPS]


def _is_done(key: str, user: User) -> bool:
    facts: dict[str, Any] = {
        "import": lambda: Lead.objects.present().exists(),
        "invite": lambda: (
            User.objects.active().people().filter(role_grants__role__in=SELLING).exclude(pk=user.pk).exists()
        ),
        "handoff": lambda: Handoff.objects.count() >= HANDOFFS_WANTED,
    }
    return facts[key]() if key in facts else False

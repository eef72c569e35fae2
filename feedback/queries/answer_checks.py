"""When the answers are checked next, what was concluded so far, and who is reminded."""

from datetime import date, datetime, timedelta

from accounts.domain.roles import GRANTS
from accounts.models import User
from accounts.queries import organization
from feedback.domain import quarters
from feedback.models import AnswerCheck
from feedback.permissions import CONCLUDING
from handoff.models import Episode
from handoff.queries import calendars, phase


def history(user: User, *, limit: int = 8) -> list[AnswerCheck]:
    """What was concluded, newest first."""
    return list(AnswerCheck.objects.visible_to(user).select_related("by").order_by("-pk")[:limit])


def due_since(at: datetime) -> date | None:
    """The day since when a check has been due; None while none is.

    The latest conclusion names the day. Before the first one it is the first working day of the quarter after the
    first handoff, once there are results enough to learn from.
    """
    today = organization.local_day(at)
    latest = AnswerCheck.objects.order_by("-pk").first()
    if latest is not None:
        return latest.next_on if latest.next_on <= today else None
    first = Episode.objects.order_by("pk").values_list("offered_at", flat=True).first()
    if first is None:
        return None
    due_on = usual_next(organization.local_day(first))
    return due_on if due_on <= today and phase.current().has_outcomes else None


def usual_next(day: date) -> date:
    """The first working day of the next quarter in the organisation's calendar."""
    calendar, found = calendars.default(), quarters.next_quarter(day)
    # A calendar without any working day leaves the quarter's first day.
    ahead = (found + timedelta(days=n) for n in range(31))
    return next((day for day in ahead if calendar.is_working_day(day)), found)


def people() -> list[int]:
    """Whom a due check concerns: the ids of all active people who may conclude."""
    roles = [role for role, granted in GRANTS.items() if granted & CONCLUDING]
    found = User.objects.active().people().filter(role_grants__role__in=roles)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())

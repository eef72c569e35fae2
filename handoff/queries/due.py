"""When duties fall due, on the calendar of whoever owes them."""

from datetime import date, datetime, timedelta

from accounts.queries import organization
from handoff.domain.duties import WORKING_DAYS, Duty
from handoff.queries import calendars
from handoff.queries.marketing import Keeper
from leads.domain.choices import DueKind


def duty(kind: DueKind, keeper: Keeper, *, at: datetime, days: int | None = None, note: str = "") -> Duty:
    """Owed at the closing of the n-th working day after `at` (n as usual for this kind)."""
    calendar = calendars.for_receiver(user=keeper.owner_id, team=keeper.team_id)
    due_at = calendar.close_of_nth_working_day(at, days or WORKING_DAYS[kind])
    return Duty(kind, due_at, keeper.owner_id, keeper.team_id, note)


def duty_on(kind: DueKind, keeper: Keeper, day: date, *, note: str = "") -> Duty:
    """Owed at the closing of that day."""
    calendar = calendars.for_receiver(user=keeper.owner_id, team=keeper.team_id)
    return Duty(kind, calendar.closing_of(day), keeper.owner_id, keeper.team_id, note)


def day_in(days: int, *, at: datetime) -> date:
    """The local day so many days after today."""
    return organization.local_day(at) + timedelta(days=days)

"""Promises and duties as the clocks that pages show: how much working time is left, or gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.interface.clock_faces import ClockFace
from handoff.domain.calendar import WorkCalendar
from handoff.domain.pauses import minutes_between
from handoff.models import Clock, Pause
from handoff.queries import calendars, pauses
from handoff.queries.duties import DutyRow

# A page open over a long weekend still counts right; anything due later says its day and needs no countdown.
COUNTED_AHEAD = timedelta(days=5)
USUAL_DAY = 480


def face(
    *,
    due_at: datetime,
    at: datetime,
    calendar: WorkCalendar,
    started_at: datetime | None = None,
    pauses: Sequence[Pause] = (),
) -> ClockFace:
    """What is left until `due_at` in the calendar's working minutes; with `started_at` also the share used.

    Nothing runs while one of the promise's `pauses` stands, and what ran in them counts for nothing.
    """
    held = next((pause.until_at for pause in pauses if pause.ended_at is None and pause.until_at > at), None)
    is_late = at > due_at
    counted = max(at, held) if held else at
    minutes = calendar.minutes_between(due_at, at) if is_late else calendar.minutes_between(counted, due_at)
    counts = abs(due_at - at) <= COUNTED_AHEAD
    stood = [pause.interval for pause in pauses]
    return ClockFace(
        due_at=due_at,
        at=at,
        remaining=-max(1, minutes) if is_late else minutes,
        total=minutes_between(calendar, started_at, due_at, stood) if started_at else 0,
        opens_at=None if calendar.is_open(at) else calendar.next_open(at),
        windows=tuple(calendar.windows(min(at, due_at), max(at, due_at) + COUNTED_AHEAD)) if counts else (),
        day_minutes=calendar.day_minutes or USUAL_DAY,
        held_until=held,
    )


@dataclass(frozen=True)
class TimedDuty:
    """A duty with its clock."""

    duty: DutyRow
    face: ClockFace


@dataclass
class Calendars:
    """The calendars of one page, each looked up once."""

    kept: dict[int | None, WorkCalendar] = field(default_factory=dict)

    def get(self, calendar_id: int | None) -> WorkCalendar:
        if calendar_id not in self.kept:
            found = calendars.default() if calendar_id is None else calendars.by_id(calendar_id)
            self.kept[calendar_id] = found
        return self.kept[calendar_id]


def of_duties(rows: Iterable[DutyRow], *, at: datetime) -> list[TimedDuty]:
    """Every row with its clock: the promise of its handoff where one runs, else its plain due time. One query
    for the clocks, one for their pauses and one or two for each calendar among them."""
    found = list(rows)
    handoffs = {row.handoff.pk for row in found if row.handoff}
    clocks = {
        (clock.handoff_id, clock.kind): clock for clock in Clock.objects.filter(handoff__in=handoffs).order_by("id")
    }
    known, stood = Calendars(), pauses.by_handoff(handoffs)
    timed = []
    for row in found:
        clock = clocks.get((row.handoff.pk, row.due_kind)) if row.handoff else None
        calendar = known.get(clock.calendar_id if clock else None)
        is_its = clock is not None and clock.due_at == row.due_at
        about = {"started_at": clock.started_at, "pauses": stood[clock.handoff_id]} if is_its else {}
        timed.append(TimedDuty(row, face(due_at=row.due_at, at=at, calendar=calendar, **about)))
    return timed

"""How fast something is owed, and when its clock warns, breaches and escalates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.domain import pauses as standing
from handoff.domain.calendar import WorkCalendar
from handoff.domain.pauses import Interval

WARN_AT = (50, 80)
BREACH_AT, ESCALATE_AT = 100, 200
SHORTEST_ANSWER = 15

WARN, BREACH, ESCALATE = "warn", "breach", "escalate"


@dataclass(frozen=True)
class Promise:
    """So many working minutes, or so many working days; warned at these percentages of the time.

    `touches`: so many contacts within that time, where contacts are counted.
    """

    minutes: int | None = None
    working_days: int | None = None
    warn_at: tuple[int, ...] = WARN_AT
    touches: int | None = None

    def halved(self) -> "Promise":
        """The answer's share of a first contact's promise: half of it, at least 15 minutes (or one day)."""
        if self.minutes is None:
            return replace(self, working_days=max(1, (self.working_days or 0) // 2))
        return replace(self, minutes=max(SHORTEST_ANSWER, -(-self.minutes // 2)))

    def due_at(self, calendar: WorkCalendar, start: datetime) -> datetime:
        """When it is owed, counted from `start`. Raises NoWorkingTime."""
        if self.minutes is not None:
            return calendar.add_minutes(start, self.minutes)
        return calendar.close_of_nth_working_day(start, self.working_days or 1)


@dataclass(frozen=True)
class Moment:
    """Something the clock does at a time: `warn` or `breach` or `escalate`, at a percentage of the promise."""

    kind: str
    level: int
    at: datetime

    def stored(self) -> list[str | int]:
        return [self.kind, self.level, self.at.isoformat()]

    @classmethod
    def read(cls, stored: list) -> "Moment":
        kind, level, at = stored
        return cls(kind, level, datetime.fromisoformat(at))


# DESIGN §5, AR-34. An answer is owed in half the time of the first contact unless a policy of its own says more.
DEFAULT_CONTACT = {"high": Promise(minutes=30), "middle": Promise(minutes=240), "low": Promise(minutes=540)}
DEFAULT_PROMISES = {"qualify": Promise(working_days=5), "feedback": Promise(working_days=3)}
# Owed only where a policy says so.
BY_POLICY_ONLY = ("meeting", "depth")


def default_promise(kind: str, band: str) -> Promise:
    """What holds where an organisation has set nothing; an unknown band is the slowest.

    Raises LookupError for what is owed by a policy only.
    """
    if kind in BY_POLICY_ONLY:
        raise LookupError(kind)
    if kind in DEFAULT_PROMISES:
        return DEFAULT_PROMISES[kind]
    contact = DEFAULT_CONTACT.get(band, DEFAULT_CONTACT["low"])
    return contact.halved() if kind == "answer" else contact


def moments(
    promise: Promise,
    calendar: WorkCalendar,
    start: datetime,
    *,
    escalates: bool,
    pauses: Sequence[Interval] = (),
) -> list[Moment]:
    """All moments of a clock that starts at `start`, in order; the breach is its due time.

    Percentages are of the working time between start and due time, so they fall into working hours. In a pause no
    working time runs: what lies behind its beginning moves by the working time within it.
    """
    due = promise.due_at(calendar, start)
    whole = calendar.time_between(start, due)
    if pauses:
        due = standing.add_time(calendar, start, whole, pauses)

    def after(share: timedelta) -> datetime:
        return standing.add_time(calendar, start, share, pauses)

    warnings = [Moment(WARN, level, after(whole * level / 100)) for level in sorted(set(promise.warn_at))]
    ends = [Moment(BREACH, BREACH_AT, due)]
    if escalates:
        ends.append(Moment(ESCALATE, ESCALATE_AT, after(2 * whole)))
    return [*warnings, *ends]

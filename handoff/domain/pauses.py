"""Working time of a promise that stood still: the one rule of what a pause does to a due time and to a response time.

A pause is half-open, from the moment it began to the moment it ended. Working time within it counts nothing, so
everything still to come moves by exactly that much; what had come before stays where it was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handoff.domain.calendar import WorkCalendar

Interval = tuple[datetime, datetime]


def add_time(calendar: WorkCalendar, start: datetime, length: timedelta, pauses: Sequence[Interval]) -> datetime:
    """The earliest moment by which `length` of working time outside the pauses has passed. Raises NoWorkingTime."""
    moment, left = start, length
    for begin, end in merged(pauses):
        if end <= moment:
            continue
        run = calendar.time_between(moment, begin) if begin > moment else timedelta(0)
        if run >= left:
            break
        moment, left = end, left - run
    return calendar.add_time(moment, left)


def time_between(calendar: WorkCalendar, begin: datetime, end: datetime, pauses: Sequence[Interval]) -> timedelta:
    """Working time from begin to end outside the pauses; nothing when end is earlier."""
    if end <= begin:
        return timedelta(0)
    cut = ((max(begin, first), min(end, last)) for first, last in merged(pauses))
    stood = sum((calendar.time_between(first, last) for first, last in cut if first < last), timedelta(0))
    return calendar.time_between(begin, end) - stood


def minutes_between(calendar: WorkCalendar, begin: datetime, end: datetime, pauses: Sequence[Interval]) -> int:
    """As `time_between`, in whole minutes, cut."""
    return time_between(calendar, begin, end, pauses) // timedelta(minutes=1)


def merged(pauses: Iterable[Interval]) -> list[Interval]:
    """In their order, without the empty ones; those that touch or overlap become one."""
    found: list[Interval] = []
    for begin, end in sorted(pauses):
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found

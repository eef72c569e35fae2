"""Which moments of the world a wall-clock window covers, and a year of them laid out for fast sums.

All moments here are whole microseconds since 1970-01-01 UTC, so that sums are exact.
An instant belongs to a window when the local clock reads a time within it: where clocks jump forward the
skipped part of a window does not exist, where they fall back the repeated part counts twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import accumulate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH_ORDINAL = EPOCH.toordinal()
# Zones lie between UTC-12 and UTC+14: a local day happens within these margins of the UTC day of its name.
EASTMOST, WESTMOST = 15 * HOUR, 13 * HOUR

Span = tuple[int, int]


def to_moment(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime; ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (at - EPOCH) // MICROSECOND


def from_moment(moment: int) -> datetime:
    """The aware datetime (UTC) of a moment."""
    return EPOCH + timedelta(microseconds=moment)


def spans_of_day(day: date, windows: Iterable[Span], zone: tzinfo) -> list[Span]:
    """When the local clock of `zone` reads `day` and a time within `windows` (microseconds after midnight)."""
    midnight = (day.toordinal() - EPOCH_ORDINAL) * DAY
    spans = [
        span
        for begin, end, offset in _segments(midnight - EASTMOST, midnight + DAY + WESTMOST, zone)
        for start, stop in windows
        if (span := (max(begin, midnight + start - offset), min(end, midnight + stop - offset)))[0] < span[1]
    ]
    return _joined(spans)


def _segments(begin: int, end: int, zone: tzinfo) -> list[tuple[int, int, int]]:
    """The stretch cut where the zone's offset changes: (begin, end, offset). It spans two days, so one change."""
    before, after = _offset(begin, zone), _offset(end, zone)
    if before == after:
        return [(begin, end, before)]
    low, high = begin, end
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return [(begin, high, before), (high, end, after)]


def _offset(moment: int, zone: tzinfo) -> int:
    return (from_moment(moment).astimezone(zone).utcoffset() or timedelta()) // MICROSECOND


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order, with neighbours that touch made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working spans in order with running totals: every question is one binary search."""

    starts: list[int]
    ends: list[int]
    through: list[int]  # working time from the stretch's start to each span's end

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Stretch":
        ordered = _joined(spans)
        return cls(
            [start for start, _ in ordered],
            [end for _, end in ordered],
            list(accumulate(end - start for start, end in ordered)),
        )

    @property
    def total(self) -> int:
        return self.through[-1] if self.through else 0

    def worked_until(self, moment: int) -> int:
        """Working time of this stretch that lies before the moment."""
        index = bisect_right(self.ends, moment)
        if index == len(self.ends):
            return self.total
        return self.through[index] - (self.ends[index] - max(moment, self.starts[index]))

    def moment_at(self, worked: int) -> int:
        """The earliest moment by which `worked` has been worked; 0 < worked <= total. A closing stays a closing."""
        index = bisect_left(self.through, worked)
        return self.ends[index] - (self.through[index] - worked)

    def next_open(self, moment: int) -> int | None:
        """The moment if it is within a span, else the next span's start, else None."""
        index = bisect_right(self.ends, moment)
        return max(moment, self.starts[index]) if index < len(self.ends) else None

    def between(self, begin: int, end: int) -> list[Span]:
        """The spans cut to [begin, end)."""
        first, last = bisect_right(self.ends, begin), bisect_left(self.starts, end)
        return [(max(self.starts[i], begin), min(self.ends[i], end)) for i in range(first, last)]

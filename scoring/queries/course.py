"""How one lead's score came to be what it is: the rules replayed at a dozen days, and what a week has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.queries import organization
from leads.models import Lead
from leads.queries import conditions
from scoring.domain import reading
from scoring.domain.formula import DIMENSIONS
from scoring.domain.reading import Reading
from scoring.queries.explain import Explanation, always, label

DAYS = 180
POINTS = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Point:
    """The total at the end of a local day."""

    on: date
    total: int


@dataclass(frozen=True)
class Shift:
    """What one rule brings more or less than a week ago; without a label, what a dimension's cap takes away."""

    label: str
    points: int


@dataclass(frozen=True)
class Course:
    """`points`: oldest first, none where there is a single day. The `shifts` add up to `change`."""

    points: tuple[Point, ...] = ()
    shifts: tuple[Shift, ...] = ()
    change: int = 0


def of(lead: Lead, told: Explanation, at: datetime) -> Course:
    """The course under the model that explains the score today, for the facts known today; three queries at most.

    Fields are not replayed, for their former values are not kept: what moves is what the lead did, and time.
    """
    if told.model is None:
        return Course()
    home, known, model = organization.current(), conditions.registry(), always(told.model)
    facts = conditions.facts(Lead.objects.filter(pk=lead.pk), known=known, zone=home.zone)[lead.pk]
    today = organization.local_day(at, home)

    def on(day: date) -> Reading:
        return reading.read([model], facts, on=day, registry=known)

    days = list(_days(organization.local_day(lead.acquired_at, home), today))
    now, then = on(today), on(today - WEEK)
    points = tuple(Point(day, on(day).total) for day in days) if len(days) > 1 else ()
    return Course(points, tuple(_shifts(then, now)), now.total - then.total)


def _days(first: date, today: date) -> Iterator[date]:
    """At most a dozen days as evenly as whole days allow, the last of them today."""
    span = min(max((today - first).days, 0), DAYS)
    steps = min(POINTS - 1, span)
    for step in range(steps + 1):
        yield today - timedelta(days=span - round(span * step / steps) if steps else 0)


def _shifts(then: Reading, now: Reading) -> Iterator[Shift]:
    before = {rule.rule.key: rule.points for rule in then.rules}
    changed = [Shift(label(rule.rule), rule.points - before.get(rule.rule.key, 0)) for rule in now.rules]
    yield from sorted((shift for shift in changed if shift.points), key=lambda shift: -abs(shift.points))
    over = _taken(now) - _taken(then)
    if over:
        yield Shift("", over)


def _taken(told: Reading) -> int:
    """What the dimensions' caps take away, as a number below nought."""
    sums, capped = dict(told.sums), dict(told.dimensions)
    return sum(capped.get(name, 0) - sums.get(name, 0) for name in DIMENSIONS)

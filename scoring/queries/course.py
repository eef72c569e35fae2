"""How one lead's score came to be what it is: each day's rules replayed at a dozen days, and what a week has changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import TypeGuard

from accounts.queries import organization
from leads.domain.condition_reading import holds
from leads.models import Lead
from leads.queries import conditions
from scoring.domain import reading
from scoring.domain.formula import DIMENSIONS, ModelSpec
from scoring.domain.reading import Reading
from scoring.queries import specs
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
    """What one rule brings more or less than a week ago; without a label, what a dimension's cap takes away.

    With a `version`: what that version of the rules gave a week ago's facts more or less than the one then in force;
    with `rules`, their name, where those of another name scored the lead then.
    """

    label: str
    points: int
    version: int | None = None
    rules: str = ""


@dataclass(frozen=True)
class Course:
    """`points`: oldest first, none where there is a single day. The `shifts` add up to `change`.

    What is not known is not shown: where a version in force on a day no longer reads, as a field that it asks about is
    gone, the points begin after that day; of a week ago, there are no shifts and no change.
    """

    points: tuple[Point, ...] = ()
    shifts: tuple[Shift, ...] = ()
    change: int = 0


def of(lead: Lead, told: Explanation, at: datetime) -> Course:
    """The course for the facts known today; today under the model that explains the score, each day before under those
    then in force, in their order, so that it shows what people saw. Six queries, five where one model scores all leads.

    Fields are not replayed, for their former values are not kept: what moves is what the lead did, time and the rules.
    """
    if told.model is None:
        return Course()
    home, known, own = organization.current(), conditions.registry(), always(told.model)
    facts = conditions.facts(Lead.objects.filter(pk=lead.pk), known=known, zone=home.zone)[lead.pk]
    today, acquired = organization.local_day(at, home), organization.local_day(lead.acquired_at, home)
    days, ago = list(_days(acquired, today)), today - WEEK
    # A lead has never been scored by rules that were replaced before it came.
    then = max(ago, min(acquired, today))
    models = specs.in_force({*days, then}, zone=home.zone, known=known) | {today: [own]}

    def has_scored(model: ModelSpec) -> bool:
        """It explains the score, though a field that it asks about reads otherwise since."""
        return model.id == own.id and not holds(model.applies_to, facts, on=today, registry=known)

    def by_rules_of(day: date, *, on: date) -> Reading | None:
        """The facts of `on` under the rules of `day`; None where that comes to a version that no longer reads."""
        tried = models[day] or [own]
        readable = [own if has_scored(model) else model for model in takewhile(_is_readable, tried)]
        told = reading.read(readable, facts, on=on, registry=known)
        return told if told.model or len(readable) == len(tried) else None

    now, before = (reading.read([own], facts, on=day, registry=known) for day in (today, ago))
    was = by_rules_of(then, on=ago)
    points = _unbroken(days, [by_rules_of(day, on=day) for day in days])
    if was is None:
        return Course(points)
    return Course(points, tuple(_shifts(was, before, now)), now.total - was.total)


def _is_readable(model: ModelSpec | None) -> TypeGuard[ModelSpec]:
    return model is not None


def _unbroken(days: Sequence[date], told: Sequence[Reading | None]) -> tuple[Point, ...]:
    """The points after the latest day that isn't known, as a line would run on over it; none of a single day."""
    unknown = [number for number, one in enumerate(told) if one is None]
    start = unknown[-1] + 1 if unknown else 0
    points = tuple(Point(day, one.total) for day, one in zip(days[start:], told[start:], strict=True) if one)
    return points if len(points) > 1 else ()


def _days(first: date, today: date) -> Iterator[date]:
    """At most a dozen days as evenly as whole days allow, the last of them today."""
    span = min(max((today - first).days, 0), DAYS)
    steps = min(POINTS - 1, span)
    for step in range(steps + 1):
        yield today - timedelta(days=span - round(span * step / steps) if steps else 0)


def _shifts(was: Reading, then: Reading, now: Reading) -> Iterator[Shift]:
    """`was`: a week ago's facts under the rules of that day; `then`: the same facts under today's."""
    if now.model and was.total != then.total:
        is_other = was.model is None or was.model.name != now.model.name
        yield Shift("", then.total - was.total, now.model.number, now.model.name if is_other else "")
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

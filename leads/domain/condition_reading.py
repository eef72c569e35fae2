"""Reads a condition over the facts of one lead in plain Python: what explains a score, and what SQL is held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.industries import all_spellings


@dataclass(frozen=True)
class ActivityFact:
    """One activity as conditions see it; `on` is the local day."""

    id: int
    type: str
    on: date
    content_id: int | None = None
    title: str = ""
    url: str = ""
    content_url: str = ""
    kind: str = ""
    phase: str = ""
    industry: str = ""
    duration_seconds: int | None = None


@dataclass(frozen=True)
class Facts:
    """`values`: field name → value, None when unknown; ranges as (low, high); moments as local days.

    `activities`: newest first.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    activities: tuple[ActivityFact, ...] = ()


def holds(node: c.Node, facts: Facts, *, on: date, registry: Registry) -> bool:
    """Whether the condition holds for these facts on the local day `on`."""
    match node:
        case c.All():
            return all(holds(child, facts, on=on, registry=registry) for child in node.of)
        case c.AnyOf():
            return any(holds(child, facts, on=on, registry=registry) for child in node.of)
        case c.Not():
            return not holds(node.of, facts, on=on, registry=registry)
        case c.Some():
            held = [holds(child, facts, on=on, registry=registry) for child in node.of]
            return sum(held) >= node.at_least
        case c.ActivityTest():
            return measured(node, facts.activities, on=on) >= (node.at_least_total or node.at_least)
        case c.Inactive():
            return not matching(c.ActivityTest(types=node.types, within_days=node.days), facts.activities, on=on)
        case c.FieldTest(op="ne"):
            return not holds(c.FieldTest(node.field, "eq", node.value), facts, on=on, registry=registry)
        case c.FieldTest():
            known = registry.fields[node.field]
            return field_holds(widened(node, known), facts.values.get(node.field), known.kind, known.order)


def matching(test: c.ActivityTest, activities: Iterable[ActivityFact], *, on: date) -> list[ActivityFact]:
    """The activities that the test counts, in the order given."""
    since = on - timedelta(days=test.within_days) if test.within_days else date.min
    return [
        activity
        for activity in activities
        if since < activity.on <= on
        and (not test.types or activity.type in test.types)
        and (test.content is None or _content_fits(test.content, activity))
    ]


def measured(test: c.ActivityTest, activities: Iterable[ActivityFact], *, on: date) -> int:
    """What the test compares: a count, a count of different contents or days, or seconds in total."""
    found = matching(test, activities, on=on)
    if test.measure:
        return sum(activity.duration_seconds or 0 for activity in found)
    if test.distinct == "content":
        return len({activity.content_id for activity in found} - {None})
    if test.distinct == "day":
        return len({activity.on for activity in found})
    return len(found)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """ASCII letters in lower case, all else untouched: the folding that both engines can do alike."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def _content_fits(wanted: c.ContentFilter, activity: ActivityFact) -> bool:
    read = (fold(activity.title), fold(activity.url), fold(activity.content_url))
    words = [fold(word) for word in wanted.contains]
    return (
        (not words or any(word in text for word in words for text in read))
        and _one_of(activity.title, wanted.title)
        and _one_of(activity.kind, wanted.kind)
        and _one_of(activity.phase, wanted.phase)
        and _one_of(activity.industry, all_spellings(wanted.industry))
    )


def _one_of(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or fold(value) in {fold(item) for item in wanted}


def widened(test: c.FieldTest, field: Field) -> c.FieldTest:
    """An `eq` or `in` with every name of the words it is about, where the field's words have several."""
    if field.spellings is None or test.op not in ("eq", "in"):
        return test
    wanted = test.value if isinstance(test.value, tuple) else (test.value,)
    return c.FieldTest(test.field, "in", tuple(name for word in wanted for name in field.spellings(word)))


def field_holds(test: c.FieldTest, value: Any, kind: Kind, order: tuple[str, ...] = ()) -> bool:
    """Whether one comparison other than `ne` holds; an unknown value ('' or None) satisfies only `unknown`."""
    if kind == Kind.RANGE:
        return _range_holds(test, value or (None, None))
    if kind == Kind.TEXT and value is not None:
        value = fold(value)
    known = value is not None and value != ""
    wanted = _comparable(test.value, kind)
    if kind == Kind.ORDER and known and test.op in ("gte", "lte", "between"):
        value, wanted = order.index(value), _ranked(wanted, order)
    match test.op:
        case "known":
            return known
        case "unknown":
            return not known
        case "eq":
            return known and value == wanted
        case "in":
            return known and value in wanted
        case "contains":
            return known and any(word in value for word in wanted)
        case "gte":
            return known and value >= wanted
        case "lte":
            return known and value <= wanted
        case "between":
            return known and wanted[0] <= value <= wanted[1]
    raise AssertionError(test.op)


def _ranked(wanted: Any, order: tuple[str, ...]) -> Any:
    return tuple(map(order.index, wanted)) if isinstance(wanted, tuple) else order.index(wanted)


def _comparable(wanted: Any, kind: Kind) -> Any:
    if isinstance(wanted, tuple):
        return tuple(_comparable(item, kind) for item in wanted)
    if kind == Kind.TEXT and isinstance(wanted, str):
        return fold(wanted)
    return wanted


def _range_holds(test: c.FieldTest, bounds: tuple[int | None, int | None]) -> bool:
    low, high = bounds
    match test.op:
        case "known":
            return low is not None
        case "unknown":
            return low is None
        case "eq":
            return low == high == test.value
        case "gte":
            return low is not None and low >= test.value
        case "lte":
            return high is not None and high <= test.value
        case "between":
            return low is not None and high is not None and low >= test.value[0] and high <= test.value[1]
    raise AssertionError(test.op)

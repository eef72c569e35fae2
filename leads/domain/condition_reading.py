"""Reads a condition over the facts of one lead in plain Python: what explains a score, and what SQL is held against."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.industries import all_spellings


class ActivityFact(NamedTuple):
    """One activity as conditions see it; `on` is the local day. A tuple, for a replay makes a million of them."""

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
        case c.ActivityTest():
            return measured(node, facts.activities, on=on) >= (node.at_least_total or node.at_least)
        case c.FieldTest(op="ne"):
            return not holds(c.FieldTest(node.field, "eq", node.value), facts, on=on, registry=registry)
        case c.FieldTest():
            known = registry.fields[node.field]
            return field_holds(widened(node, known), facts.values.get(node.field), known.kind, known.order)
        case c.All():
            return all(holds(child, facts, on=on, registry=registry) for child in node.of)
        case c.AnyOf():
            return any(holds(child, facts, on=on, registry=registry) for child in node.of)
        case c.Not():
            return not holds(node.of, facts, on=on, registry=registry)
        case c.Some():
            held = [holds(child, facts, on=on, registry=registry) for child in node.of]
            return sum(held) >= node.at_least
        case c.Inactive():
            return not matching(c.ActivityTest(types=node.types, within_days=node.days), facts.activities, on=on)


def could_hold(node: c.Node, facts: Facts, *, on: date, registry: Registry) -> bool:
    """Whether the condition holds, or would if fields that are empty now turned out well; what somebody did is known."""
    return _known(node, facts, on=on, registry=registry) is not False


def _known(node: c.Node, facts: Facts, *, on: date, registry: Registry) -> bool | None:
    """Whether it holds, None while that hangs on an empty field (Kleene's three values)."""
    match node:
        case c.FieldTest(op="ne"):
            return _not(_known(c.FieldTest(node.field, "eq", node.value), facts, on=on, registry=registry))
        case c.FieldTest():
            value = facts.values.get(node.field)
            if registry.fields[node.field].kind == Kind.RANGE:
                return _range_known(node, value or (None, None))
            return None if value in (None, "") else holds(node, facts, on=on, registry=registry)
        case c.All():
            return _not(_some([_not(_known(child, facts, on=on, registry=registry)) for child in node.of], 1))
        case c.AnyOf():
            return _some([_known(child, facts, on=on, registry=registry) for child in node.of], 1)
        case c.Some():
            return _some([_known(child, facts, on=on, registry=registry) for child in node.of], node.at_least)
        case c.Not():
            return _not(_known(node.of, facts, on=on, registry=registry))
        case _:
            return holds(node, facts, on=on, registry=registry)


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _some(known: list[bool | None], at_least: int) -> bool | None:
    if known.count(True) >= at_least:
        return True
    return None if len(known) - known.count(False) >= at_least else False


def _range_known(test: c.FieldTest, bounds: tuple[int | None, int | None]) -> bool | None:
    """A range without one of its ends leaves open only what that end decides."""
    if _range_holds(test, bounds):
        return None if test.op == "unknown" else True
    low, high = bounds
    most = test.value[1] if test.op == "between" else test.value
    if low is not None and test.op in ("eq", "lte", "between") and low > most:
        return False
    return None if low is None or (high is None and test.op != "unknown") else False


def matching(test: c.ActivityTest, activities: Iterable[ActivityFact], *, on: date) -> list[ActivityFact]:
    """The activities that the test counts, in the order given."""
    since = on - timedelta(days=test.within_days) if test.within_days else date.min
    types, content = test.types, test.content
    return [
        activity
        for activity in activities
        if (not types or activity.type in types)
        and since < activity.on <= on
        and (content is None or _content_fits(content, activity))
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
    wanted = _folded(wanted)
    return (
        (not wanted.contains or _is_said(wanted.contains, activity))
        and (not wanted.title or fold(activity.title) in wanted.title)
        and (not wanted.kind or fold(activity.kind) in wanted.kind)
        and (not wanted.phase or fold(activity.phase) in wanted.phase)
        and (not wanted.industry or fold(activity.industry) in wanted.industry)
    )


def _is_said(words: tuple[str, ...], activity: ActivityFact) -> bool:
    read = (fold(activity.title), fold(activity.url), fold(activity.content_url))
    return any(word in text for word in words for text in read)


# What a condition wants is made ready once, however many leads are read: replaying history reads tens of thousands.
@lru_cache(maxsize=256)
def _folded(wanted: c.ContentFilter) -> c.ContentFilter:
    words = {name: tuple(map(fold, getattr(wanted, name))) for name in ("title", "contains", "kind", "phase")}
    return c.ContentFilter(**words, industry=tuple(map(fold, all_spellings(wanted.industry))))


def widened(test: c.FieldTest, field: Field) -> c.FieldTest:
    """An `eq` or `in` with every name of the words it is about, where the field's words have several."""
    if field.spellings is None or test.op not in ("eq", "in"):
        return test
    return _widened(test, field.spellings)


@lru_cache(maxsize=256)
def _widened(test: c.FieldTest, spellings: Callable[[str], tuple[str, ...]]) -> c.FieldTest:
    wanted = test.value if isinstance(test.value, tuple) else (test.value,)
    return c.FieldTest(test.field, "in", tuple(name for word in wanted for name in spellings(word)))


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
    if kind != Kind.TEXT or wanted is None:
        return wanted
    return _folded_words(wanted)


@lru_cache(maxsize=256)
def _folded_words(wanted: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return tuple(map(fold, wanted)) if isinstance(wanted, tuple) else fold(wanted)


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

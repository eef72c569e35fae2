"""The condition language: a JSON tree read into frozen nodes, or refused with every faulty spot named.

    {"field": "company.industry", "op": "in", "value": ["製造業"]}
    {"activity": {"types": ["site_visit"], "within_days": 30, "at_least": 2}}
    {"inactive": {"days": 60, "types": []}}
    {"all": […]}  {"any": […]}  {"not": {…}}  {"some": {"at_least": 2, "of": […]}}

An empty tree ({} or None) always holds. There is no pattern operator, at most 200 nodes, at most 8 levels.
`ne` is the negation of `eq`; every other comparison with an unknown value is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from journal.errors import FieldError, Invalid

MOST_NODES = 200
MOST_LEVELS = 8
MOST_VALUES = 200
MOST_TEXT = 200
MOST_DAYS = 3660
MOST_COUNT = 10_000
MOST_SECONDS = 10_000_000


class InvalidCondition(Invalid):
    code = "invalid_condition"
    message = _("The condition has errors; see the details.")


@dataclass(frozen=True)
class All:
    """Holds when each does; without any it always holds."""

    of: tuple["Node", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    of: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    of: "Node"


@dataclass(frozen=True)
class Some:
    """Holds when at least so many do."""

    at_least: int
    of: tuple["Node", ...]


@dataclass(frozen=True)
class FieldTest:
    """`value`: None, a str, int, float, bool or date; a tuple of them for in, contains and between (low, high)."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class ContentFilter:
    """All that is given must hold: exact titles, words in title or address, kinds, phases, industries."""

    title: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActivityTest:
    """So many activities of these types (all, when empty) within whole local days, or so long in total."""

    types: tuple[str, ...] = ()
    content: ContentFilter | None = None
    within_days: int | None = None
    at_least: int = 1
    distinct: Literal["content", "day"] | None = None
    measure: Literal["duration_seconds"] | None = None
    at_least_total: int | None = None


@dataclass(frozen=True)
class Inactive:
    """No activity of these types (any, when empty) in the latest so many local days; also holds without any."""

    days: int
    types: tuple[str, ...] = ()


Node = All | AnyOf | Not | Some | FieldTest | ActivityTest | Inactive
ALWAYS = All()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node, Not):
        yield from walk(node.of)
    elif isinstance(node, All | AnyOf | Some):
        for child in node.of:
            yield from walk(child)


def fields_of(node: Node) -> set[str]:
    """The names of all fields that the condition reads."""
    return {leaf.field for leaf in walk(node) if isinstance(leaf, FieldTest)}


def fault(path: str, code: str, message: Any) -> FieldError:
    return FieldError(path, code, message)


def as_date(value: object) -> date | None:
    """An ISO day as a date, else None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None

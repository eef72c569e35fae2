"""Writes a condition as one SQL boolean that is never NULL, alike on SQLite and PostgreSQL.

The columns and the activity measures come from a `Source`, so that one reading serves a list (correlated
subqueries, see queries.conditions) and a recompute of all leads (one aggregation, see scoring.queries.compile).
Every value a person typed travels as a parameter.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.condition_reading import fold, widened
from leads.domain.industries import all_spellings

# Of the days that can be written, those that have a day before and after them in every time zone.
_FIRST_DAY, _LAST_DAY = date(1, 1, 2), date(9999, 12, 30)


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and its parameters, in order."""

    text: str
    params: tuple[Any, ...] = ()

    def __add__(self, other: "Sql") -> "Sql":
        return Sql(self.text + other.text, self.params + other.params)


def join(word: str, pieces: list[Sql], *, bare: bool = False) -> Sql:
    """The pieces joined by ` word `, in parentheses unless `bare`."""
    text = f" {word} ".join(piece.text for piece in pieces)
    return Sql(text if bare else f"({text})", tuple(value for piece in pieces for value in piece.params))


def wrap(before: str, piece: Sql, after: str) -> Sql:
    return Sql(before + piece.text + after, piece.params)


TRUE, FALSE = Sql("(1 = 1)"), Sql("(1 = 0)")


class Source(Protocol):
    """Where a condition finds its values."""

    def column(self, name: str) -> Sql:
        """The column of a standard field; `company.employee_count_max` is the upper bound."""

    def activity(self, test: c.ActivityTest) -> Sql:
        """Whether the test holds."""


@dataclass(frozen=True)
class Dialect:
    """What differs between the engines; `on` is the local day, `zone` the organisation's."""

    vendor: str
    on: date
    zone: ZoneInfo
    registry: Registry

    @property
    def is_postgres(self) -> bool:
        return self.vendor == "postgresql"

    def day(self, day: date) -> Any:
        """A date as this engine stores it."""
        return day if self.is_postgres else day.isoformat()

    def moment(self, day: date) -> Any:
        """The first moment of a local day as this engine stores it; at the ends of the calendar the next that has one."""
        return self.stored(datetime.combine(max(day, _FIRST_DAY), time(), tzinfo=self.zone))

    def stored(self, at: datetime) -> Any:
        """A moment as this engine stores it."""
        utc = at.astimezone(UTC)
        return utc if self.is_postgres else utc.replace(tzinfo=None).isoformat(sep=" ")

    def folded(self, column: Sql) -> Sql:
        """Lower case for ASCII letters only: SQLite's lower(), PostgreSQL's under the C collation."""
        return wrap("lower(", column, ' COLLATE "C")') if self.is_postgres else wrap("lower(", column, ")")

    def contains(self, column: Sql, word: str) -> Sql:
        name = "strpos" if self.is_postgres else "instr"
        return Sql(f"{name}({column.text}, %s) > 0", (*column.params, word))


def render(node: c.Node, source: Source, dialect: Dialect) -> Sql:
    """The condition as a boolean that is TRUE or FALSE, never NULL."""
    match node:
        case c.All():
            return join("AND", [render(child, source, dialect) for child in node.of]) if node.of else TRUE
        case c.AnyOf():
            return join("OR", [render(child, source, dialect) for child in node.of])
        case c.Not():
            return wrap("(NOT ", render(node.of, source, dialect), ")")
        case c.Some():
            ones = [wrap("CASE WHEN ", render(child, source, dialect), " THEN 1 ELSE 0 END") for child in node.of]
            return wrap("(", join("+", ones), f" >= {int(node.at_least)})")
        case c.ActivityTest():
            return source.activity(node)
        case c.Inactive():
            return wrap("(NOT ", source.activity(c.ActivityTest(types=node.types, within_days=node.days)), ")")
        case c.FieldTest():
            return _field(node, source, dialect)


def _field(test: c.FieldTest, source: Source, dialect: Dialect) -> Sql:
    known_field = dialect.registry.fields[test.field]
    if test.op == "unknown":
        return wrap("(NOT ", _field(c.FieldTest(test.field, "known"), source, dialect), ")")
    if test.op == "ne":
        return wrap("(NOT ", _field(c.FieldTest(test.field, "eq", test.value), source, dialect), ")")
    if known_field.kind == Kind.RANGE:
        return _range(test, source)
    column = _custom(known_field, source, dialect) if known_field.custom_key else source.column(test.field)
    piece = _comparison(widened(test, known_field), known_field, column, dialect)
    # NULL compared is NULL; a CASE without ELSE TRUE makes it false, so that NOT turns it into true.
    return wrap("(CASE WHEN ", piece, " THEN 1 ELSE 0 END = 1)")


def _comparison(test: c.FieldTest, known: Field, column: Sql, dialect: Dialect) -> Sql:
    match known.kind:
        case Kind.TEXT:
            return _text(test, column, dialect)
        case Kind.CHOICE:
            return _compare(test, column, lambda value: value, blank=True)
        case Kind.ORDER:
            return _ordered(test, known, column)
        case Kind.MOMENT:
            return _moment(test, column, dialect)
        case Kind.YES_NO:
            return _yes_no(test, known, column, dialect)
        case Kind.DATE:
            return _compare(test, column, lambda value: value.isoformat(), blank=True)
    return _compare(test, column, lambda value: value, blank=False)


def _compare(test: c.FieldTest, column: Sql, write: Any, *, blank: bool) -> Sql:
    """The plain comparison; `blank`: the empty text means unknown."""
    known = Sql(f"{column.text} <> ''" if blank else f"{column.text} IS NOT NULL", column.params)
    match test.op:
        case "known":
            return known
        case "eq":
            return Sql(f"{column.text} = %s", (*column.params, write(test.value)))
        case "in":
            places = ", ".join(["%s"] * len(test.value))
            return Sql(f"{column.text} IN ({places})", (*column.params, *map(write, test.value)))
        case "between":
            low, high = test.value
            return join(
                "AND", [known, Sql(f"{column.text} BETWEEN %s AND %s", (*column.params, write(low), write(high)))]
            )
    sign = {"gte": ">=", "lte": "<="}[test.op]
    return join("AND", [known, Sql(f"{column.text} {sign} %s", (*column.params, write(test.value)))])


def _text(test: c.FieldTest, column: Sql, dialect: Dialect) -> Sql:
    if test.op == "known":
        return _compare(test, column, str, blank=True)
    folded = dialect.folded(column)
    if test.op == "contains":
        return join("OR", [dialect.contains(folded, fold(word)) for word in test.value])
    return _compare(test, folded, fold, blank=True)


def _ordered(test: c.FieldTest, known: Field, column: Sql) -> Sql:
    """'At least' over ordered choices is membership in those at or after it."""
    if test.op not in ("gte", "lte", "between"):
        return _compare(test, column, lambda value: value, blank=True)
    low, high = test.value if test.op == "between" else (test.value, test.value)
    first = 0 if test.op == "lte" else known.order.index(low)
    last = len(known.order) if test.op == "gte" else known.order.index(high) + 1
    return _compare(c.FieldTest(test.field, "in", known.order[first:last]), column, lambda value: value, blank=True)


def _moment(test: c.FieldTest, column: Sql, dialect: Dialect) -> Sql:
    """By local days: 'until the 3rd' includes the whole 3rd."""
    low, high = test.value if test.op == "between" else (test.value, test.value)
    pieces = [Sql(f"{column.text} IS NOT NULL", column.params)]
    if test.op in ("gte", "between"):
        pieces.append(Sql(f"{column.text} >= %s", (*column.params, dialect.moment(low))))
    if test.op in ("lte", "between"):
        pieces.append(
            Sql(f"{column.text} < %s", (*column.params, dialect.moment(min(high, _LAST_DAY) + timedelta(days=1))))
        )
    return join("AND", pieces)


def _yes_no(test: c.FieldTest, known: Field, column: Sql, dialect: Dialect) -> Sql:
    if test.op == "known":
        return Sql(f"{column.text} IS NOT NULL", column.params)
    if known.custom_key or not dialect.is_postgres:
        return Sql(f"{column.text} = {int(test.value)}", column.params)
    return column if test.value else wrap("NOT ", column, "")


def _range(test: c.FieldTest, source: Source) -> Sql:
    low, high = source.column(test.field), source.column(f"{test.field}_max")
    if test.op == "known":
        return wrap("(", low, " IS NOT NULL)")
    at_least, at_most = test.value if test.op == "between" else (test.value, test.value)
    pieces = []
    if test.op in ("gte", "between", "eq"):
        sign = "=" if test.op == "eq" else ">="
        pieces.append(Sql(f"COALESCE({low.text} {sign} %s, 1 = 0)", (*low.params, at_least)))
    if test.op in ("lte", "between", "eq"):
        sign = "=" if test.op == "eq" else "<="
        pieces.append(Sql(f"COALESCE({high.text} {sign} %s, 1 = 0)", (*high.params, at_most)))
    return join("AND", pieces)


def _custom(known: Field, source: Source, dialect: Dialect) -> Sql:
    """The value within the JSON of Lead.custom, of the type that its field has, else NULL."""
    whole = source.column("custom")
    if dialect.is_postgres:
        return _custom_postgres(known, whole)
    path = f"$.{json.dumps(known.custom_key)}"  # escaped as Django writes the keys
    value = Sql(f"json_extract({whole.text}, %s)", (*whole.params, path))
    kind = Sql(f"json_type({whole.text}, %s)", (*whole.params, path))
    wanted = {Kind.NUMBER: "'integer', 'real'", Kind.YES_NO: "'true', 'false'"}.get(known.kind, "'text'")
    return wrap("CASE WHEN ", kind, f" IN ({wanted}) THEN ") + value + Sql(" END")


def _custom_postgres(known: Field, whole: Sql) -> Sql:
    kind = Sql(f"jsonb_typeof({whole.text} -> %s)", (*whole.params, known.custom_key))
    value = Sql(f"({whole.text} ->> %s)", (*whole.params, known.custom_key))
    wanted, cast = {Kind.NUMBER: ("number", "::float8"), Kind.YES_NO: ("boolean", "::boolean::int")}.get(
        known.kind, ("string", "")
    )
    return wrap("CASE WHEN ", kind, f" = '{wanted}' THEN ") + wrap("", value, f"{cast} END")


# -- activities: `a` is leads_activity, `k` leads_content joined to it ------------------------------


def activity_filter(test: c.ActivityTest, dialect: Dialect, *, until: bool = True) -> Sql:
    """Which activities a test counts. Whole local days: a window of n days is a difference of dates under n.

    `until`: also leave out what lies after the day (an enclosing query may have done that already).
    """
    pieces = [Sql("a.occurred_on <= %s", (dialect.day(dialect.on),))] if until else []
    if test.within_days:
        since = dialect.on - timedelta(days=test.within_days)
        pieces.append(Sql("a.occurred_on > %s", (dialect.day(since),)))
    if test.types:
        pieces.append(Sql(f"a.type IN ({', '.join(['%s'] * len(test.types))})", test.types))
    if test.content:
        pieces.extend(_content(test.content, dialect))
    return join("AND", pieces) if pieces else TRUE


def _content(wanted: c.ContentFilter, dialect: Dialect) -> list[Sql]:
    pieces = []
    for name in ("title", "kind", "phase", "industry"):
        if values := getattr(wanted, name):
            values = all_spellings(values) if name == "industry" else values
            column = dialect.folded(Sql(f"k.{name}"))
            places = ", ".join(["%s"] * len(values))
            pieces.append(Sql(f"COALESCE({column.text} IN ({places}), 1 = 0)", tuple(map(fold, values))))
    if wanted.contains:
        texts = [dialect.folded(Sql(f"COALESCE({column}, '')")) for column in ("k.title", "a.url", "k.url")]
        pieces.append(join("OR", [dialect.contains(text, fold(word)) for word in wanted.contains for text in texts]))
    return pieces


def measure(test: c.ActivityTest) -> str:
    """What is counted, as an aggregate over `a`."""
    if test.measure:
        return "SUM(COALESCE(a.duration_seconds, 0))"
    column = {"content": "DISTINCT a.content_id", "day": "DISTINCT a.occurred_on"}.get(test.distinct or "", "*")
    return f"COUNT({column})"


def least(test: c.ActivityTest) -> int:
    """From how much on the test holds."""
    return int(test.at_least_total or test.at_least)


def needs_content(test: c.ActivityTest) -> bool:
    """Whether the test reads leads_content."""
    return test.content is not None

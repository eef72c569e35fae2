"""Conditions over leads: which fields there are, the condition as a Django expression, the facts it reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Expression, F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from accounts.interface.languages import label_column
from accounts.queries import organization
from journal.remembering import remembered
from leads.domain import condition_fields, condition_parser, condition_sentence
from leads.domain import conditions as c
from leads.domain.condition_fields import Registry
from leads.domain.condition_reading import ActivityFact, Facts
from leads.models import Activity, ActivityType, CustomField, Lead
from leads.queries import condition_sql
from leads.queries.condition_sql import Dialect, Sql

# Where the ORM finds each standard field, seen from a lead.
PATHS: Mapping[str, str] = {
    "company.industry": "company__industry",
    "company.employee_count": "company__employee_count",
    "company.employee_count_max": "company__employee_count_max",
    "company.prefecture": "company__prefecture",
    "company.name": "company__name",
    "company.domain": "company__domain",
    "channel": "channel__name",
    "campaign": "campaign__name",
    "score": "score__total",
    "band": "score__band",
    **{
        f"qualification.{name}": f"qualification__{name}"
        for name in (
            "phase",
            "need",
            "challenge",
            "timeframe",
            "authority",
            "decision_process",
            "budget",
            "competitors",
            "temperature",
        )
    },
}


def registry() -> Registry:
    """All fields and activity types that a condition may name today, in the reader's language."""
    return _registry(label_column())


@remembered
def _registry(label: str) -> Registry:
    own = CustomField.objects.order_by("position", "id").values_list("key", "label", "kind", "choices")
    fields = [*condition_fields.STANDARD, *(condition_fields.custom(*values) for values in own)]
    types = ActivityType.objects.order_by("code").values_list("code", label)
    return Registry({field.name: field for field in fields}, dict(types))


def read(
    tree: object, *, known: Registry | None = None, scoring: bool = False, entered: bool = False, path: str = ""
) -> c.Node:
    """The tree as a condition; raises InvalidCondition naming every faulty spot. See `condition_parser.parse`."""
    return condition_parser.parse(tree, registry=known or registry(), scoring=scoring, entered=entered, path=path)


def said(tree: object, *, known: Registry | None = None) -> str:
    """A stored condition as a sentence in the reader's language; "" of none."""
    if not tree:
        return ""
    known = known or registry()
    return condition_sentence.sentence(read(tree, known=known), known)


def compile(
    tree: object, *, on: date, scope: str = "", known: Registry | None = None, zone: ZoneInfo | None = None
) -> "Condition":
    """The condition (a tree or nodes) as a boolean expression for `.filter()` and `.annotate()`.

    `on` is the local day of windows. `scope` is the path to the lead with its underscores ('lead__' on a handoff).
    """
    known = known or registry()
    node = tree if isinstance(tree, c.Node) else read(tree, known=known)
    return Condition(node, on=on, scope=scope, known=known, zone=zone or organization.current().zone)


def matches(tree: object, lead: Lead, *, on: date) -> bool:
    """Whether the condition holds for one lead: the same SQL as for all. No condition holds for every lead."""
    if tree is None or tree == {}:
        return True
    return Lead.objects.filter(pk=lead.pk).filter(compile(tree, on=on)).exists()


class Condition(Expression):
    """One boolean over a lead: columns by the ORM's own joins, activities by correlated subqueries."""

    conditional = True

    def __init__(self, node: c.Node, *, on: date, known: Registry, zone: ZoneInfo, scope: str = ""):
        super().__init__(output_field=BooleanField())
        self.node, self.on, self.known, self.zone = node, on, known, zone
        names = {"id"} | {column for name in c.fields_of(node) for column in columns_of(name)}
        self.columns: dict[str, Any] = {name: F(scope + PATHS.get(name, name)) for name in sorted(names)}

    def get_source_expressions(self) -> list[Any]:
        return list(self.columns.values())

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        self.columns = dict(zip(self.columns, exprs, strict=True))

    def copy(self) -> Self:
        clone = super().copy()
        clone.columns = dict(self.columns)
        return clone

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL of the condition; PostgreSQL and SQLite."""
        dialect = Dialect(connection.vendor, self.on, self.zone, self.known)
        written = {name: _written(compiler, column) for name, column in self.columns.items()}
        piece = condition_sql.render(self.node, _Correlated(written, dialect), dialect)
        return piece.text, piece.params


def columns_of(name: str) -> tuple[str, ...]:
    """The columns behind a field: two for a range, one JSON for all custom fields."""
    if name.startswith("custom."):
        return ("custom",)
    return (name, f"{name}_max") if name == "company.employee_count" else (name,)


def _written(compiler: SQLCompiler, column: Any) -> Sql:
    text, params = compiler.compile(column)
    return Sql(text, tuple(params))


class _Correlated:
    """Reads activities by one subquery per test: right for a list of some leads or one lead."""

    def __init__(self, columns: Mapping[str, Sql], dialect: Dialect):
        self.columns, self.dialect = columns, dialect

    def column(self, name: str) -> Sql:
        return self.columns[name]

    def activity(self, test: c.ActivityTest) -> Sql:
        which = condition_sql.activity_filter(test, self.dialect)
        content = " LEFT JOIN leads_content k ON k.id = a.content_id" if condition_sql.needs_content(test) else ""
        rest = Sql(f" FROM leads_activity a{content} WHERE a.lead_id = ") + self.columns["id"] + Sql(" AND ") + which
        if condition_sql.least(test) == 1 and not test.measure and test.distinct != "content":
            return condition_sql.wrap("EXISTS (SELECT 1", rest, ")")
        counted = condition_sql.wrap(f"(SELECT {condition_sql.measure(test)}", rest, ")")
        return condition_sql.wrap("(COALESCE(", counted, f", 0) >= {condition_sql.least(test)})")


# -- facts -------------------------------------------------------------------------------------------


def facts(leads: QuerySet[Lead], *, known: Registry | None = None, zone: ZoneInfo | None = None) -> dict[int, Facts]:
    """What conditions see of each lead, by id: two queries for any number of leads."""
    found = values(leads, known=known, zone=zone)
    activities = _activities(list(found))
    return {number: Facts(known_of, tuple(activities[number])) for number, known_of in found.items()}


def values(
    leads: QuerySet[Lead], *, known: Registry | None = None, zone: ZoneInfo | None = None
) -> dict[int, dict[str, Any]]:
    """The value of each field of each lead, by id: one query for any number of leads."""
    known = known or registry()
    zone = zone or organization.current().zone
    names = sorted({column for name in known.fields for column in columns_of(name)})
    rows = leads.order_by().values("id", *{PATHS.get(name, name) for name in names})
    return {row["id"]: _values(row, known, zone) for row in rows}


def _values(row: Mapping[str, Any], known: Registry, zone: ZoneInfo) -> dict[str, Any]:
    return {name: _value(row, field, zone) for name, field in known.fields.items()}


def _value(row: Mapping[str, Any], field: condition_fields.Field, zone: ZoneInfo) -> Any:
    if field.custom_key:
        return custom_value(row["custom"].get(field.custom_key), field.kind)
    value = row[PATHS.get(field.name, field.name)]
    if field.kind == condition_fields.Kind.RANGE:
        return (value, row[PATHS[f"{field.name}_max"]])
    if field.kind == condition_fields.Kind.MOMENT:
        return value.astimezone(zone).date() if value else None
    return None if value == "" else value


def custom_value(value: Any, kind: condition_fields.Kind) -> Any:
    """A stored value of an own field when it has the field's type, else None for unknown, as in SQL."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case condition_fields.Kind.NUMBER:
            return value if is_number else None
        case condition_fields.Kind.YES_NO:
            return value if isinstance(value, bool) else None
        case condition_fields.Kind.DATE:
            return c.as_date(value)
    return value if isinstance(value, str) and value else None


def _activities(lead_ids: list[int]) -> dict[int, list[ActivityFact]]:
    rows = (
        Activity.objects.filter(lead_id__in=lead_ids)
        .order_by("-occurred_at", "-id")
        .values_list(
            "lead_id",
            "id",
            "type",
            "occurred_on",
            "content_id",
            "content__title",
            "url",
            "content__url",
            "content__kind",
            "content__phase",
            "content__industry",
            "duration_seconds",
        )
    )
    found: dict[int, list[ActivityFact]] = defaultdict(list)
    for lead_id, number, kind, on, content, *texts, seconds in rows:
        found[lead_id].append(ActivityFact(number, kind, on, content, *(text or "" for text in texts), seconds))
    return found

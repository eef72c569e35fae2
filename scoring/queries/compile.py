"""Compiles scoring models into one SQL statement over any set of leads, on SQLite and PostgreSQL.

The plan, from the inside out:
  s  one pass over the activities of the leads in question, GROUP BY lead_id, one aggregate with FILTER per test:
     windows, contents and decay weights are all computed here, so no rule costs a pass or an EXISTS of its own
  f  leads LEFT JOIN s (and company, qualification … only where a rule reads them): one column per rule
  d  the rules summed and capped per dimension
  x  total, band, grade, line
then INSERT … ON CONFLICT DO UPDATE WHERE something differs: a recompute that changes nothing writes nothing.
The OFFSET 0 fences keep the planners from pulling f and d up and computing each rule again wherever it is read.
Everything a person typed is a parameter; what is formatted into the text are our own names and integers.
"""

# ruff: noqa: S608 (see the sentence above: a test types quotes, percent signs and SQL into every value)

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from leads.domain import conditions as c
from leads.domain.condition_fields import Registry
from leads.queries import condition_sql
from leads.queries.condition_sql import Dialect, Sql, join, wrap
from scoring.domain import formula
from scoring.domain.choices import Band, Dimension
from scoring.domain.formula import BILLION, DIMENSIONS, ModelSpec, RuleSpec

_JOINS = {
    "co": " LEFT JOIN leads_company co ON co.id = l.company_id",
    "q": " LEFT JOIN leads_qualification q ON q.lead_id = l.id",
    "ch": " LEFT JOIN leads_channel ch ON ch.id = l.channel_id",
    "ca": " LEFT JOIN leads_campaign ca ON ca.id = l.campaign_id",
}
_COLUMNS = {"channel": "ch.name", "campaign": "ca.name"}
_SCORE = ("model_id", "total", "band", "grade", *DIMENSIONS, "reaches_line")


@dataclass(frozen=True)
class Scope:
    """Which leads: some ids, or a range of ids with both ends."""

    ids: tuple[int, ...] | None = None
    low: int = 0
    high: int = 0

    def sql(self, column: str, vendor: str) -> Sql:
        if self.ids is None:
            return Sql(f"{column} BETWEEN %s AND %s", (self.low, self.high))
        if vendor == "postgresql":
            return Sql(f"{column} = ANY(%s)", (list(self.ids),))
        return Sql(f"{column} IN (SELECT value FROM json_each(%s))", (str(list(self.ids)),))


@dataclass
class _Aggregated:
    """The source of conditions inside f: columns of the joined tables, activity tests as aggregates of s."""

    dialect: Dialect
    joins: set[str] = field(default_factory=set)
    tests: list[c.ActivityTest] = field(default_factory=list)
    aggregates: dict[Sql, str] = field(default_factory=dict)

    def column(self, name: str) -> Sql:
        prefix, _, rest = name.rpartition(".")
        text = _COLUMNS.get(name) or {"company": "co.", "qualification": "q."}.get(prefix, "l.") + rest
        self.joins.add(text.split(".")[0])
        return Sql(text)

    def activity(self, test: c.ActivityTest) -> Sql:
        return wrap("(", self.counted(test), f" >= {condition_sql.least(test)})")

    def counted(self, test: c.ActivityTest) -> Sql:
        """What the test compares: a count or a sum of seconds."""
        return self._aggregate(condition_sql.measure(test), test)

    def weighed(self, test: c.ActivityTest, half_life: int) -> Sql:
        """The sum of the decay weights, in billionths."""
        return self._aggregate(f"SUM({weight(half_life, self.dialect)})", test, (self.dialect.day(self.dialect.on),))

    def _aggregate(self, what: str, test: c.ActivityTest, params: tuple[object, ...] = ()) -> Sql:
        which = condition_sql.activity_filter(test, self.dialect, until=False)
        key = Sql(f"{what} FILTER (WHERE ", params) + which + Sql(")")
        if key not in self.aggregates:
            self.aggregates[key] = f"m{len(self.aggregates)}"
            self.tests.append(test)
        return Sql(f"COALESCE(s.{self.aggregates[key]}, 0)")


def weight(half_life: int, dialect: Dialect) -> str:
    """The decay weight of one activity `a` as an integer, its one parameter the day; exponents end at 64 because PostgreSQL refuses underflow.

    On PostgreSQL a difference of dates is an integer: nothing here is `numeric`, which would be ten times slower.
    """
    most = f"{formula.MOST_HALF_LIVES}.0"
    if dialect.is_postgres:
        age = f"(%s::date - a.occurred_on)::float8 / {int(half_life)}"
        power = f"power(2::float8, -LEAST({age}, {most}::float8))"
        return f"floor({power} * {BILLION}::float8 + 0.5::float8)::int"
    age = f"(julianday(%s) - julianday(a.occurred_on)) / {int(half_life)}.0"
    return f"CAST(FLOOR(POWER(2.0, -MIN({age}, {most})) * {BILLION}.0 + 0.5) AS INTEGER)"


class Compiled:
    """The published models (or any others) as SQL as of one local day."""

    def __init__(
        self, models: Sequence[ModelSpec], *, on: date, zone: ZoneInfo, registry: Registry, vendor: str
    ) -> None:
        self.models = tuple(models)
        self.vendor = vendor
        self.on = on
        self.dialect = Dialect(vendor, on, zone, registry)
        self._source = _Aggregated(self.dialect)
        self._model = self._which_model()
        self._rules = [(model, rule, self._points(rule)) for model in self.models for rule in model.rules]
        self.rule_columns = {(model.id, rule.key): f"r{n}" for n, (model, rule, _) in enumerate(self._rules)}

    # -- the inside: one column per rule -----------------------------------------------------------

    def _which_model(self) -> Sql:
        whens = [
            wrap("WHEN ", condition_sql.render(model.applies_to, self._source, self.dialect), f" THEN {int(model.id)}")
            for model in self.models
        ]
        return Sql("CASE ") + join(" ", whens, bare=True) + Sql(" END") if whens else Sql("NULL")

    def _points(self, rule: RuleSpec) -> Sql:
        if not rule.per_activity:
            held = condition_sql.render(rule.condition, self._source, self.dialect)
            return wrap("CASE WHEN ", held, f" THEN {int(rule.points)} ELSE 0 END")
        if rule.half_life_days:
            return faded(rule, self._source.weighed(rule.test, rule.half_life_days), self.dialect)
        return _capped(rule, wrap(f"{int(rule.points)} * ", self._source.counted(rule.test), ""), self.dialect)

    def _per_lead(self, scope: Scope) -> Sql:
        """f: the model and each rule's points of each lead."""
        columns = [Sql("l.id AS lead_id"), wrap("", self._model, " AS model_id")]
        columns += [wrap("", points, f" AS r{n}") for n, (_, _, points) in enumerate(self._rules)]
        joins = "".join(text for alias, text in _JOINS.items() if alias in self._source.joins)
        present = "l.is_present" if self.dialect.is_postgres else "l.is_present = 1"
        return (
            Sql("SELECT ")
            + join(", ", columns, bare=True)
            + Sql(f" FROM leads_lead l{joins}")
            + self._aggregation(scope)
            + Sql(f" WHERE {present} AND ")
            + scope.sql("l.id", self.vendor)
            + self._fence()
        )

    def _aggregation(self, scope: Scope) -> Sql:
        """s: one pass over the activities that any test can count."""
        aggregates, tests = self._source.aggregates, self._source.tests
        if not aggregates:
            return Sql("")
        content = any(condition_sql.needs_content(test) for test in tests)
        pieces = [scope.sql("a.lead_id", self.vendor), Sql("a.occurred_on <= %s", (self.dialect.day(self.on),))]
        if all(test.types for test in tests):
            types = tuple(sorted({kind for test in tests for kind in test.types}))
            pieces.append(Sql(f"a.type IN ({', '.join(['%s'] * len(types))})", types))
        return (
            Sql(" LEFT JOIN (SELECT a.lead_id, ")
            + join(", ", [wrap("", piece, f" AS {alias}") for piece, alias in aggregates.items()], bare=True)
            + Sql(" FROM leads_activity a")
            + Sql(" LEFT JOIN leads_content k ON k.id = a.content_id" if content else "")
            + Sql(" WHERE ")
            + join("AND", pieces)
            + Sql(" GROUP BY a.lead_id) s ON s.lead_id = l.id")
        )

    def _fence(self) -> Sql:
        return Sql(" OFFSET 0" if self.dialect.is_postgres else " LIMIT -1 OFFSET 0")

    # -- the outside: dimensions, total, band, grade, line ------------------------------------------

    def scores(self, scope: Scope, *, with_rules: bool = False) -> Sql:
        """A SELECT of lead_id and the score's columns (and each rule's r0, r1 … with `with_rules`)."""
        rules = "".join(f", {{}}.r{n}" for n in range(len(self._rules))) if with_rules else ""
        dimensions = ", ".join(f"{self._dimension(name)} AS {name}" for name in DIMENSIONS)
        summed = (
            Sql(f"SELECT f.lead_id, f.model_id, {dimensions}{rules.format(*['f'] * len(self._rules))} FROM (")
            + self._per_lead(scope)
            + Sql(") f")
            + self._fence()
        )
        total = " + ".join(f"d.{name}" for name in DIMENSIONS)
        inner = Sql(f"SELECT d.*, {total} AS total FROM (") + summed + Sql(") d") + self._fence()
        names = ", ".join(f"y.{name}" for name in DIMENSIONS)
        return (
            Sql(
                f"SELECT y.lead_id, y.model_id, y.total, {self._band()} AS band, {self._grade()} AS grade, {names}, "
                f"{self._line()} AS reaches_line{rules.format(*['y'] * len(self._rules))} FROM ("
            )
            + inner
            + Sql(") y")
        )

    def _by_model(self, alias: str, answers: dict[int, str], otherwise: str) -> str:
        whens = " ".join(f"WHEN {model} THEN {answer}" for model, answer in answers.items())
        return f"CASE {alias}.model_id {whens} ELSE {otherwise} END" if whens else otherwise

    def _dimension(self, name: str) -> str:
        least = "LEAST" if self.dialect.is_postgres else "MIN"
        answers = {}
        for model in self.models:
            columns = [f"f.{self.rule_columns[model.id, rule.key]}" for rule in model.rules_of(name)]
            if columns:
                total = " + ".join(columns)
                answers[model.id] = f"{least}({int(model.caps[name])}, {total})" if name in model.caps else total
        return self._by_model("f", answers, "0")

    def _band(self) -> str:
        answers = {}
        for model in self.models:
            whens = " ".join(
                f"WHEN y.total >= {int(band.start)} THEN '{Band(band.band).value}'"
                for band in model.bands
                if band.start is not None
            )
            rest = next((band.band for band in model.bands if band.start is None), Band.LOW)
            answers[model.id] = f"(CASE {whens} ELSE '{Band(rest).value}' END)" if whens else f"'{Band(rest).value}'"
        return self._by_model("y", answers, f"'{Band.LOW.value}'")

    def _grade(self) -> str:
        answers = {}
        for model in self.models:
            fit, engagement = formula.most_of(model, Dimension.FIT), formula.most_of(model, Dimension.ENGAGEMENT)
            if fit and engagement:
                answers[model.id] = f"({_steps('y.fit', fit, 'ABCD')} || {_steps('y.engagement', engagement, '1234')})"
        return self._by_model("y", answers, "''")

    def _line(self) -> str:
        true, false = ("TRUE", "FALSE") if self.dialect.is_postgres else ("1", "0")
        answers = {m.id: f"(CASE WHEN y.total >= {int(m.line)} THEN {true} ELSE {false} END)" for m in self.models}
        return self._by_model("y", answers, false)

    # -- writing ------------------------------------------------------------------------------------

    def write(self, scope: Scope, *, at: datetime, sifted: bool = False) -> Sql:
        """The INSERT … ON CONFLICT that writes what differs, RETURNING what was written and what was there before.

        A row that conflicts is locked and its page written even where nothing differs. `sifted` leaves such rows out
        beforehand, by what the statement's snapshot shows: for a transaction that sees one moment only. Others
        must meet whoever writes the same row meanwhile.
        PostgreSQL answers only the rows whose band or line changed, then one row (NULL, number written, …, number
        of other totals, …);
        SQLite answers every row written.
        """
        moment = self.dialect.stored(at)
        values = Sql(
            "%s::date, %s::timestamptz" if self.dialect.is_postgres else "%s, %s", (self.dialect.day(self.on), moment)
        )
        names = ", ".join(_SCORE)
        never = "FALSE" if self.dialect.is_postgres else "0"
        insert = (
            Sql(
                f"INSERT INTO leads_leadscore AS t "
                f"(lead_id, {names}, as_of, computed_at, was_total, was_band, was_reaching) "
                f"SELECT x.lead_id, {', '.join(f'x.{name}' for name in _SCORE)}, "
            )
            + values
            + Sql(f", 0, '{Band.LOW.value}', {never} FROM (")
            + self.scores(scope)
            + Sql(") x")
            + (self._sieve(scope) if sifted else Sql(" WHERE 1 = 1"))
            + Sql(f" ON CONFLICT (lead_id) DO UPDATE SET {self._updates()} WHERE {self._differs('t', 'EXCLUDED')} ")
            + Sql("RETURNING lead_id, model_id, total, band, reaches_line, was_total, was_band, was_reaching")
        )
        if not self.dialect.is_postgres:
            return insert
        return wrap(
            "WITH written AS (",
            insert,
            ") SELECT * FROM written WHERE band <> was_band OR reaches_line <> was_reaching "
            "UNION ALL SELECT NULL, NULL, count(*)::int, '', FALSE, "
            "(count(*) FILTER (WHERE total <> was_total))::int, '', FALSE FROM written",
        )

    def _updates(self) -> str:
        kept = "was_total = t.total, was_band = t.band, was_reaching = t.reaches_line"
        return ", ".join(f"{name} = EXCLUDED.{name}" for name in (*_SCORE, "as_of", "computed_at")) + f", {kept}"

    def _sieve(self, scope: Scope) -> Sql:
        return (
            Sql(" LEFT JOIN (SELECT * FROM leads_leadscore u WHERE ")
            + scope.sql("u.lead_id", self.vendor)
            + Sql(f") o ON o.lead_id = x.lead_id WHERE (o.lead_id IS NULL OR {self._differs('o', 'x')})")
        )

    def _differs(self, stored: str, new: str) -> str:
        unlike = "IS DISTINCT FROM" if self.dialect.is_postgres else "IS NOT"
        return " OR ".join(f"{stored}.{name} {unlike} {new}.{name}" for name in _SCORE)


def faded(rule: RuleSpec, weights: Sql, dialect: Dialect) -> Sql:
    """The points of a rule with decay, from the sum of the weights of its activities."""
    return _capped(rule, _rounded(rule.points, weights), dialect)


def _capped(rule: RuleSpec, points: Sql, dialect: Dialect) -> Sql:
    least, most = ("LEAST", "GREATEST") if dialect.is_postgres else ("MIN", "MAX")
    return wrap(f"{most}({-rule.most}, {least}({rule.most}, ", points, "))")


def _rounded(points: int, weights: Sql) -> Sql:
    """points × weights rounded half up, in integers: division cuts towards zero, weights are never negative."""
    if points >= 0:
        return wrap(f"(({points} * ", weights, f" + {BILLION // 2}) / {BILLION})")
    return wrap(f"(-(({-points} * ", weights, f" + {BILLION // 2 - 1}) / {BILLION}))")


def _steps(column: str, most: int, names: str) -> str:
    whens = " ".join(
        f"WHEN {column} * 100 >= {edge * most} THEN '{name}'"
        for edge, name in zip(formula.GRADE_EDGES, names, strict=False)
    )
    return f"CASE {whens} ELSE '{names[-1]}' END"

"""What publishing a draft would do: whom each rule finds, the bands before and after, and who moves most.

Three passes of the compiled statement over the leads at most, one for a published model; nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from accounts.queries import organization
from leads.domain.condition_fields import Registry
from leads.models import Lead, LeadScore
from leads.queries import conditions
from leads.queries.condition_sql import Sql
from scoring import hooks
from scoring.domain.choices import Band, ModelState
from scoring.domain.formula import ModelSpec
from scoring.models import ScoringModel
from scoring.queries import specs
from scoring.queries.compile import Compiled, Scope

MOST_EXAMPLES = 10
CHUNK = 5000
_EVERYBODY = Scope(low=1, high=2**62)


@dataclass(frozen=True)
class Moved:
    """A lead whose score would change, or that would cross the line; `crosses`: up, down or ''."""

    lead: Lead
    before: int
    after: int
    band: str
    crosses: str


@dataclass(frozen=True)
class BandRow:
    """How many leads a band has before and after."""

    band: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Effect:
    """Counts over all present leads; of a published model over those it scores. `matches`: rule key → how many of these it gives or takes points.

    `is_part`: of several published models, so not all leads are counted. `newly`: who would reach the line and doesn't today; `newly_free`: of these, who could be handed over then.
    """

    leads: int
    is_part: bool = False
    matches: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    reaching_before: int = 0
    reaching_after: int = 0
    changed: int = 0
    newly: int = 0
    newly_free: int = 0
    moved: tuple[Moved, ...] = ()

    @property
    def rows(self) -> list[BandRow]:
        """The bands from high to low."""
        return [BandRow(band.value, self.before.get(band, 0), self.after.get(band, 0)) for band in Band]


def of(model: ScoringModel, *, user: Any, at: datetime) -> Effect:
    """The effect of the model in its place among the published ones; examples are leads that `user` may see.

    Of a published model it is what there is: which leads it scores, and how, by today's facts. While a recompute is on
    its way the stored scores are partly those of other rules, so that no two of these figures would fit together.
    """
    known = conditions.registry()
    own = specs.spec(model, known)
    compiled = _compiled(model, own, known, at)
    if model.state == ModelState.PUBLISHED:
        return _of_published(compiled, own)
    present = Lead.objects.present().count()
    bands, matches, reaching, changed, reaching_newly = _counts(compiled, own)
    stored = LeadScore.objects.filter(lead__is_present=True).aggregate(
        high=Count("pk", filter=Q(band=Band.HIGH)),
        middle=Count("pk", filter=Q(band=Band.MIDDLE)),
        reaching=Count("pk", filter=Q(reaches_line=True)),
    )
    # Nobody publishes what is retired.
    is_draft = model.state == ModelState.DRAFT
    newly = _newly(compiled) if is_draft and reaching_newly else []
    # Another line takes leads across it whose score stays.
    anybody = changed or reaching_newly or reaching != stored["reaching"]
    return Effect(
        leads=present,
        matches=matches,
        before={
            "high": stored["high"],
            "middle": stored["middle"],
            "low": present - stored["high"] - stored["middle"],
        },
        after=bands,
        reaching_before=stored["reaching"],
        reaching_after=reaching,
        changed=changed,
        newly=len(newly),
        newly_free=_free(newly, at),
        moved=_moved(compiled, user) if is_draft and anybody else (),
    )


def _of_published(compiled: Compiled, own: ModelSpec) -> Effect:
    """One pass over the leads that the model scores; before and after are the same."""
    statement = (
        Sql(f"SELECT n.band, COUNT(*), SUM(CASE WHEN {_reaches('n')} THEN 1 ELSE 0 END){_found(compiled, own)} FROM (")  # noqa: S608 (names and ids)
        + compiled.scores(_EVERYBODY, with_rules=True)
        + Sql(f") n WHERE n.model_id = {own.id} GROUP BY n.band")
    )
    rows = _fetch(statement)
    bands = {band.value: 0 for band in Band} | {row[0]: row[1] for row in rows}
    reaching = sum(row[2] for row in rows)
    return Effect(
        leads=sum(bands.values()),
        is_part=len(compiled.models) > 1,
        matches=_matches(own, [row[3:] for row in rows]),
        before=bands,
        after=bands,
        reaching_before=reaching,
        reaching_after=reaching,
    )


@dataclass(frozen=True)
class Crossing:
    """Of the leads that are there now: how many would reach the line newly, and how many no longer."""

    reach_newly: int
    reach_no_longer: int


def crossing(model: ScoringModel, *, line: int, at: datetime) -> Crossing:
    """Who crosses the line once the model is published with this `line`: one pass over the present leads."""
    known = conditions.registry()
    compiled = _compiled(model, replace(specs.spec(model, known), line=line), known, at)
    yes = "TRUE" if connection.vendor == "postgresql" else "1"
    no = "FALSE" if connection.vendor == "postgresql" else "0"
    was = f"COALESCE(t.reaches_line, {no})"
    statement = (
        Sql(
            f"SELECT COALESCE(SUM(CASE WHEN n.reaches_line = {yes} AND {was} = {no} THEN 1 ELSE 0 END), 0), "  # noqa: S608 (names)
            f"COALESCE(SUM(CASE WHEN n.reaches_line = {no} AND {was} = {yes} THEN 1 ELSE 0 END), 0) FROM ("
        )
        + compiled.scores(_EVERYBODY)
        + Sql(") n LEFT JOIN leads_leadscore t ON t.lead_id = n.lead_id")
    )
    return Crossing(*_fetch(statement)[0])


def _compiled(model: ScoringModel, own: ModelSpec, known: Registry, at: datetime) -> Compiled:
    home = organization.current()
    day = organization.local_day(at, home)
    return Compiled(
        specs.once_published(model, own, known), on=day, zone=home.zone, registry=known, vendor=connection.vendor
    )


def _counts(compiled: Compiled, own: ModelSpec) -> tuple[dict[str, int], dict[str, int], int, int, int]:
    """One pass: leads per band, leads per rule, leads over the line, leads whose total differs from the stored one,
    leads that reach the line newly.
    """
    yes, was = _reaches("n"), _reaches("t")
    statement = (
        Sql(
            f"SELECT n.band, COUNT(*), SUM(CASE WHEN {yes} THEN 1 ELSE 0 END), "  # noqa: S608 (names and ids)
            f"SUM(CASE WHEN n.total <> COALESCE(t.total, 0) THEN 1 ELSE 0 END), "
            f"SUM(CASE WHEN {yes} AND NOT COALESCE({was}, 1 = 0) THEN 1 ELSE 0 END){_found(compiled, own)} FROM ("
        )
        + compiled.scores(_EVERYBODY, with_rules=True)
        + Sql(") n LEFT JOIN leads_leadscore t ON t.lead_id = n.lead_id GROUP BY n.band")
    )
    rows = _fetch(statement)
    bands = {band.value: 0 for band in Band} | {row[0]: row[1] for row in rows}
    reaching, changed, newly = (sum(row[place] for row in rows) for place in (2, 3, 4))
    return bands, _matches(own, [row[5:] for row in rows]), reaching, changed, newly


def _reaches(alias: str) -> str:
    return f"{alias}.reaches_line = {'TRUE' if connection.vendor == 'postgresql' else '1'}"


def _found(compiled: Compiled, own: ModelSpec) -> str:
    """A column for each rule: how many of its model's leads it gives or takes points."""
    columns = [compiled.rule_columns[own.id, rule.key] for rule in own.rules]
    return "".join(f", SUM(CASE WHEN n.model_id = {own.id} AND n.{name} <> 0 THEN 1 ELSE 0 END)" for name in columns)


def _matches(own: ModelSpec, found: Sequence[Sequence[int]]) -> dict[str, int]:
    """What these columns, of several rows, come to for each rule."""
    return {rule.key: sum(row[n] for row in found) for n, rule in enumerate(own.rules)}


def _newly(compiled: Compiled) -> list[int]:
    yes, no = ("TRUE", "FALSE") if connection.vendor == "postgresql" else ("1", "0")
    statement = (
        Sql("SELECT n.lead_id FROM (")
        + compiled.scores(_EVERYBODY)
        + Sql(
            f") n LEFT JOIN leads_leadscore t ON t.lead_id = n.lead_id "
            f"WHERE n.reaches_line = {yes} AND COALESCE(t.reaches_line, {no}) = {no} ORDER BY n.lead_id"
        )
    )
    return [row[0] for row in _fetch(statement)]


def _free(lead_ids: list[int], at: datetime) -> int:
    return sum(
        asked(lead_ids[start : start + CHUNK], at)
        for asked in hooks.could_be_handed_over
        for start in range(0, len(lead_ids), CHUNK)
    )


def _moved(compiled: Compiled, user: Any) -> tuple[Moved, ...]:
    """Those who cross the line first, though their score may stay, then those whose score moves most."""
    crosses = "CASE WHEN n.reaches_line <> t.reaches_line THEN 0 ELSE 1 END"
    statement = (
        Sql("SELECT n.lead_id, t.total, n.total, n.band, t.reaches_line, n.reaches_line FROM (")
        + compiled.scores(_EVERYBODY)
        + Sql(
            ") n JOIN leads_leadscore t ON t.lead_id = n.lead_id "
            "WHERE n.total <> t.total OR n.reaches_line <> t.reaches_line "
            f"ORDER BY {crosses}, ABS(n.total - t.total) DESC, n.lead_id LIMIT {MOST_EXAMPLES * 3}"
        )
    )
    rows = _fetch(statement)
    leads = Lead.objects.visible_to(user).select_related("company").in_bulk([row[0] for row in rows])
    seen = [row for row in rows if row[0] in leads][:MOST_EXAMPLES]
    return tuple(Moved(leads[row[0]], row[1], row[2], row[3], _crossing(row[4], row[5])) for row in seen)


def _crossing(before: object, after: object) -> str:
    if bool(before) == bool(after):
        return ""
    return "up" if after else "down"


def _fetch(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return cursor.fetchall()

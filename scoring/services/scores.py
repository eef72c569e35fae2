"""The only writer of scores: one statement scores some leads or a range; what changed is kept and told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Model

from accounts.models import Organization
from accounts.queries import organization
from journal import services as journal
from journal.transactions import retried
from leads.domain.choices import CAUSE_ORDER, Stage, StaleCause
from leads.models import Lead, LeadScore, ScoreDue
from leads.queries import conditions
from scoring.models import ScoreHistory
from scoring.queries import specs
from scoring.queries.compile import Compiled, Scope
from scoring.services import locks

# How many leads one transaction scores: SQLite holds everybody else up meanwhile.
MOST_STALE = {"sqlite": 500, "postgresql": 1000}
_REASONS = {StaleCause.LIVE: "activity", StaleCause.EDIT: "edit", StaleCause.BULK: "import"}


@dataclass(frozen=True)
class Change:
    """A score whose band or line changed."""

    lead_id: int
    model_id: int | None
    total: int
    band: str
    reaches_line: bool
    was_total: int
    was_band: str
    was_reaching: bool

    @property
    def changes_band(self) -> bool:
        return self.band != self.was_band


@dataclass(frozen=True)
class Written:
    """How many scores were written, in how many the total changed, and those whose band or line changed.

    Another version of the rules is written beside each score, whether or not its total changes.
    """

    count: int
    changed: int
    changes: tuple[Change, ...]

    @property
    def band_changes(self) -> int:
        return sum(change.changes_band for change in self.changes)


def score_stale(*, at: datetime, limit: int = 1000) -> int:
    """Scores leads that are marked stale, oldest marks first; returns how many marks it took up.

    Call it again while it returns something. Marks that other workers hold are left to them.
    """
    return _score_stale(at=at, limit=min(limit, MOST_STALE[connection.vendor]))


@retried
def _score_stale(*, at: datetime, limit: int) -> int:
    locks.share_models()
    dues = _take(limit)
    if not dues:
        return 0
    by_cause: dict[str, list[int]] = defaultdict(list)
    for due in dues:
        by_cause[due.cause].append(due.lead_id)
    written = write(Scope(ids=tuple(due.lead_id for due in dues)), at=at)
    for cause, lead_ids in sorted(by_cause.items(), key=lambda item: -CAUSE_ORDER[StaleCause(item[0])]):
        own = set(lead_ids)
        changes = [change for change in written.changes if change.lead_id in own]
        _tell(changes, lead_ids, at=at, cause=cause, reason=_REASONS[StaleCause(cause)], source_id=None)
    _forget(dues)
    return len(dues)


def _take(limit: int) -> list[ScoreDue]:
    """The oldest marks, held until the transaction ends, so that whoever marks again waits and marks anew."""
    dues = ScoreDue.objects.order_by("marked_at")
    if connection.features.has_select_for_update_skip_locked:
        dues = dues.select_for_update(skip_locked=True)
    return list(dues[:limit])


def _forget(dues: Sequence[ScoreDue]) -> None:
    """Removes the marks that were read, and no later one."""
    by_generation: dict[int, list[int]] = defaultdict(list)
    for due in dues:
        by_generation[due.generation].append(due.lead_id)
    for generation, lead_ids in by_generation.items():
        ScoreDue.objects.filter(lead_id__in=lead_ids, generation=generation).delete()


@retried
def score_leads(
    *, lead_ids: Iterable[int], at: datetime, cause: str, reason: str, source_id: int | None = None
) -> Written:
    """Scores these leads now; `cause` is live, edit or bulk, `reason` as in `scores.written`."""
    locks.share_models()
    ids = tuple(sorted(set(lead_ids)))
    written = write(Scope(ids=ids), at=at)
    _tell(written.changes, ids, at=at, cause=cause, reason=reason, source_id=source_id)
    return written


def score_range(*, low: int, high: int, ids: Sequence[int] | None, at: datetime, run: Model, reason: str) -> Written:
    """Scores a range of a recompute (or those of it that `ids` names); within the caller's transaction, which sees
    one moment.
    """
    scope = Scope(low=low, high=high) if ids is None else Scope(ids=tuple(ids))
    written = write(scope, at=at, sifted=True)
    _remember(written.changes, at, reason)
    if written.count:
        data = {"changed": written.changed, "band_changes": written.band_changes, "low": low, "high": high}
        journal.record("scores.changed", subject=run, by=None, at=at, data=data)
    # Read from its own index alone; whoever takes leads up looks whether they are still there.
    reached = LeadScore.objects.filter(reaches_line=True)
    chosen = reached.filter(lead__gte=low, lead__lte=high) if ids is None else reached.filter(lead_id__in=list(ids))
    _announce(list(chosen.values_list("lead_id", flat=True)), at, StaleCause.BULK, reason, run.pk)
    return written


def write(scope: Scope, *, at: datetime, sifted: bool = False) -> Written:
    """Runs the compiled statement of the published models (see `Compiled.write`); without any nothing is scored."""
    known = conditions.registry()
    models = specs.published(known)
    if not models:
        return Written(0, 0, ())
    home = organization.current()
    compiled = Compiled(
        models, on=organization.local_day(at, home), zone=home.zone, registry=known, vendor=connection.vendor
    )
    statement = compiled.write(scope, at=at, sifted=sifted)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows = [Change(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], bool(row[7])) for row in cursor]
    if connection.vendor == "postgresql":
        return Written(rows[-1].total, rows[-1].was_total, tuple(rows[:-1]))
    notable = (row for row in rows if row.changes_band or row.reaches_line != row.was_reaching)
    return Written(len(rows), sum(row.total != row.was_total for row in rows), tuple(notable))


# -- what follows from a score -----------------------------------------------------------------------


def _tell(
    changes: Sequence[Change], lead_ids: Sequence[int], *, at: datetime, cause: str, reason: str, source_id: int | None
) -> None:
    """History, the log, and within this transaction whoever acts on leads over the line."""
    _remember(changes, at, reason)
    if cause == StaleCause.BULK:
        _log_bulk(changes, at)
    else:
        _log_each(changes, at, cause)
    reached = LeadScore.objects.filter(lead_id__in=lead_ids, reaches_line=True).values_list("lead_id", flat=True)
    _announce(list(reached), at, cause, reason, source_id, stirred=_stirred(lead_ids, cause))


def _stirred(lead_ids: Sequence[int], cause: str) -> list[int]:
    """Those at rest that somebody's act or edit had scored again: over the line or not, they may be due a look."""
    if cause == StaleCause.BULK:
        return []
    resting = Lead.objects.in_stage(Stage.NURTURE, Stage.LOST).filter(pk__in=lead_ids)
    return list(resting.order_by("pk").values_list("pk", flat=True))


def _remember(changes: Iterable[Change], at: datetime, reason: str) -> None:
    ScoreHistory.objects.bulk_create(
        (
            ScoreHistory(lead_id=c.lead_id, at=at, cause=reason, model_id=c.model_id, total=c.total, band=c.band)
            for c in changes
            if c.changes_band
        ),
        batch_size=500,
    )


def _log_each(changes: Iterable[Change], at: datetime, cause: str) -> None:
    for change in changes:
        data = {
            "total": change.total,
            "band": change.band,
            "was_total": change.was_total,
            "was_band": change.was_band,
            "cause": cause,
        }
        journal.record(
            "lead.scored", subject=Lead(pk=change.lead_id), by=None, at=at, lead_id=change.lead_id, data=data
        )


def _log_bulk(changes: Sequence[Change], at: datetime) -> None:
    if changes:
        data = {"changed": len(changes), "band_changes": sum(change.changes_band for change in changes)}
        journal.record("scores.changed", subject=organization.current(), by=None, at=at, data=data)


def _announce(
    reached: list[int], at: datetime, cause: str, reason: str, source_id: int | None, *, stirred: Sequence[int] = ()
) -> None:
    if reached or stirred:
        data = {"cause": str(cause), "reason": reason, "source_id": source_id, "reached": sorted(reached)}
        if stirred:
            data["stirred"] = list(stirred)
        journal.record("scores.written", subject=Organization(pk=1), by=None, at=at, data=data)

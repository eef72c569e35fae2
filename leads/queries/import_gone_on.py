"""Which leads of an import went on since: others edited them, acted with them, moved them, handed them over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q

from journal.models import Event
from leads import hooks
from leads.domain.choices import DueKind, Stage
from leads.models import Activity, ImportRow, ImportRun, Lead

_CHUNK = 500
_EARLY = [Stage.LEAD, Stage.MAL]
# Over the line, but nobody has decided on the batch it lies in.
_UNDECIDED = Q(stage=Stage.MQL, due_kind=DueKind.BATCH)


def gone_on(run: ImportRun, *, created: Sequence[int], updated: Sequence[int], history: set[int]) -> dict[int, str]:
    """Why each of these leads has to stay as it is: handoff, deal, moved, stage, activity or edited.

    A stage that the file gave to a lead of before can't be unwritten from its log; a new lead goes with its log.
    `history`: to whom the import gave a stage or an owner (`with_history`).
    """
    kept: dict[int, str] = {}
    for ids in _chunks(sorted({*created, *updated})):
        written = _written(run, ids)
        kept |= _edited(written)
        kept |= dict.fromkeys(_acted(run, written), "activity")
        kept |= dict.fromkeys(history.intersection(ids) - set(created), "stage")
        kept |= dict.fromkeys(_moved(set(ids).intersection(created), history), "moved")
        kept |= dict.fromkeys(_asked(hooks.leads_with_changed_deals, ids), "deal")
        kept |= dict.fromkeys(_handed_over(written, set(created)), "handoff")
    return kept


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def with_history(run: ImportRun) -> set[int]:
    """Leads to which the import gave a stage or an owner."""
    events = Event.objects.filter(kind="import.rows_applied", subject_type="leads.importrun", subject_id=run.pk)
    return {row["lead"] for data in events.values_list("data", flat=True).iterator() for row in data["rows"]}


def _written(run: ImportRun, ids: list[int]) -> dict[int, datetime]:
    """When the import last wrote each lead; a held row that was decided later was written later."""
    wrote = ImportRow.objects.filter(
        run=run, lead__in=ids, result__in=[ImportRow.Result.CREATED, ImportRow.Result.UPDATED]
    )
    rows = wrote.order_by().values_list("lead").annotate(Max("written_at"))
    return {pk: moment or run.finished_at for pk, moment in rows}


def _edited(written: Mapping[int, datetime]) -> dict[int, str]:
    found = Lead.objects.filter(pk__in=written).values_list("pk", "updated_at", "is_present")
    return {pk: "edited" for pk, moment, is_present in found if not is_present or moment > written[pk]}


def _acted(run: ImportRun, written: Mapping[int, datetime]) -> set[int]:
    since = Activity.objects.filter(lead__in=written, received_at__gt=min(written.values()))
    found = since.values_list("lead", "received_at", "metadata")
    return {pk for pk, moment, about in found if moment > written[pk] and about.get("import") != run.pk}


def _handed_over(written: Mapping[int, datetime], created: set[int]) -> set[int]:
    """A lead of before may have been handed over before: that speaks against nothing. A new one's handoffs are all
    later, even by a clock behind the import's."""
    latest = [found for ask in hooks.latest_handovers for found in ask(list(written)).items()]
    return {pk for pk, moment in latest if pk in created or moment > written[pk]}


def _moved(created: set[int], history: set[int]) -> set[int]:
    early = Q(stage__in=_EARLY) | _UNDECIDED
    moved = set(Lead.objects.filter(pk__in=created - history).exclude(early).values_list("pk", flat=True))
    return moved | _asked(hooks.leads_moved_here, created & history)


def _asked(questions: list[hooks.Question], ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    return set().union(*(ask(wanted) for ask in questions)) if wanted else set()

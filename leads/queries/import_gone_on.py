"""Which leads of an import went on since: others edited them, acted with them, moved them, handed them over."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q

from journal.models import Event
from leads import hooks
from leads.domain.choices import DueKind, Stage
from leads.domain.normalise import derived
from leads.models import Activity, ImportRow, ImportRun, Lead, Merge
from leads.queries.among import Among

_CHUNK = 500
_Latest = Callable[[Collection[int]], dict[int, datetime]]
_EARLY = [Stage.LEAD, Stage.MAL]
# Over the line, but nobody has decided on the batch it lies in.
_UNDECIDED = Q(stage=Stage.MQL, due_kind=DueKind.BATCH)


@dataclass(frozen=True)
class _Span:
    """From when to when the import wrote a lead: a held row that was decided later was written later."""

    first: datetime
    last: datetime


def gone_on(run: ImportRun, *, created: Sequence[int], updated: Sequence[int], history: set[int]) -> dict[int, str]:
    """Why each of these leads has to stay as it is: handoff, deal, moved, stage, activity, merged, edited or taken.

    A stage that the file gave to a lead of before can't be unwritten from its log; a new lead goes with its log.
    `history`: to whom the import gave a stage or an owner (`with_history`).
    """
    kept: dict[int, str] = {}
    for ids in _chunks(sorted({*created, *updated})):
        written = _written(run, ids)
        kept |= _edited_between(run, written) | _edited(written)
        kept |= dict.fromkeys(_whose_keys_are_taken(run, set(ids).intersection(updated)), "taken")
        kept |= dict.fromkeys(_acted(run, written), "activity")
        kept |= dict.fromkeys(history.intersection(ids) - set(created), "stage")
        kept |= dict.fromkeys(_moved(set(ids).intersection(created), history), "moved")
        kept |= dict.fromkeys(_since(hooks.latest_deal_changes, written, set(created)), "deal")
        kept |= dict.fromkeys(_since(hooks.latest_handovers, written, set(created)), "handoff")
    return kept


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def with_history(run: ImportRun) -> set[int]:
    """Leads to which the import gave a stage or an owner."""
    events = Event.objects.filter(kind="import.rows_applied", subject_type="leads.importrun", subject_id=run.pk)
    return {row["lead"] for data in events.values_list("data", flat=True).iterator() for row in data["rows"]}


def _written(run: ImportRun, ids: list[int]) -> dict[int, _Span]:
    wrote = ImportRow.objects.filter(
        run=run, lead__in=ids, result__in=[ImportRow.Result.CREATED, ImportRow.Result.UPDATED]
    )
    rows = wrote.order_by().values_list("lead").annotate(Min("written_at"), Max("written_at"))
    return {pk: _Span(first or run.finished_at, last or run.finished_at) for pk, first, last in rows}


def _edited_between(run: ImportRun, written: Mapping[int, _Span]) -> dict[int, str]:
    """Whom others wrote after the import's first row for them and before its last: of that the lead itself says
    nothing any more.
    """
    twice = {pk: span for pk, span in written.items() if span.first < span.last}
    if not twice:
        return {}
    since = min(span.first for span in twice.values())
    edits = Event.objects.filter(kind="lead.updated", lead_id__in=twice, at__gt=since).values_list("lead_id", "at")
    brought = ImportRow.objects.filter(lead__in=twice, result=ImportRow.Result.UPDATED, written_at__gt=since)
    brought = brought.exclude(run=run).exclude(run__state=ImportRun.State.UNDONE, kept="")
    merges = Merge.objects.filter(survivor__in=twice, at__gt=since, undone_at=None).values_list("survivor", "at")
    found = [(pk, at, "edited") for pk, at in [*edits, *brought.values_list("lead", "written_at")]]
    found += [(pk, at, "merged") for pk, at in merges]
    return {pk: why for pk, at, why in found if twice[pk].first < at <= twice[pk].last}


def _edited(written: Mapping[int, _Span]) -> dict[int, str]:
    """What was written since. A merge that was taken back and left a lead as it had been is no change of it."""
    found = Lead.objects.filter(pk__in=written).only("version", "updated_at", "is_present", "merged_into")
    later = [lead for lead in found if not lead.is_present or lead.updated_at > written[lead.pk].last]
    merges = _merges([lead.pk for lead in later])
    kept = {}
    for lead in later:
        own = merges.get(lead.pk, [])
        moment = _last_written(lead, own)
        if not lead.is_present or moment > written[lead.pk].last:
            was_merged = lead.merged_into_id or any(moment in (one.at, one.undone_at) for one in own)
            kept[lead.pk] = "merged" if was_merged else "edited"
    return kept


def _merges(ids: Sequence[int]) -> dict[int, list[Merge]]:
    """The merges that each was in, newest first."""
    found: dict[int, list[Merge]] = defaultdict(list)
    for merge in Merge.objects.filter(Q(survivor__in=ids) | Q(loser__in=ids)).order_by("-pk") if ids else ():
        found[merge.survivor_id].append(merge)
        found[merge.loser_id].append(merge)
    return found


def _last_written(lead: Lead, merges: Iterable[Merge]) -> datetime:
    """When the lead became what it is: before the merges of which nothing is left."""
    version, moment = lead.version, lead.updated_at
    for merge in merges:
        before = merge.before.get("leads", {})
        if before.get("parted", {}).get(str(lead.pk)) == version:
            version, written = before["written"][str(lead.pk)]
            moment = datetime.fromisoformat(written)
    return moment


# What a lead's keys are made of.
_CONTACTS = ("email", "mobile", "phone")


def _whose_keys_are_taken(run: ImportRun, ids: Collection[int]) -> set[int]:
    """Those who would go back to an address or a number that somebody else has by now."""
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = ImportRow.objects.filter(run=run, lead__in=ids, result=ImportRow.Result.UPDATED).order_by("-number")
    for pk, old in rows.values_list("lead", "old"):
        before[pk] |= {name: old[name] for name in _CONTACTS if name in old}
    wanted = [pk for pk, values in before.items() if values]
    keys = {lead.pk: derived(vars(lead) | before[lead.pk], "") for lead in Lead.objects.filter(pk__in=wanted)}
    emails = {one["email_key"]: pk for pk, one in keys.items() if one["email_key"]}
    # A number is somebody's own only where no address is known.
    mobiles = {one["mobile_key"]: pk for pk, one in keys.items() if one["mobile_key"] and not one["email_key"]}
    return _others_have("email_key", emails, ~Q(email_key="")) | _others_have("mobile_key", mobiles, Q(email_key=""))


def _others_have(column: str, wanted: Mapping[str, int], also: Q) -> set[int]:
    if not wanted:
        return set()
    here = Lead.objects.present().filter(also, Among(column, wanted)).values_list(column, "pk")
    return {wanted[key] for key, pk in here if pk != wanted[key]}


def _acted(run: ImportRun, written: Mapping[int, _Span]) -> set[int]:
    since = min(span.first for span in written.values())
    found = Activity.objects.filter(lead__in=written, received_at__gt=since)
    rows = found.values_list("lead", "received_at", "metadata")
    return {pk for pk, moment, about in rows if moment > written[pk].first and about.get("import") != run.pk}


def _since(asked: Iterable[_Latest], written: Mapping[int, _Span], created: set[int]) -> set[int]:
    """What happened to a lead of before may have happened before, and then speaks against nothing. What happened to a
    new one is all later, even by a clock behind the import's."""
    latest = [found for ask in asked for found in ask(list(written)).items()]
    return {pk for pk, moment in latest if pk in created or moment > written[pk].first}


def _moved(created: set[int], history: set[int]) -> set[int]:
    early = Q(stage__in=_EARLY) | _UNDECIDED
    moved = set(Lead.objects.filter(pk__in=created - history).exclude(early).values_list("pk", flat=True))
    return moved | _asked(hooks.leads_moved_here, created & history)


def _asked(questions: list[hooks.Question], ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    return set().union(*(ask(wanted) for ask in questions)) if wanted else set()

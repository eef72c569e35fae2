"""Rows that an import has brought before, cell by cell as they are: the same file again changes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import F, Max, Q

from journal.models import Event
from leads.models import ImportRow, ImportRun, Lead

REPEATED = "repeated"
# The same of a row that can't be read as it stands in the file: it was corrected before it was brought.
CORRECTED = "corrected_before"
State, Result = ImportRun.State, ImportRow.Result
_TAKEN_BACK = (State.UNDOING, State.UNDONE)
_LOOKED_AT = Q(dry_run=True, state__in=(State.QUEUED, State.RUNNING, State.PREVIEW))
_WRITTEN = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)
_CHUNK = 500


@dataclass(frozen=True)
class Earlier:
    """Where a row came in first: the import, and the lead that it means today."""

    run_id: int
    lead_id: int


@dataclass(frozen=True)
class Brought:
    """The rows that brought something: by their cells, and those of the very same file by their lines."""

    by_cells: dict[tuple[str, ...], Earlier] = field(default_factory=dict)
    by_line: dict[int, Earlier] = field(default_factory=dict)

    def same_as(self, row: ImportRow, *, is_readable: bool) -> Earlier | None:
        """Where the row came in before. One that can't be read was corrected then, so its cells are no longer alike."""
        return self.by_cells.get(tuple(row.cells)) if is_readable else self.by_line.get(row.line)


@dataclass(frozen=True)
class _Spell:
    """While an import that was taken back stood on a lead: `until` is None where its taking back has not ended."""

    since: tuple[datetime, int]
    until: datetime | None

    def covers(self, written_at: datetime, run_id: int) -> bool:
        return self.since <= (written_at, run_id) and (self.until is None or written_at < self.until)


@dataclass(frozen=True)
class Repeats:
    """What the imports that stand and read their columns as `run` does have brought; asked for once a run."""

    run: ImportRun
    # By the import whether it was of the very same file.
    standing: Mapping[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ImportRun) -> "Repeats":
        """For the rows of this run; its columns have got their meaning by now. What stopped on its way or is still
        at work counts as far as it has written."""
        found = ImportRun.objects.filter(
            match_on=run.match_on,
            date_order=run.date_order,
            channel=run.channel_id,
            campaign=run.campaign_id,
        )
        found = found.exclude(_LOOKED_AT).exclude(state__in=_TAKEN_BACK).exclude(pk=run.pk)
        # Compared here: as documents the two databases hold them differently.
        alike = (one for one in found.only(*_READING, *_FILE) if _of(one, _READING) == _of(run, _READING))
        return cls(run, {one.pk: bool(run.digest) and _of(one, _FILE) == _of(run, _FILE) for one in alike})

    def leads_at(self, numbers: Sequence[int]) -> set[int]:
        """Whom the rows of these numbers meant in imports of the very same file: of somebody whose name and address
        were both edited since, their cells say nothing."""
        same = [pk for pk, is_same in self.standing.items() if is_same] if numbers else []
        if not same:
            return set()
        first, last = min(numbers), max(numbers)
        # A chunk's rows follow on one another; held ones that were decided may lie anywhere in the file.
        follow = last - first < 2 * len(numbers)
        these = Q(number__gte=first, number__lte=last) if follow else Q(number__in=numbers)
        written = ImportRow.objects.filter(
            these, run__in=same, result__in=_WRITTEN, lead__isnull=False, written_at__isnull=False
        )
        return set(written.order_by().values_list("lead", flat=True).distinct())

    def among(self, leads: Iterable[int]) -> Brought:
        """The rows that brought something to one of these leads, or to somebody merged into it: those of the latest
        import that named the lead at all, and those of the same file.

        A row of an older file than the latest may well be news: what is open, closed, and open again is open.
        """
        ids = set(leads) if self.standing else set()
        found = Brought()
        if not ids:
            return found
        merged = dict(Lead.objects.filter(merged_into__in=ids).values_list("pk", "merged_into"))
        brought = {}
        for pk, line, earlier in self._brought(ids, merged):
            brought[pk] = earlier
            if line:
                found.by_line.setdefault(line, earlier)
        wanted = list(brought)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            cells = dict(ImportRow.objects.filter(pk__in=chunk).values_list("pk", "cells"))
            for pk in chunk:
                found.by_cells.setdefault(tuple(cells[pk]), brought[pk])
        return found

    def _brought(self, ids: set[int], merged: Mapping[int, int]) -> Iterator[tuple[int, int, Earlier]]:
        """The rows that count, the latest first, with the line of those of the very same file (else 0). Without their
        cells: a lead may have been named by many imports."""
        named = [*ids, *merged]
        # Asked anew for every chunk: meanwhile somebody may have taken one back.
        still = set(
            ImportRun.objects.filter(pk__in=list(self.standing))
            .exclude(state__in=_TAKEN_BACK)
            .values_list("pk", flat=True)
        )
        spells = _spells(named)
        rows = ImportRow.objects.filter(
            run__in=list(still), lead__in=named, result__in=_WRITTEN, written_at__isnull=False
        )
        columns = ("pk", "run", "lead", "line", "written_at", "errors")
        latest: dict[int, int] = {}
        seen: set[tuple[int, int]] = set()
        for pk, run_id, then, line, at, errors in rows.order_by("-run", "number").values_list(*columns).iterator():
            origin = _origin(errors, run_id)
            if origin != run_id and origin not in still:
                # It only repeated what was taken back since.
                continue
            if any(one.covers(at, run_id) for one in spells.get(then, ())):
                # What it found there already may have been what was taken back.
                continue
            lead_id = merged.get(then, then)
            is_latest = latest.setdefault(lead_id, run_id) == run_id
            if is_latest or (self.standing[run_id] and (lead_id, line) not in seen):
                yield pk, line if self.standing[run_id] else 0, Earlier(origin, lead_id)
            if self.standing[run_id]:
                seen.add((lead_id, line))

    def is_left_out(self, cells: Sequence[str]) -> bool:
        """Whether somebody decided of a row just like this that it stays out."""
        return bool(self.standing) and hash(tuple(cells)) in self._left_out

    @cached_property
    def _left_out(self) -> frozenset[int]:
        rows = ImportRow.objects.filter(run__in=list(self.standing), result=Result.UNCHANGED)
        skipped = rows.filter(resolution="skip").values_list("cells", flat=True)
        # Their hashes alone: a file may have been left out as a whole.
        return frozenset(hash(tuple(cells)) for cells in skipped.iterator(chunk_size=500))


_READING = ("headers", "mapping", "constants")
_FILE = ("digest", "sheet", "encoding")


def _of(run: ImportRun, names: Iterable[str]) -> list[object]:
    return [getattr(run, name) for name in names]


def _spells(leads: Sequence[int]) -> dict[int, list[_Spell]]:
    """By the lead, when an import had changed it that has been turned back on it since."""
    runs = ImportRun.objects.filter(Q(state=State.UNDONE) | Q(taken_back__gt=0)).values_list(
        "pk", "state", "finished_at"
    )
    stopped = _latest_undoing([pk for pk, state, _at in runs if state not in _TAKEN_BACK])
    ended = {pk: at if state == State.UNDONE else stopped.get(pk) for pk, state, at in runs}
    found: dict[int, list[_Spell]] = {}
    if not ended:
        return found
    back = Q(run__state=State.UNDONE) | Q(number__lte=F("run__taken_back"))
    rows = ImportRow.objects.filter(
        back, run__in=list(ended), lead__in=leads, result=Result.UPDATED, kept="", written_at__isnull=False
    )
    for lead_id, run_id, at in rows.values_list("lead", "run", "written_at"):
        found.setdefault(lead_id, []).append(_Spell((at, run_id), ended[run_id]))
    return found


def _latest_undoing(runs: Sequence[int]) -> dict[int, datetime]:
    """When each of these imports was last being taken back, before that stopped."""
    said = Event.objects.filter(kind="import.undoing", subject_type="leads.importrun", subject_id__in=runs)
    return dict(said.order_by().values_list("subject_id").annotate(Max("at"))) if runs else {}


def _origin(errors: Sequence[Mapping[str, object]], run_id: int) -> int:
    """The import that brought the row: another one where this one only repeated it."""
    values = next((fault["values"] for fault in errors if fault["code"] in (REPEATED, CORRECTED)), None)
    return int(values["import"]) if isinstance(values, dict) else run_id

"""Rows that an import has brought before, cell by cell as they are: the same file again changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from leads.models import ImportRow, ImportRun, Lead

REPEATED = "repeated"
_STANDS = (ImportRun.State.COMMITTING, ImportRun.State.DONE)
_WRITTEN = (ImportRow.Result.CREATED, ImportRow.Result.UPDATED, ImportRow.Result.UNCHANGED)


@dataclass(frozen=True)
class Earlier:
    """Where a row came in first: the import, and the lead that it means today."""

    run_id: int
    lead_id: int


@dataclass(frozen=True)
class Repeats:
    """What the imports that stand and read their columns as `run` does have brought; asked for once a run."""

    run: ImportRun
    # By the import whether it was of the very same file.
    standing: Mapping[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ImportRun) -> "Repeats":
        """For the rows of this run; its columns have got their meaning by now."""
        found = ImportRun.objects.filter(
            state__in=_STANDS,
            match_on=run.match_on,
            date_order=run.date_order,
            channel=run.channel_id,
            campaign=run.campaign_id,
        ).exclude(pk=run.pk)
        # Compared here: as documents the two databases hold them differently.
        alike = (one for one in found.only(*_READING, "digest") if _reading(one) == _reading(run))
        return cls(run, {one.pk: bool(run.digest) and one.digest == run.digest for one in alike})

    def among(self, leads: Iterable[int]) -> dict[tuple[str, ...], Earlier]:
        """By their cells the rows that brought something to one of these leads, or to somebody merged into it: those
        of the latest import that named the lead at all, and those of the same file.

        A row of an older file than the latest may well be news: what is open, closed, and open again is open.
        """
        ids = set(leads) if self.standing else set()
        if not ids:
            return {}
        merged = dict(Lead.objects.filter(merged_into__in=ids).values_list("pk", "merged_into"))
        rows = ImportRow.objects.filter(
            run__in=list(self.standing), lead__in=[*ids, *merged], result__in=_WRITTEN, written_at__isnull=False
        )
        latest: dict[int, int] = {}
        found: dict[tuple[str, ...], Earlier] = {}
        for run_id, gone_or_here, cells, errors in rows.order_by("-run", "number").values_list(
            "run", "lead", "cells", "errors"
        ):
            origin = _origin(errors, run_id)
            if origin != run_id and origin not in self.standing:
                # It only repeated what was taken back since.
                continue
            lead_id = merged.get(gone_or_here, gone_or_here)
            if latest.setdefault(lead_id, run_id) == run_id or self.standing[run_id]:
                found.setdefault(tuple(cells), Earlier(origin, lead_id))
        return found

    def is_left_out(self, cells: Sequence[str]) -> bool:
        """Whether somebody decided of a row just like this that it stays out."""
        return bool(self.standing) and hash(tuple(cells)) in self._left_out

    @cached_property
    def _left_out(self) -> frozenset[int]:
        rows = ImportRow.objects.filter(run__in=list(self.standing), result=ImportRow.Result.UNCHANGED)
        skipped = rows.filter(resolution="skip").values_list("cells", flat=True)
        # Their hashes alone: a file may have been left out as a whole.
        return frozenset(hash(tuple(cells)) for cells in skipped.iterator(chunk_size=500))


_READING = ("headers", "mapping", "constants")


def _reading(run: ImportRun) -> list[object]:
    return [getattr(run, name) for name in _READING]


def _origin(errors: Sequence[Mapping[str, object]], run_id: int) -> int:
    """The import that brought the row: another one where this one only repeated it."""
    values = next((fault["values"] for fault in errors if fault["code"] == REPEATED), None)
    return int(values["import"]) if isinstance(values, dict) else run_id

"""What persons decided on held rows that were written: the same row of the same file again is not asked about anew."""

from collections.abc import Collection, Sequence

from leads.models import ImportRow, ImportRun

_STANDS = (ImportRun.State.COMMITTING, ImportRun.State.DONE)
_WRITTEN = (ImportRow.Result.UPDATED, ImportRow.Result.UNCHANGED)


def answered(leads: Collection[int], run: ImportRun) -> dict[int, list[Sequence[str]]]:
    """By each of these leads the cells of rows of which somebody decided that they mean it; of imports that read their
    columns as this one does and were not taken back."""
    rows = ImportRow.objects.filter(lead__in=leads, result__in=_WRITTEN, run__state__in=_STANDS)
    decided = rows.exclude(resolution__in=["", "new", "skip"]).select_related("run")
    found: dict[int, list[Sequence[str]]] = {lead: [] for lead in leads}
    for row in decided.only("lead", "cells", "run__headers", "run__mapping", "run__constants"):
        if _reading(row.run) == _reading(run) and row.lead_id:
            found[row.lead_id].append(row.cells)
    return found


def _reading(run: ImportRun) -> tuple[object, ...]:
    return run.headers, run.mapping, run.constants

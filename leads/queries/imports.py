"""Reads about imports: runs, rows with their reasons, the refused ones as a file, scores that differ."""

import csv
import io
from collections.abc import Iterator

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leads.domain.import_cells import for_spreadsheet
from leads.imports.errors import BY_CODE
from leads.imports.sentences import row_sentence
from leads.models import ImportRow, ImportRun


def runs() -> QuerySet[ImportRun]:
    """All imports, newest first."""
    return ImportRun.objects.select_related("created_by", "channel", "campaign").order_by("-pk")


def rows(run: ImportRun, *, result: str = "") -> QuerySet[ImportRow]:
    """The rows of a run in the order of the file."""
    found = ImportRow.objects.filter(run=run).select_related("lead__company").order_by("number")
    return found.filter(result=result) if result else found


def progress(run: ImportRun) -> float:
    """The share of rows that are done, 0 to 1."""
    if run.state == ImportRun.State.DONE:
        return 1.0
    return round(run.rows_done / run.rows, 4) if run.rows else 0.0


def error_text(run: ImportRun) -> str:
    """Why the run was refused or failed, in the reader's language; '' when it was not."""
    if not run.error_code:
        return ""
    known = BY_CODE.get(run.error_code)
    if known is not None:
        return str(known(**run.error_values))
    if run.error_code == "worker_died":
        return _("The import stopped several times at the same place. Split the file and import the parts.")
    return _("The columns of this import are no longer known. Import the file again.")


def decided(run: ImportRun) -> int:
    """How many held rows wait for the commit as new or as somebody's."""
    held = ImportRow.objects.filter(run=run, result=ImportRow.Result.DUPLICATE)
    return held.exclude(resolution__in=["", "skip"]).count()


def refused_csv(run: ImportRun) -> Iterator[str]:
    """The refused rows as CSV for a spreadsheet: line, reason, then the row as it was."""
    yield "\ufeff" + _line([pgettext("import", "Line"), _("Reason"), *run.headers])
    for row in rows(run, result=ImportRow.Result.REFUSED).iterator(chunk_size=500):
        reasons = " / ".join(_reason(fault) for fault in row.errors)
        yield _line([str(row.line), reasons, *row.cells])


def _reason(fault: dict[str, str]) -> str:
    sentence = row_sentence(fault)
    return f"{fault['column']}: {sentence}" if fault.get("column") else sentence


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([for_spreadsheet(cell) for cell in cells])
    return out.getvalue()


def score_differences(run: ImportRun) -> QuerySet[ImportRow]:
    """Rows whose score in the file is not the lead's present one; `ours` beside `stated_score`."""
    scored = rows(run).filter(stated_score__isnull=False, lead__score__isnull=False)
    return scored.annotate(ours=F("lead__score__total")).exclude(stated_score=F("ours"))


def scores_stated(run: ImportRun) -> int:
    """How many rows had a score written in the file and a lead to compare with."""
    return ImportRow.objects.filter(run=run, stated_score__isnull=False, lead__isnull=False).count()


def scores_owed(run: ImportRun) -> int:
    """How many of those leads still wait for their score."""
    owed = ImportRow.objects.filter(run=run, stated_score__isnull=False, lead__score_due__isnull=False)
    return owed.values("lead").distinct().count()

"""Reads about imports: runs, rows with their reasons, the refused ones as a file, scores that differ."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import xlsxwriter
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leads.domain.choices import Stage
from leads.domain.import_cells import for_spreadsheet
from leads.domain.import_faults import MAY_BE_NEW
from leads.domain.import_values import ASIDE
from leads.imports.errors import BY_CODE
from leads.imports.sentences import row_sentence
from leads.models import ImportRow, ImportRun, Lead


def runs() -> QuerySet[ImportRun]:
    """All imports, newest first."""
    return ImportRun.objects.select_related("created_by", "channel", "campaign").order_by("-pk")


def rows(run: ImportRun, *, result: str = "", kept: bool = False) -> QuerySet[ImportRow]:
    """The rows of a run in the order of the file; `kept`: those whose lead stayed when it was taken back."""
    found = ImportRow.objects.filter(run=run).select_related("lead__company").order_by("number")
    found = found.exclude(kept="") if kept else found
    return found.filter(result=result) if result else found


# What `ImportRow.is_skipped` says of one row.
SKIPPED = Q(result=ImportRow.Result.UNCHANGED, resolution="skip")


def skipped(run: ImportRun) -> QuerySet[ImportRow]:
    """The held rows of which a person decided that they stay out."""
    return rows(run).filter(SKIPPED)


def skipped_in(runs: Iterable[ImportRun]) -> dict[int, int]:
    """How many there are in each of these runs, in one query."""
    found = ImportRow.objects.filter(SKIPPED, run__in=[run.pk for run in runs if run.unchanged])
    return dict(found.order_by().values_list("run").annotate(Count("pk")))


def idle_among(runs: Collection[ImportRun]) -> set[int]:
    """The previews among these runs that would write nothing and ask nothing, in one query."""
    maybe = {run.pk for run in runs if run.state == ImportRun.State.PREVIEW and run.rows}
    maybe -= {run.pk for run in runs if run.created or run.updated or run.refused}
    held = ImportRow.objects.filter(run__in=maybe, result=ImportRow.Result.DUPLICATE).exclude(resolution="skip")
    return maybe - set(held.order_by().values_list("run", flat=True).distinct())


def unchanged(run: ImportRun) -> QuerySet[ImportRow]:
    """The rows that had nothing to change, without those skipped."""
    return rows(run, result=ImportRow.Result.UNCHANGED).exclude(SKIPPED)


_WRITTEN = [
    ImportRun.State.COMMITTING,
    ImportRun.State.DONE,
    ImportRun.State.UNDOING,
    ImportRun.State.UNDONE,
]
# Rows that stand for somebody of the list; of a held row nobody knows yet whom it means.
_TAKEN = [ImportRow.Result.CREATED, ImportRow.Result.UPDATED, ImportRow.Result.UNCHANGED]


def leads_of(run_id: int) -> QuerySet[ImportRow, int]:
    """The ids of the leads that the file's rows made, changed or found as they are; who was merged since is the lead
    they were merged into."""
    taken = ImportRow.objects.filter(run=run_id, result__in=_TAKEN, lead__isnull=False)
    return taken.values(stays=Coalesce("lead__merged_into", "lead"))


def with_leads(most: int, *, also: int | None = None) -> list[ImportRun]:
    """The latest imports that wrote leads, newest first; `also` one of them whatever its age."""
    stopped = Q(Exists(_written_rows(run=OuterRef("pk"))), state=ImportRun.State.FAILED)
    written = ImportRun.objects.filter(Q(state__in=_WRITTEN) | stopped, rows__gt=0).order_by("-pk")
    latest = list(written[:most])
    missing = also is not None and all(run.pk != also for run in latest)
    return [*latest, *written.filter(pk=also)] if missing else latest


def without_contact(run: ImportRun) -> int:
    """How many still at the start have neither telephone nor e-mail: nobody can call them, and they never become MAL."""
    silent = Lead.objects.present().in_stage(Stage.LEAD).without_contact()
    return silent.filter(pk__in=leads_of(run.pk)).count()


def progress(run: ImportRun) -> float:
    """The share of rows that are done, 0 to 1."""
    if run.state == ImportRun.State.DONE:
        return 1.0
    if run.state == ImportRun.State.UNDOING:
        return round(run.taken_back / run.rows, 4) if run.rows else 0.0
    return round(run.rows_done / run.rows, 4) if run.rows else 0.0


def was_written(run: ImportRun) -> bool:
    """Whether it has made or changed any lead so far; a preview only says what it would."""
    return _written_rows(run=run).exists()


def _written_rows(**of: Any) -> QuerySet[ImportRow]:
    made = [ImportRow.Result.CREATED, ImportRow.Result.UPDATED]
    return ImportRow.objects.filter(result__in=made, written_at__isnull=False, **of)


def kept(run: ImportRun) -> int:
    """How many leads stayed as they are when it was taken back."""
    return ImportRow.objects.filter(run=run).exclude(kept="").values("lead").distinct().count()


def error_text(run: ImportRun) -> str:
    """Why the run was refused or failed, in the reader's language; '' when it was not."""
    if not run.error_code:
        return ""
    known = BY_CODE.get(run.error_code)
    if known is not None:
        return str(known(**run.error_values))
    if run.error_code == "undo_stopped":
        return _("Undoing stopped several times at the same place. What has been undone stays undone; try again.")
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


def refused_xlsx(run: ImportRun) -> bytes:
    """The same as a workbook in which every cell is text: a spreadsheet shortens no number and turns no date."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        wrong = book.add_format({"num_format": "@", "bg_color": "#fdecea"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 1, 50)
        sheet.set_column(2, 1 + len(run.headers), 16, text)
        for place, name in enumerate([pgettext("import", "Line"), _("Reason"), *run.headers]):
            sheet.write_string(0, place, name, book.add_format({"bold": True}))
        refused = rows(run, result=ImportRow.Result.REFUSED).iterator(chunk_size=500)
        for number, row in enumerate(refused, start=1):
            faulty = {run.headers.index(fault["column"]) for fault in row.errors if fault["column"] in run.headers}
            sheet.write_number(number, 0, row.line)
            sheet.write_string(number, 1, " / ".join(_reason(fault) for fault in row.errors))
            for place, cell in enumerate(row.cells):
                sheet.write_string(number, place + 2, cell, wrong if place in faulty else text)
            for place in faulty - set(range(len(row.cells))):
                sheet.write_blank(number, place + 2, None, wrong)
    return out.getvalue()


def asks_for_order(run: ImportRun) -> bool:
    """Whether rows are refused because day and month can be read either way."""
    if run.date_order:
        return False
    refused = rows(run, result=ImportRow.Result.REFUSED).values_list("errors", flat=True)[:300]
    return any(fault["code"] == "date_order" for errors in refused for fault in errors)


# Faults of words that a person can give a meaning to; of counts where it is a word ('初日'), not a date gone wrong.
_WORDS = {"stage", "outcome", "phase", "seniority", "temperature", "count"}
_DATE_GONE_WRONG = re.compile(r"[\d\s/.:年月日-]*")
_MOST_WORDS = 30
_MOST_ASIDE = 5


def unknown_words(run: ImportRun) -> dict[str, tuple[str, Counter[str]]]:
    """Per column the kind of word it should hold, and how often each word stands there that says nothing to us."""
    found: dict[str, tuple[str, Counter[str]]] = {}
    refused = ImportRow.objects.filter(run=run, result=ImportRow.Result.REFUSED).values_list("errors", "cells")
    for errors, cells in refused.iterator(chunk_size=500):
        for fault in errors:
            if fault["code"] in _WORDS and fault["column"] in run.headers:
                place = run.headers.index(fault["column"])
                word = cells[place].strip()[:80] if place < len(cells) else ""
                if fault["code"] == "count" and _DATE_GONE_WRONG.fullmatch(word):
                    continue
                counted = found.setdefault(fault["column"], (fault["code"], Counter()))[1]
                if word in counted or len(counted) < _MOST_WORDS:
                    counted[word] += 1
    return found


def aside(run: ImportRun) -> list[tuple[int, str]]:
    """(line, why) of the first rows that were never meant as somebody: totals, the example of a template."""
    rows = ImportRow.objects.filter(run=run, result=ImportRow.Result.UNCHANGED, lead=None).exclude(errors=[])
    found = rows.order_by("number").values_list("line", "errors")[:_MOST_ASIDE]
    return [(line, fault["code"]) for line, errors in found for fault in errors if fault["code"] in ASIDE]


def undecided(run: ImportRun) -> Iterator[ImportRow]:
    """The held rows on which nobody has decided yet, with what is needed for that."""
    held = ImportRow.objects.filter(run=run, result=ImportRow.Result.DUPLICATE, resolution="").order_by("number")
    return held.defer("cells", "old", "keys").iterator(chunk_size=500)


def answers(row: ImportRow) -> dict[str, str]:
    """What can be decided on a held row together with others: by the decision the resolution it stands for.

    The same person only where one is meant, who is here; somebody new where nothing speaks against it.
    """
    codes = {fault["code"] for fault in row.errors}
    same = {"same": str(row.candidates[0])} if len(row.candidates) == 1 and not row.resembles_row else {}
    new = {"new": "new"} if codes and codes <= MAY_BE_NEW else {}
    return same | new | {"skip": "skip"}


def decidable(run: ImportRun) -> dict[str, int]:
    """How many held rows can all be the same person, somebody new, or left out."""
    counted = Counter(decision for row in undecided(run) for decision in answers(row))
    return {decision: counted[decision] for decision in ("same", "new", "skip")}


def _reason(fault: dict[str, str]) -> str:
    sentence = row_sentence(fault)
    return f"{fault['column']}: {sentence}" if fault.get("column") else sentence


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([for_spreadsheet(cell) for cell in cells])
    return out.getvalue()


def is_scoring(run: ImportRun) -> bool:
    """Whether a lead of the run still waits for its score."""
    return ImportRow.objects.filter(run=run, lead__score_due__isnull=False).exists()


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

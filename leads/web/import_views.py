"""What the pages of imports show: words and rows made of a run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import navigation
from accounts.interface import figures
from leads.domain.choices import Stage
from leads.domain.field_labels import label_of
from leads.domain.import_columns import mending
from leads.domain.import_faults import MAY_BE_NEW
from leads.domain.import_fields import LEAVE_OUT
from leads.imports.sentences import row_sentence
from leads.models import ImportRow, ImportRun
from leads.models.lead import REACHED_BY
from leads.queries import imports
from leads.services.import_work import WORKING
from leads.web import import_candidates
from leads.web import import_row_cells as row_cells
from leads.web.import_candidates import Candidate
from leads.web.import_words import ENCODING, GROUP, KEPT, LAYOUT, MEANING, RESULT, STATE, gained_labels

PAGE = 50
_WORKING = set(WORKING)
_COUNTS = {
    "created": "created",
    "updated": "updated",
    "unchanged": "unchanged",
    "duplicate": "duplicates",
    "refused": "refused",
}


@dataclass(frozen=True)
class Tab:
    url: str
    label: Any
    count: int
    is_current: bool
    icon: str = ""


def is_working(run: ImportRun) -> bool:
    """Whether a worker has it."""
    return run.state in _WORKING


def listed(runs: Sequence[ImportRun]) -> dict[str, Any]:
    """The list of imports; a column of skipped rows only where there are some, as on the page of each."""
    skipped, idle = imports.skipped_in(runs), imports.idle_among(runs)
    return {
        "runs": [_listed(run, skipped.get(run.pk, 0), run.pk in idle) for run in runs],
        "has_skipped": bool(skipped),
    }


def _listed(run: ImportRun, skipped: int, is_idle: bool) -> dict[str, Any]:
    tones = {"done": "done", "refused": "late", "failed": "late", "preview": "plain" if is_idle else "soon"}
    return {
        "run": run,
        "url": reverse("import", args=[run.pk]),
        "leads_url": leads_address(run) if run.state == ImportRun.State.DONE else "",
        "unchanged": run.unchanged - skipped,
        "skipped": skipped,
        "state": state(run, is_idle=is_idle),
        "tone": tones.get(run.state, "plain"),
    }


def state(run: ImportRun, *, is_idle: bool) -> str:
    """The word for where the run stands; a preview without rows waits for its columns, one `is_idle` for nothing."""
    if run.state == ImportRun.State.PREVIEW and not run.rows:
        return _("Columns to map")
    return _("Nothing to import") if is_idle else str(STATE[run.state])


def understood(run: ImportRun) -> list[str]:
    """What was understood of the file, as short sentences."""
    facts = [str(LAYOUT[run.layout])] if run.layout in LAYOUT else []
    if run.encoding:
        facts.append(_("Encoding %(name)s") % {"name": ENCODING.get(run.encoding, run.encoding)})
    if run.sheet:
        facts.append(_("Sheet “%(name)s”") % {"name": run.sheet})
    facts.append(_("Column names in line %(line)s") % {"line": run.header_line})
    columns = len(run.headers)
    facts.append(ngettext("%(count)s column", "%(count)s columns", columns) % {"count": columns})
    return facts


def left_out(run: ImportRun) -> list[str]:
    """The columns that hold something and are not assigned."""
    filled = {place for row in run.samples for place, cell in enumerate(row) if cell.strip()}
    left = [name for place, name in enumerate(run.headers) if place in filled and run.mapping.get(name) == LEAVE_OUT]
    return [name for name in left if name not in mending(run.headers)]


def progress(run: ImportRun) -> dict[str, Any]:
    """Label, done and total of what is under way."""
    if run.state == ImportRun.State.UNDOING:
        return {"label": _("Undoing"), "done": run.taken_back, "total": run.rows}
    if not run.rows:
        return {"label": _("Reading the file"), "done": run.rows_read, "total": 0}
    if run.state == ImportRun.State.COMMITTING or not run.dry_run:
        return {"label": _("Importing"), "done": run.rows_done, "total": run.rows}
    return {"label": _("Checking every row"), "done": run.rows_done, "total": run.rows}


def mended(row: ImportRow, run: ImportRun) -> tuple[bool, str]:
    """Whether the row is taken now that its cells were written anew, and the sentence for it."""
    values = {"line": row.line}
    if row.result == ImportRow.Result.REFUSED:
        return False, _("Line %(line)s can't be imported yet.") % values
    if row.result == ImportRow.Result.DUPLICATE:
        return True, _("Line %(line)s is corrected and needs your decision.") % values
    if run.state == ImportRun.State.PREVIEW:
        return True, _("Line %(line)s is corrected. It will be imported with the others.") % values
    return True, _("Line %(line)s is corrected and imported.") % values


def result(run: ImportRun, query: QueryDict, *, at: datetime) -> dict[str, Any]:
    """Everything the preview and the result page show; `?result=` filters, `?after=` goes on."""
    chosen = query.get("result", "")
    chosen = chosen if chosen in RESULT or (chosen == "kept" and run.kept) else _first_result(run)
    after = query.get("after", "")
    after_number = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    can_decide = run.takes_decisions
    found = _rows_of(run, chosen)
    rows = list(found.filter(number__gt=after_number)[: PAGE + 1])
    page = rows[:PAGE]
    candidates, gained = import_candidates.of(page), gained_labels()
    words = _words(run) if run.state == ImportRun.State.PREVIEW and run.refused else []
    asks_for_order = run.state == ImportRun.State.PREVIEW and bool(run.refused) and imports.asks_for_order(run)
    read_as = row_cells.understood(run, page, at=at) if run.state == ImportRun.State.PREVIEW else {}
    differing = list(imports.score_differences(run)[:50]) if run.state == ImportRun.State.DONE else []
    is_stopped = run.state == ImportRun.State.FAILED and imports.was_written(run)
    return {
        "run": run,
        "state": state(run, is_idle=bool(imports.idle_among([run]))),
        "error": imports.error_text(run),
        "tabs": _tabs(run, chosen),
        "chosen": chosen,
        "rows": [_row(row, run, candidates, gained) | {"read_as": read_as.get(row.number)} for row in page],
        "next_url": f"?result={chosen}&after={page[-1].number}#results" if len(rows) > PAGE else "",
        "is_preview": run.state == ImportRun.State.PREVIEW,
        "is_standing": run.state == ImportRun.State.DONE or is_stopped,
        "is_stopped": is_stopped,
        "is_undone": run.state == ImportRun.State.UNDONE,
        "can_decide": can_decide,
        "decidable": imports.decidable(run) if chosen == "duplicate" and run.duplicates and can_decide else {},
        "words": words,
        "asks_for_order": asks_for_order,
        "asks": bool(words) or asks_for_order,
        # Nothing but refused rows: most likely a column means something else.
        "reads_nothing": run.refused == run.rows > 0,
        "will_write": run.created + run.updated + imports.decided(run),
        "understood": understood(run),
        "stated": imports.scores_stated(run) if run.state == ImportRun.State.DONE else 0,
        "owed": imports.scores_owed(run) if run.state == ImportRun.State.DONE else 0,
        "differing": differing,
        "aside": _aside(run),
        "leads_url": leads_address(run),
        "batches_url": navigation.address("import-batches", run.pk) if run.state == ImportRun.State.DONE else "",
        **(_silent(run) if run.state == ImportRun.State.DONE else {}),
    }


def _rows_of(run: ImportRun, chosen: str) -> QuerySet[ImportRow]:
    if chosen == "kept":
        return imports.rows(run, kept=True)
    if chosen == "skipped":
        return imports.skipped(run)
    return imports.unchanged(run) if chosen == "unchanged" else imports.rows(run, result=chosen)


def leads_address(run: ImportRun, condition: object = None) -> str:
    """The list of exactly this import's leads, or of those that meet the condition."""
    query = {"import": str(run.pk)}
    if condition:
        query["condition"] = json.dumps(condition, separators=(",", ":"))
    return f"{reverse('leads')}?{urlencode(query)}"


_NO_CONTACT = {
    "all": [
        {"field": "stage", "op": "eq", "value": Stage.LEAD},
        *({"field": name, "op": "unknown"} for name in REACHED_BY),
    ]
}


def _silent(run: ImportRun) -> dict[str, Any]:
    """How many came without any way to contact them, and their list."""
    return {"silent": imports.without_contact(run), "silent_url": leads_address(run, _NO_CONTACT)}


def _aside(run: ImportRun) -> list[str]:
    """The rows that name nobody on purpose, each with its line."""
    words = {"example_row": _("line %(line)s (example)"), "total_row": _("line %(line)s (total)")}
    words["note_row"] = _("line %(line)s (note)")
    return [words[code] % {"line": line} for line, code in imports.aside(run)]


def _words(run: ImportRun) -> list[dict[str, Any]]:
    """Columns with words that say nothing to us, each with what they could mean."""
    return [
        {
            "header": header,
            "choices": MEANING[kind],
            "rows": [
                {"name": f"word-{place}-{number}", "word": word, "count": count}
                for number, (word, count) in enumerate(counted.items())
            ],
        }
        for place, (header, (kind, counted)) in enumerate(imports.unknown_words(run).items())
    ]


def _first_result(run: ImportRun) -> str:
    """What a person should look at first: what waits for them, then what failed, then the rest."""
    if run.kept:
        return "kept"
    for name in ("duplicate", "refused", "created", "updated"):
        if getattr(run, _COUNTS[name]):
            return name
    return "unchanged"


def _tabs(run: ImportRun, chosen: str) -> list[Tab]:
    kept = (
        [Tab("?result=kept#results", pgettext("import", "Kept"), run.kept, chosen == "kept", "lock")]
        if run.kept
        else []
    )
    counts = {name: getattr(run, column) for name, column in _COUNTS.items()}
    if skipped := imports.skipped(run).count() if run.unchanged else 0:
        counts |= {"unchanged": run.unchanged - skipped, "skipped": skipped}
    return kept + [
        Tab(f"?result={name}#results", RESULT[name][0], count, name == chosen, RESULT[name][2])
        for name, count in counts.items()
    ]


def _row(
    row: ImportRow, run: ImportRun, candidates: Mapping[int, Candidate], gained: Mapping[str, Any]
) -> dict[str, Any]:
    word, tone, icon = RESULT["skipped" if row.is_skipped else row.result]
    met = list(dict.fromkeys(candidates[pk] for pk in row.candidates if pk in candidates))
    return {
        "row": row,
        "word": word,
        "tone": tone,
        "icon": icon,
        "summary": _summary(row, run),
        "lead_url": _lead_address(row, run),
        "reasons": [{"column": fault.get("column", ""), "text": row_sentence(fault)} for fault in row.errors],
        "mendable": row_cells.mendable(row, run) if run.takes_decisions else [],
        "candidates": met,
        "can_be_new": any(fault["code"] in MAY_BE_NEW for fault in row.errors),
        "resolution": row.resolution,
        "meant": next((one for one in met if str(one.lead.pk) == row.resolution), None),
        "kept": KEPT.get(row.kept, ""),
        "changed": _changed(row, gained) if row.result == ImportRow.Result.UPDATED else [],
    }


def _lead_address(row: ImportRow, run: ImportRun) -> str:
    """The page of the lead that the row means, or was merged into; '' where there is none, or none any more."""
    lead = row.lead
    if lead is None or row.result == ImportRow.Result.DUPLICATE or not (lead.is_present or lead.merged_into_id):
        return ""
    return reverse("lead", args=[lead.merged_into_id or lead.pk])


# What follows from another column that changed is no news of its own.
_FOLLOWS = {"seniority": "title", "channel_id": "acquired_at", "campaign_id": "channel_id"}
_RELATED = {"company_id": "company", "channel_id": "channel", "campaign_id": "campaign"}


def _changed(row: ImportRow, gained: Mapping[str, Any]) -> list[str]:
    """The fields that the row changes on somebody who is here already, in words."""
    names = [name for name in row.old if not name.startswith("+") and _FOLLOWS.get(name) not in row.old]
    labels = [str(GROUP["custom"]) if name == "custom" else label_of(_RELATED.get(name, name)) for name in names]
    labels += [str(gained[name]) for name in row.old.get("+gained", []) if name in gained]
    return list(dict.fromkeys(labels))


def _summary(row: ImportRow, run: ImportRun) -> list[str]:
    """The cells that say who it is, else the first ones."""
    who = ("company.name", "name", "full_name", "last_name", "first_name", "title", "email", "contact", "external_id")
    meant = {_name(target): place for place, header in enumerate(run.headers) if (target := run.mapping.get(header))}
    places = [meant[name] for name in who if name in meant]
    # A row ends with its last filled cell, which may be before the columns of the name.
    said = dict(enumerate(row.cells))
    last, first = (said.get(meant.get(name, -1), "") for name in ("last_name", "first_name"))
    if last and first and not figures.is_last_first(last, first):
        at = places.index(meant["last_name"])
        places[at : at + 2] = [meant["first_name"], meant["last_name"]]
    cells = [row.cells[place] for place in places if place < len(row.cells) and row.cells[place].strip()]
    return (cells or [cell for cell in row.cells if cell.strip()])[:4]


def _name(target: Any) -> str:
    return target["field"] if isinstance(target, dict) else target

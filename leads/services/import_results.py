"""What became of each row of a chunk, as it is kept with the row."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from leads.domain.import_fields import ACTIVITY
from leads.domain.import_values import RowFault
from leads.models import ImportRow
from leads.queries.import_repeats import CORRECTED, REPEATED
from leads.services.import_drafts import Draft


def results(drafts: Sequence[Draft]) -> Counter[str]:
    """Puts each draft's result into its row; how many there are of each."""
    counted: Counter[str] = Counter()
    for draft in drafts:
        row = draft.row
        row.result = _result(draft)
        row.lead_id = draft.lead.pk if draft.lead else None
        row.errors = _reasons(draft)
        row.candidates = [one.pk for one in draft.candidates if one.pk]
        row.stated_score = draft.values.stated_score
        row.old = {} if draft.is_new else draft.old | _gained(draft)
        counted[row.result] += 1
    return counted


def _gained(draft: Draft) -> dict[str, list[str]]:
    """What came to a lead beside the columns of its own, by the names that a mapping has for it."""
    acts = ["note" if kind == "note" else ACTIVITY + kind for _suffix, kind, _moment, _text in draft.events]
    sources = ["channel"] if draft.source[0] else []
    gained = [*draft.history, *sources, *draft.company_facts, *(["tags"] if draft.tags else []), *acts]
    return {"+gained": list(dict.fromkeys(gained))} if gained else {}


def _result(draft: Draft) -> str:
    result = ImportRow.Result
    if draft.repeats:
        return result.UNCHANGED
    if draft.keys is None:
        return result.UNCHANGED if any(fault.is_aside for fault in draft.faults) else result.REFUSED
    if draft.held:
        return result.DUPLICATE
    if draft.is_new:
        return result.CREATED
    return result.UPDATED if draft.has_changed else result.UNCHANGED


def _reasons(draft: Draft) -> list[dict[str, Any]]:
    if draft.repeats:
        code = CORRECTED if draft.faults else REPEATED
        return [RowFault("", code, {"import": draft.repeats}).as_dict()]
    if draft.faults:
        return [fault.as_dict() for fault in draft.faults]
    if not draft.held:
        return []
    here = sum(1 for one in draft.candidates if one.pk)
    said: dict[str, Any] = {"differing": draft.differing, "people": len(draft.candidates), "here": here}
    if here < len(draft.candidates):
        said["lines"] = draft.lines
    return [RowFault("", draft.held, said).as_dict()]

"""Columns with one writer: stage, duty and score of a lead are written where the architecture says, nowhere else."""

import ast
from functools import cache

import pytest

from tests.house import tracked

pytestmark = pytest.mark.once

STAGE = {"stage", "stage_since"}
DUTY = {"owner", "owner_id", "team", "team_id", "due_at", "due_kind", "due_note", "not_before"}
WRITERS = {"handoff/services/stages.py": STAGE, "handoff/services/duties.py": DUTY}
# Other rows have an owner, a team or a due time too; these only a lead has.
OF_LEADS_ALONE = {"stage_since", "due_kind", "due_note", "not_before"}
WRITES = {"update", "bulk_update", "update_or_create", "bulk_create", "create", "get_or_create", "delete", "save"}


@cache
def writes() -> list[tuple[str, ast.Call]]:
    """(file, call) of everything that may write rows, in the product's own code."""
    found = []
    for path in tracked.ending(".py"):
        name = tracked.name(path)
        if name.startswith("tests/") or "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse(tracked.text(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                found.append((name, node))
    return found


def is_on(call: ast.Call, model: str) -> bool:
    return ast.unparse(call.func).startswith(f"{model}.objects.")


def columns_of(call: ast.Call) -> set[str]:
    """The columns that `….update(column=…)`, `….bulk_update(rows, ["column"])` and `….save(update_fields=…)` write."""
    named = {keyword.arg for keyword in call.keywords if keyword.arg}
    listed = {node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return named | (listed if call.func.attr in {"bulk_update", "save"} else set())


def strangers(columns: set[str], *, everywhere: bool) -> set[tuple[str, int]]:
    """Where others than their writer write these columns: of `Lead.objects` by name, or of anything."""
    return {
        (name, call.lineno)
        for name, call in writes()
        if (everywhere or is_on(call, "Lead")) and columns_of(call) & (columns - WRITERS.get(name, set()))
    }


def test_stage_and_duty_of_a_lead_have_one_writer_each():
    assert strangers(STAGE | DUTY, everywhere=False) == set()


def test_columns_that_only_leads_have_are_written_by_nobody_else():
    assert strangers(OF_LEADS_ALONE, everywhere=True) == set()


def test_scores_are_written_by_scoring_alone():
    """A bench fills a scratch database by hand."""
    found = {name for name, call in writes() if is_on(call, "LeadScore")}
    found |= {
        tracked.name(path)
        for path in tracked.ending(".py")
        if "INTO " + "leads_leadscore" in tracked.text(path) or "UPDATE " + "leads_leadscore" in tracked.text(path)
    }
    assert {name for name in found if name.partition("/")[0] not in ("scoring", "tests", "bench")} == set()

"""The table of stages as a page of the docs: a mermaid diagram, the rows, and what follows answers and results."""

from handoff.domain import follows
from handoff.domain.stages import TRANSITIONS, WAYS, Transition, Way

_QUIET = {Way.PASSED}


def page() -> str:
    """The whole page, ending with a newline."""
    parts = [
        "# Stages",
        "",
        "Drawn by `manage.py draw_stages` from `handoff/domain/stages.py`; nothing else changes a stage.",
        "",
        "```mermaid",
        *_mermaid(),
        "```",
        "",
        *_rows(),
        "",
        "## What follows a reject",
        "",
        *_reasons(),
        "",
        "## What follows a result",
        "",
        *_results(),
    ]
    return "\n".join(parts) + "\n"


def _mermaid() -> list[str]:
    lines = ["stateDiagram-v2", "  [*] --> lead"]
    for (origin, to), ways in sorted(WAYS.items()):
        spoken = ", ".join(sorted(ways - _QUIET)) or "passed"
        lines.append(f"  {origin} --> {to}: {spoken}")
    return lines


def _rows() -> list[str]:
    head = ["| from | to | by what | who | guards |", "|---|---|---|---|---|"]
    return head + [_row(transition) for transition in TRANSITIONS]


def _row(row: Transition) -> str:
    cells = (row.origins, (row.to,), row.ways, row.who, row.guards)
    return "| " + " | ".join(", ".join(value.value for value in cell) or "–" for cell in cells) + " |"


def _reasons() -> list[str]:
    lines = ["| reason | stage | accountable | duty | looked at again |", "|---|---|---|---|---|"]
    for reason in follows.STANDARD_REASONS:
        after = follows.AFTER_REJECT[reason.follows]
        days = f"in {reason.resurface_days} days" if reason.resurface_days else "–"
        lines.append(f"| {reason.code} | {_follow(after)} | {days} |")
    return lines


def _results() -> list[str]:
    lines = ["| result | stage | accountable | duty |", "|---|---|---|---|"]
    return lines + [f"| {result} | {_follow(after)} |" for result, after in follows.AFTER_RESULT.items()]


def _follow(after: follows.Follow) -> str:
    stage = after.stage.value if after.stage else "unchanged"
    return f"{stage} | {after.holder.value} | {after.duty.value if after.duty else 'none'}"

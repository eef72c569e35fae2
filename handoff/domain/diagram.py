"""The table of stages as a page of the docs: a mermaid diagram, the rows, and what follows answers and results."""

from handoff.domain import follows, nurture
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
        *_BY_ITSELF,
        "",
        "## What follows a reject",
        "",
        *_reasons(),
        "",
        "## What follows a result",
        "",
        *_results(),
        "",
        "## Nurture tracks",
        "",
        *_NURTURE,
        "",
        *_tracks(),
    ]
    return "\n".join(parts) + "\n"


_BY_ITSELF = (
    "- `intake` waits an hour after a lead came in, so that a duplicate is found or a wrong import undone before it; then a",
    "  sweep looks once a minute, and takes up to 500 leads each time. Until then a lead below the line is a `lead`.",
    "- `eligible` follows the score within seconds. What an import brought over the line waits as one batch for somebody to",
    "  decide on.",
)

_NURTURE = (
    "Whatever sends a lead to `nurture` or `lost` starts the track of its reason in the same transaction: a reject",
    "reason names its own (`/settings/reasons/`), results and moves by hand are chosen at `/settings/nurture/`. Marketing",
    "may choose another, for one lead on its page or for many at once. History that an import brings starts none.",
    "",
    "- A step's day is so many **calendar days** after the step before was done or skipped, as people count a wait of",
    "  weeks; it is due at that day's closing in its doer's calendar, on a day off at the next working day's.",
    "- Until then the lead rests, and nothing shows on Today. At the midnight that begins the day a sweep makes the",
    "  step the lead's duty (`nurture`), owned by who does it; done or skipped, it is marketing's to look at again. The",
    "  day of that, `not_before`, stays what it was.",
    "- A lead has one running track at most (a constraint), and only while it rests. Handing over, MQL, the review date,",
    "  a deal, disqualifying, unsubscribing, a next action of one's own and a merge into another end it by themselves;",
    "  another reason replaces it, the same one goes on. Of two merged tracks the survivor's stays.",
    "- A changed track is a new version: leads go on by the steps they began with. One that is switched off takes no",
    "  more leads: where it is set, they only rest.",
    "- By HTTP: `GET /api/v1/leads/{id}/nurture/` says where a lead stands, `POST …/nurture/done/` and `…/nurture/skip/`",
    "  take the present step, named by its number as `step`: sent twice, it is taken once. `GET /api/v1/leads/?track=`",
    "  finds the leads in a track.",
)


def _tracks() -> list[str]:
    lines = ["| track as shipped | phase | step | after | by | what |", "|---|---|---|---|---|---|"]
    return lines + [
        f"| {track.code} | {track.phase.value} | {step.kind.value} | {step.wait_days} days | {step.owner.value} "
        f"| {step.task_en} |"
        for track in nurture.STANDARD_TRACKS
        for step in track.steps
    ]


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
    lines = ["| reason | stage | accountable | duty | looked at again | track |", "|---|---|---|---|---|---|"]
    for reason in follows.STANDARD_REASONS:
        after = follows.AFTER_REJECT[reason.follows]
        days = f"in {reason.resurface_days} days" if reason.resurface_days else "–"
        lines.append(f"| {reason.code} | {_follow(after)} | {days} | {reason.track or '–'} |")
    return lines


def _results() -> list[str]:
    lines = ["| result | stage | accountable | duty |", "|---|---|---|---|"]
    return lines + [f"| {result} | {_follow(after)} |" for result, after in follows.AFTER_RESULT.items()]


def _follow(after: follows.Follow) -> str:
    stage = after.stage.value if after.stage else "unchanged"
    return f"{stage} | {after.holder.value} | {after.duty.value if after.duty else 'none'}"

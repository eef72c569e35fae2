"""What each side owes the other, ready to be shown."""

from typing import Any

from accounts.interface import dates
from handoff.domain.choices import ClockKind
from handoff.queries import agreement, promised
from reports.domain.figures import Rate, Spread
from reports.queries.sides import Sales, sides
from reports.web import pictures
from reports.web.asking import Asked


def context(asked: Asked) -> dict[str, Any]:
    """The figures of both sides with the leads behind them."""
    found = sides(asked.question)
    first = {"leg": found.marketing.leg.value}
    return {
        "sides": found,
        "handed_url": pictures.behind(asked, "handoffs", **first),
        "accepted_url": pictures.behind(asked, "accepted", **first),
        "has_agreement": agreement.in_force() is not None,
        "rows": [_row(sales, asked) for sales in found.sales],
    }


def _row(sales: Sales, asked: Asked) -> dict[str, Any]:
    """One leg; what is promised today stands beside what was kept, nothing where there is neither."""
    today = {line.kind: line.text for line in promised.lines(promised.of_leg(sales.leg))}
    return {
        "leg": sales.leg.label,
        "promises": [
            {
                "label": ClockKind(kind).label,
                "today": today.get(kind, ""),
                "rate": rate,
                "url": pictures.behind(asked, "kept", leg=sales.leg.value, detail=kind) if rate.denominator else "",
            }
            for kind, rate in _promises(sales)
        ],
        "system": _delay(sales.system),
        "human": _delay(sales.human),
    }


def _promises(sales: Sales) -> list[tuple[ClockKind, Rate]]:
    return [(ClockKind.CONTACT, sales.contact), (ClockKind.MEETING, sales.meeting), (ClockKind.DEPTH, sales.depth)]


def _delay(spread: Spread) -> dict[str, Any]:
    return {"median": dates.length(spread.median), "n": spread.n}

"""What the sample's two departments are about to owe each other: marketing has agreed to it, sales hasn't yet."""

from datetime import datetime

from handoff.domain.choices import ClockKind, Leg
from handoff.services import policies, sla_agreements
from integrations.sample.crew import Crew

QUALITY = "在庫か棚卸に困っていて、担当者と話せるリード。対象業種で、従業員50名以上"
TARGETS = {"mql_target": 20, "sql_target": 8, "won_target": 2}
# Working days until a meeting is set, by priority.
MEETINGS = {"high": 3, "middle": 5, "low": 10}


def draft(crew: Crew, *, at: datetime) -> None:
    """A draft that waits for sales. Its meeting days hold from the next handoff on, so no figure of the year is older
    than its promise."""
    for band, days in MEETINGS.items():
        policies.set_policy(
            kind=ClockKind.MEETING, leg=Leg.INSIDE_TO_FIELD, band=band, working_days=days, by=crew.admin, at=at
        )
    sla_agreements.change(values={"quality": QUALITY, **TARGETS}, by=crew.admin, at=at)
    sla_agreements.agree(side="marketing", by=crew.people["maki"], at=at)

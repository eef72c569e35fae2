"""How leads should have been shared out in a team, and how they were.

Expected is the team's number times the person's share; a share is weight × present days × capacity, held against the
sum of all in the team.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Ways in which a lead comes to a person, in the order of the table.
ROUND_ROBIN, COMPANY, RULE, HAND, REROUTED, QUEUE = "round_robin", "company", "rule", "by_hand", "rerouted", "queue"
WAYS = (ROUND_ROBIN, COMPANY, RULE, HAND, REROUTED, QUEUE)
# Besides the turn: what moves numbers away from what is expected.
OUTSIDE_THE_TURN = (COMPANY, RULE, HAND, REROUTED, QUEUE)
_WAY_OF = {
    "company": COMPANY,
    "named": HAND,
    "rerouted": REROUTED,
    "queue": QUEUE,
    "rule_person": RULE,
    "handoff_rule_person": RULE,
}


def way_of(because: str, *, was_reassigned: bool) -> str:
    """Which way it was, by why it was routed so; who took it from the queue was not reassigned."""
    if because == "queue":
        return QUEUE
    return HAND if was_reassigned else _WAY_OF.get(because, ROUND_ROBIN)


@dataclass(frozen=True)
class Weights:
    """What a person's share is made of."""

    weight: int = 0
    capacity: int = 0
    present_days: int = 0

    @property
    def share(self) -> int:
        return self.weight * self.present_days * self.capacity


@dataclass(frozen=True)
class Taken:
    """How many leads a person was given, by the way they came."""

    by_way: dict[str, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return sum(self.by_way.values())


def expected(given: Sequence[int], weights: Sequence[Weights]) -> list[float | None]:
    """What each would have been given of the sum, in their order; None for all where nobody has a share."""
    whole, number = sum(one.share for one in weights), sum(given)
    return [number * one.share / whole if whole else None for one in weights]


def days_full(
    spans: Iterable[tuple[datetime, datetime | None]], *, capacity: int, start: datetime, end: datetime
) -> float:
    """For how many days between start and end at least `capacity` handoffs lay with somebody; `spans` says from when
    until when each did, None for still."""
    steps: list[tuple[datetime, int]] = []
    for begun, ended in spans:
        first, last = max(begun, start), min(ended or end, end)
        if first < last:
            steps += [(first, 1), (last, -1)]
    held, since, full = 0, start, timedelta(0)
    for at, change in [*sorted(steps), (end, 0)]:
        if held >= capacity:
            full += max(at - since, timedelta(0))
        held, since = held + change, at
    return full / timedelta(days=1)

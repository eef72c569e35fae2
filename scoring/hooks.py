"""Where upper apps hang themselves in: what became of leads is known to those who hand them over."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leads.models import Lead


@dataclass(frozen=True)
class Outcome:
    """What became of a lead. `at`: when it was offered, else when that was known; `offer`: what froze its values."""

    lead: int
    is_good: bool
    at: datetime
    offer: int | None = None


# The newest so many outcomes among these leads, one for a lead.
outcomes: list[Callable[[QuerySet[Lead], int], list[Outcome]]] = []
# Of these offers, the values of all condition fields as they were then: {offer: {field: value}}.
values_at_offers: list[Callable[[Collection[int]], dict[int, Mapping[str, Any]]]] = []
# How many of these leads could be handed over, were they over the line.
could_be_handed_over: list[Callable[[Sequence[int], datetime], int]] = []

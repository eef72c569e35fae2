"""Hands many leads over at once; each gate holds or that lead stays, with the reason (AR-52)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from handoff.domain.choices import HandoffState
from handoff.models import Handoff
from handoff.services import offers, withdrawals
from journal.errors import DomainError
from leads.models import Lead


@dataclass(frozen=True)
class Refusal:
    lead: Lead
    error: DomainError


@dataclass
class Bulk:
    """What became of each."""

    made: list[Handoff] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def offer_many(*, leads: Sequence[Lead], by: User, at: datetime) -> Bulk:
    """Each in a transaction of its own; no reason lifts a gate in bulk."""
    done = Bulk()
    for lead in leads:
        try:
            done.made.append(offers.offer(lead=lead, by=by, at=at))
        except DomainError as error:
            done.refused.append(Refusal(lead, error))
    return done


def withdraw_many(*, offered_at: datetime, by: User, at: datetime) -> tuple[int, int]:
    """Takes back what this person handed over in that one moment; how many came back, how many were answered already.

    Each in a transaction of its own; what was withdrawn before is neither.
    """
    back = 0
    made = Handoff.objects.filter(offered_by=by, offered_at=offered_at)
    offered = list(made.exclude(state=HandoffState.WITHDRAWN).order_by("pk"))
    for handoff in offered:
        try:
            withdrawals.withdraw(handoff=handoff, by=by, at=at)
            back += 1
        except DomainError:
            continue
    return back, len(offered) - back

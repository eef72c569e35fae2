"""The verbs of a handoff in one place: `handoffs.accept(handoff=…, by=…, at=…)`."""

from handoff.services.answers import AlreadyAnswered, accept, reject
from handoff.services.contacts import contact
from handoff.services.offers import GateRefused, offer
from handoff.services.pauses import pause, resume
from handoff.services.reassigning import reassign
from handoff.services.sheets import sheet_useful, tick_briefed
from handoff.services.withdrawals import withdraw

__all__ = [
    "AlreadyAnswered",
    "GateRefused",
    "accept",
    "contact",
    "offer",
    "pause",
    "reassign",
    "reject",
    "resume",
    "sheet_useful",
    "tick_briefed",
    "withdraw",
]

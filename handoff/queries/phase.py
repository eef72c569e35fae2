"""How far an organisation has come (AR-41): data and a simple score, then deadlines, then learning from outcomes.

Told from what is there, in three cheap questions.
"""

from dataclasses import dataclass

from handoff.models import Episode
from leads.models import LeadScore

ANSWERED_WANTED = 10
OUTCOMES_WANTED = 10
# What an episode's `outcome` says before anything has come of the lead, or where nothing will: accepting is no result.
WITHOUT_RESULT = ("", "accepted", "offered_on", "withdrawn", "merged")


@dataclass(frozen=True)
class Phase:
    """`number` is the phase one is in: 1, 2 or 3; `done` of `wanted` says how far the way out of it is."""

    number: int
    done: int = 0
    wanted: int = 0

    @property
    def has_outcomes(self) -> bool:
        """Results enough to hold the scores against."""
        return self.number == 3 and self.done >= self.wanted


def current() -> Phase:
    """1 until leads are scored, 2 until ten episodes were answered, then 3: outcomes change the rules."""
    if not LeadScore.objects.exists():
        return Phase(1, 0, 1)
    answered = Episode.objects.filter(answered_at__isnull=False)[:ANSWERED_WANTED].count()
    if answered < ANSWERED_WANTED:
        return Phase(2, answered, ANSWERED_WANTED)
    return Phase(3, Episode.objects.exclude(outcome__in=WITHOUT_RESULT)[:OUTCOMES_WANTED].count(), OUTCOMES_WANTED)

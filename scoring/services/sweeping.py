"""Finds the stale marks whose doorbell was lost."""

from datetime import datetime

from scoring.services import scores

MOST_ROUNDS = 20


def stale(*, at: datetime) -> int:
    """Scores what is marked, in bounded steps; returns how many marks it took up."""
    taken = 0
    for _round in range(MOST_ROUNDS):
        now = scores.score_stale(at=at)
        taken += now
        if not now:
            break
    return taken

"""Finds the scores whose doorbell was lost: stale marks, runs, and the day's midnight pass."""

from datetime import datetime

from scoring.services import recompute, scores

MOST_ROUNDS = 20


def sweep(*, at: datetime) -> int:
    """Scores what is owed, in bounded steps; returns how many leads it took up by their marks."""
    taken = 0
    for _round in range(MOST_ROUNDS):
        now = scores.score_stale(at=at)
        taken += now
        if not now:
            break
    recompute.sweep(at=at)
    return taken

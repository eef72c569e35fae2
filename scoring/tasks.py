"""Celery entries of scoring: they decide nothing."""

from celery import shared_task

from journal import clock
from scoring.services import recompute, scores


@shared_task(name="scoring.tasks.score_stale")
def score_stale(*_args: object, **_unknown: object) -> None:
    """Scores the leads that are marked stale until none is left for this worker."""
    while scores.score_stale(at=clock.now()):
        pass


@shared_task(name="scoring.tasks.work_run")
def work_run(run_id: int, **_unknown: object) -> None:
    """Works the ranges of a recompute until none is left for this worker."""
    while recompute.work_range(run_id=run_id, at=clock.now()):
        pass

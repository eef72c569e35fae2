"""Further processes that work a recompute, as Celery's would. Nothing is imported before Django is ready."""

from datetime import datetime

import django


def ready() -> None:
    """The first thing in a new process."""
    django.setup()


def work(run_id: int, at: datetime) -> None:
    """Takes ranges of the run until there is none."""
    from scoring.services import recompute

    while recompute.work_range(run_id=run_id, at=at):
        pass

"""Further processes that work as Celery's would. Nothing is imported before Django is ready."""

import time
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


def rest(_number: int) -> None:
    """Connects to the database and stays a moment, so that every process of a pool gets one to do."""
    from django.db import connection

    connection.ensure_connection()
    time.sleep(0.3)


def compare(_number: int) -> int:
    """Works off comparisons until none is owed; how many leads were compared."""
    from journal import clock
    from leads.services import duplicate_search

    return duplicate_search.work(now=clock.now)

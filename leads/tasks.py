"""Celery entries of leads."""

from celery import shared_task

from journal import clock
from leads.services import import_work


@shared_task(name="leads.tasks.work_import", queue="bulk")
def work_import(run_id: int, **_unknown: object) -> None:
    """Works an import off, chunk by chunk; safe to run twice."""
    import_work.work(run_id=run_id, now=clock.now)

"""Celery entries of leads."""

from celery import shared_task

from journal import clock
from leads.services import bulk_runs, duplicate_search, import_work


@shared_task(name="leads.tasks.work_import", queue="bulk")
def work_import(run_id: int, **_unknown: object) -> None:
    """Works an import off, chunk by chunk; safe to run twice."""
    import_work.work(run_id=run_id, now=clock.now)


@shared_task(name="leads.tasks.find_duplicates", queue="bulk")
def find_duplicates(**_unknown: object) -> None:
    """Compares the leads that are owed a comparison; any number of these may run at once."""
    duplicate_search.work(now=clock.now)


@shared_task(name="leads.tasks.work_bulk", queue="bulk")
def work_bulk(run_id: int, **_unknown: object) -> None:
    """Works an action on many leads off, chunk by chunk; safe to run twice."""
    bulk_runs.work(run_id=run_id, now=clock.now)

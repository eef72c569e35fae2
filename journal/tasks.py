"""Celery entries of the log."""

from celery import shared_task

from journal import clock, services


@shared_task(name="journal.tasks.deliver")
def deliver(**_unknown: object) -> None:
    """Delivers the reactions owed."""
    services.deliver_owed(at=clock.now())

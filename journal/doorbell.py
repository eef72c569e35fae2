"""Rings the workers' doorbell. A lost ring loses nothing: the sweep finds the row."""

import logging
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)


def ring(task: str, *args: Any, queue: str = "urgent") -> None:
    """Sends a task by name; neither fails nor hangs when the broker is away."""
    try:
        current_app.send_task(task, args=args, queue=queue, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("the broker did not take %s: %s", task, type(error).__name__)


def ring_deliveries() -> None:
    """Wakes a worker for the reactions owed."""
    ring("journal.tasks.deliver")

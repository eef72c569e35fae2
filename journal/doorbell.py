"""Rings the workers' doorbell. A lost ring loses nothing: the sweep finds the row."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)
_is_quiet: ContextVar[bool] = ContextVar("quiet_doorbell", default=False)


def ring(task: str, *args: Any, queue: str = "urgent") -> None:
    """Sends a task by name; neither fails nor hangs when the broker is away."""
    if _is_quiet.get():
        return
    try:
        current_app.send_task(task, args=args, queue=queue, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("the broker did not take %s: %s", task, type(error).__name__)


def ring_deliveries() -> None:
    """Wakes a worker for the reactions owed."""
    ring("journal.tasks.deliver")


@contextmanager
def quiet() -> Iterator[None]:
    """Within the block nobody is woken: for work that does itself what a worker would do."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)

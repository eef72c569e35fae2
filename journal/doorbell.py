"""Rings the workers' doorbell. A lost ring loses nothing: the sweep finds the row.

A thread of its own does the ringing, because a broker that is away or silent makes the client library wait for
seconds, and no request may wait for a bell.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)
_is_quiet: ContextVar[bool] = ContextVar("quiet_doorbell", default=False)

MOST_WAITING = 1000
# After a failed ring nobody rings for this long; what came meanwhile is left to the sweep.
SILENCE_SECONDS = 5.0

Ring = tuple[str, tuple[Any, ...], str]


class _Bell:
    """Rings that wait, each once, and the thread that takes them out. One per process: threads don't survive a fork."""

    def __init__(self, send: Callable[[Ring], None]) -> None:
        self.pid = os.getpid()
        self._send = send
        self._waiting: dict[Ring, None] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, ring: Ring) -> None:
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                return
            self._waiting[ring] = None
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _work(self) -> None:
        while True:
            ring = self._next()
            try:
                self._send(ring)
            except Exception as error:
                log.warning("the broker did not take %s: %s", ring[0], type(error).__name__)
                time.sleep(SILENCE_SECONDS)
                with self._changed:
                    self._waiting.clear()

    def _next(self) -> Ring:
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            ring = next(iter(self._waiting))
            del self._waiting[ring]
            return ring


def _send(ring: Ring) -> None:
    task, args, queue = ring
    current_app.send_task(task, args=args, queue=queue, retry=False, ignore_result=True)


_bell = _Bell(_send)


def ring(task: str, *args: Any, queue: str = "urgent") -> None:
    """Has a task sent by name, soon; neither fails nor waits when the broker is away. `args` are plain values."""
    global _bell
    if _is_quiet.get():
        return
    if _bell.pid != os.getpid():
        _bell = _Bell(_send)
    _bell.ring((task, args, queue))


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

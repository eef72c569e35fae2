"""The watchdog: looks every five seconds whether the workers live; while they don't, runs the sweeps itself."""

import logging
import subprocess
import sys
from threading import Event

from django.conf import settings
from django.db import close_old_connections

from config import copies
from handoff.services import heartbeats, leases
from integrations.services import sweeping
from journal import clock

log = logging.getLogger(__name__)

LOOK_SECONDS = 5
LEASE = "sweep"


def until(stop: Event, *, holder: str) -> None:
    """Looks again and again until told to stop; no failure ends the watch."""
    copying: subprocess.Popen[bytes] | None = None
    # The first look waits too, so that workers started at the same moment are at work by then.
    while not stop.wait(LOOK_SECONDS):
        try:
            look(holder=holder)
            copying = daily_copy(copying)
        except Exception:
            log.exception("the watchdog's look failed; it looks again in %s seconds", LOOK_SECONDS)
        close_old_connections()
    if copying and copying.poll() is None:
        copying.terminate()


def look(*, holder: str) -> bool:
    """Runs the sweeps if the workers have been silent too long and nobody else does; True when it ran them."""
    at = clock.now()
    heartbeats.beat(name=sweeping.WATCHDOG, at=at)
    age = heartbeats.age(name=sweeping.WORKER, at=at)
    if age is not None and age.total_seconds() <= settings.WATCHDOG_SILENCE_SECONDS:
        return False
    if not leases.hold(name=LEASE, holder=holder, at=at, seconds=settings.SWEEP_SECONDS):
        return False
    sweeping.run_all(at=at, heartbeat=sweeping.WATCHDOG)
    return True


def daily_copy(running: "subprocess.Popen[bytes] | None") -> "subprocess.Popen[bytes] | None":
    """Starts the day's copy in a process of its own, so that a large database doesn't hold up the watch."""
    if running and running.poll() is None:
        return running
    if not copies.is_due(at=clock.now()):
        return None
    return subprocess.Popen([sys.executable, "manage.py", "backup", "--daily"], cwd=settings.BASE_DIR)

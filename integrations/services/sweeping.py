"""The one list of sweeps: what finds owed work that a lost message forgot."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.module_loading import import_string

from handoff.services import heartbeats

log = logging.getLogger(__name__)

WORKER = "worker"
WATCHDOG = "watchdog"


@dataclass(frozen=True)
class Sweep:
    """One sweep by the address of its function, which takes `at` and finds by itself what it owes."""

    name: str
    path: str

    def function(self) -> Callable[..., object]:
        return import_string(self.path)


# In this order, because each may owe something to the next: a score offers, an offer starts a clock,
# a clock tells, a notice mails. Named by address so that one that cannot even be loaded stops only itself.
SWEEPS = (
    Sweep("scores", "scoring.services.sweeping.stale"),
    Sweep("clocks", "handoff.services.sweeps.sweep"),
    Sweep("answer check", "feedback.services.answer_checks.remind"),
    Sweep("reactions", "journal.services.deliver_owed"),
    Sweep("mails", "integrations.services.mails.send_owed"),
    Sweep("recompute", "scoring.services.recompute.sweep"),
    Sweep("intake", "handoff.services.intake.take_in"),
    Sweep("imports", "leads.services.import_work.sweep"),
    Sweep("duplicates", "leads.services.duplicate_search.sweep"),
    Sweep("bulk actions", "leads.services.bulk_runs.sweep"),
    # Last: a service that answers slowly holds up nothing else.
    Sweep("chat messages", "integrations.services.chats.send_owed"),
)


def run_all(at: datetime, *, heartbeat: str = WORKER, sweeps: tuple[Sweep, ...] = SWEEPS) -> dict[str, str]:
    """Runs every sweep; one that fails is logged and doesn't stop the others.

    `heartbeat` is written last, so that it says the sweeps were done, not only begun. Returns the failures as
    {sweep: what went wrong}; empty when all went well. Two runs at once only share the work.
    """
    failures = {}
    for sweep in sweeps:
        try:
            sweep.function()(at=at)
        except Exception as error:
            log.exception("the sweep of %s failed", sweep.name)
            failures[sweep.name] = f"{type(error).__name__}: {error}"
            _mend_connection()
    if len(failures) < len(sweeps):
        heartbeats.beat(name=heartbeat, at=at)
    return failures


def _mend_connection() -> None:
    """A database that went away is asked for again by the next sweep."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()

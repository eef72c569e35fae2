"""The supervisor of ./run: one for a state folder; Ctrl-C, a closed terminal and SIGTERM all end everything.

Stands alone (python keeper.py LOCK CONFIGURATION) to stay small in memory: it lives as long as the product runs.
"""

import fcntl
import os
import signal
import sys
from typing import Any

from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor


class Keeper(Supervisor):
    """A supervisor that ends, not restarts, when its terminal closes."""

    def handle_signal(self) -> None:
        received = self.options.get_signal()
        if received in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            if self.options.mood > SupervisorStates.SHUTDOWN:
                print("\nStopping …", flush=True)
            self.options.mood = SupervisorStates.SHUTDOWN


def only_one(path: str) -> Any:
    """Holds the state folder's lock until this process ends; ends at once when another holds it."""
    lock = open(path, "a+")  # noqa: SIM115 - held open on purpose
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("run: Handoff runs already with this state folder. Stop it first, or set VAR_DIR to another folder.")
    return lock


def main() -> None:
    lock = only_one(sys.argv[1])
    options = ServerOptions()
    options.realize(["-c", sys.argv[2]])
    options.first, options.test = True, False
    Keeper(options).main()
    lock.close()
    os._exit(0)


if __name__ == "__main__":
    main()

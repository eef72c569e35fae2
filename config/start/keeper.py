"""The supervisor of ./run: one for a state folder; Ctrl-C, a closed terminal and SIGTERM all end everything.

Stands alone (python keeper.py LOCK-HANDLE CONFIGURATION) to stay small in memory: it lives as long as the product runs.
"""

import os
import signal
import sys
from contextlib import suppress

from supervisor.medusa import asyncore_25 as asyncore
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


def main() -> None:
    # The lock of the state folder came along from the start; no child may inherit it and outlive us with it.
    os.set_inheritable(int(sys.argv[1]), False)
    options = ServerOptions()
    options.realize(["-c", sys.argv[2]])
    options.first, options.test = True, False
    # The supervisor leaves its loop by an exception of its own.
    with suppress(asyncore.ExitNow):
        Keeper(options).main()


if __name__ == "__main__":
    main()

"""Processes that can be killed while they work on the database."""

import os
import sys
import traceback
import warnings
from collections.abc import Callable

from django.db import connection, connections


def forked(work: Callable[[], object]) -> int:
    """A process of its own that does this and ends; its id, for `os.kill` and `ended`."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # a pool isn't shared across a fork
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(process: int) -> bool:
    """Waits for its end; whether it was killed. Raises RuntimeError where it failed by itself."""
    _pid, status = os.waitpid(process, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"process {process} failed, see its error above")
    return os.WIFSIGNALED(status)

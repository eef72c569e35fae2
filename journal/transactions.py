"""Decides how a transaction is tried again: the whole of it, a bounded number of times, with jitter."""

import functools
import random
import time
import zlib
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
_SQLSTATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout


def is_transient(error: OperationalError) -> bool:
    """True when trying the whole transaction again can help."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _SQLSTATES or "database is locked" in str(error) or "database table is locked" in str(error)


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """Runs `function` in a transaction of its own, again on a lost lock; inside another transaction only once.

    Integrity errors are never tried again.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == ATTEMPTS - 1 or not is_transient(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 (jitter, not a secret)
        raise AssertionError("unreachable")

    return run


def one_at_a_time(*words: str) -> None:
    """Until this transaction ends, whoever asks with the same words waits: for what is looked for, and made if missing.

    Ask before looking. SQLite lets only one writer in anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(11, %s)", [zlib.crc32("\n".join(words).encode()) - 2**31])


def need_not_last() -> None:
    """Lets this transaction end before the disk has it (PostgreSQL); a crash of the database may undo it, as a whole.

    For steps of work that goes on from where its own rows say it stopped. Whatever is committed in the ordinary way
    later takes all earlier steps to the disk with it, so nobody can have been told of what is lost.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")

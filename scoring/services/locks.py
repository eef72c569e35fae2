"""Keeps scoring and publishing apart: many score at once, a publish waits for them and they for it.

On SQLite one writer at a time is the rule anyway.
"""

from django.db import connection, transaction

_PUBLISHED_MODELS = 7_460_001  # any number nobody else locks


def share_models() -> None:
    """Until the transaction ends no model is published. Take it before reading the models."""
    _lock("pg_advisory_xact_lock_shared")


def own_models() -> None:
    """Until the transaction ends nobody scores."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_PUBLISHED_MODELS])


def see_one_moment() -> None:
    """Lets a long scoring statement see one snapshot, so that it fails (and is tried again) rather than write an
    old score over one that was made since. First statement of the outermost transaction, else without effect.
    """
    outermost = transaction.get_connection().in_atomic_block and not connection.savepoint_ids
    if connection.vendor == "postgresql" and outermost:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # Room to sort the activities of one range in memory; the server's 4 MB would go to disk.
            cursor.execute("SET LOCAL work_mem = '64MB'")

"""Reads the database's clock: the only source of 'now' for entry points, which pass it down as `at=`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)

_STATEMENTS = {
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
}


def now() -> datetime:
    """The database's present moment, aware, in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[connection.vendor])
        value = cursor.fetchone()[0]
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Within the block `now()` answers `at`: for tests and for making history."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)

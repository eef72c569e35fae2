"""Claims, marks and puts off what is owed to the world outside, mails and chat messages alike.

A send that was cut off midway may have left the house: it is repeated once its lease is over, and counted.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F, Q, QuerySet

from integrations.models.sending import Sending
from journal.transactions import retried

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=1)

Row = TypeVar("Row", bound=Sending)


def due(kind: type[Row], at: datetime) -> QuerySet[Row]:
    """What is to be sent at `at` and lies with no sender."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    return kind._default_manager.filter(free, state=Sending.State.OWED, due_at__lte=at)


def hold(row: Sending, *, at: datetime, until: datetime) -> None:
    """It is not the time yet."""
    due(type(row), at).filter(pk=row.pk).update(due_at=until)


@retried
def claim(row: Sending, at: datetime) -> bool:
    """One winner. A lease that ran out means that an earlier send was cut off: this one is a repeat."""
    cut_off = due(type(row), at).filter(pk=row.pk, leased_until__isnull=False)
    lease = {"leased_until": at + LEASE, "attempts": F("attempts") + 1}
    if cut_off.update(**lease, repeats=F("repeats") + 1):
        return True
    return bool(due(type(row), at).filter(pk=row.pk, leased_until__isnull=True).update(**lease))


@retried
def end(row: Sending, *, state: Sending.State, at: datetime | None = None) -> None:
    """It was sent, or there is nothing left to send."""
    owed = type(row)._default_manager.filter(pk=row.pk, state=Sending.State.OWED)
    owed.update(leased_until=None, error="", state=state, **({"sent_at": at} if at else {}))


@retried
def postpone(row: Sending, *, at: datetime, error: str, is_final: bool) -> bool:
    """Tries again later, each time after twice as long; returns True when it was the last attempt."""
    row.refresh_from_db(fields=["attempts"])
    dead = is_final or row.attempts >= MOST_ATTEMPTS
    type(row)._default_manager.filter(pk=row.pk, state=Sending.State.OWED).update(
        state=Sending.State.DEAD if dead else Sending.State.OWED,
        due_at=at + min(LONGEST_WAIT, timedelta(seconds=30 * 2**row.attempts)),
        leased_until=None,
        error=error[:300],
    )
    return dead

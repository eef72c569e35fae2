"""Whether what is written is still what the caller had read: the one place where a write is found stale."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from journal.errors import DomainError


class StaleWrite(DomainError):
    """Somebody changed it after the caller had read it."""

    code = "stale"
    status = 412
    message = _("Someone else has changed this. Reload it, then repeat your change.")


class Versioned(Protocol):
    """A row whose `version` moves with every change of what people may edit."""

    version: int


def refuse_stale(row: Versioned, expected_version: int | None) -> None:
    """Raises StaleWrite unless `row` has the version that the caller had read; None where any will do.

    Give it the row as read under its lock, in the transaction that writes: nobody changes it in between then.
    """
    if expected_version is not None and row.version != expected_version:
        raise StaleWrite

"""The organisation of this installation and its local days."""

from datetime import date, datetime, timedelta

from accounts.models import Organization
from journal.remembering import remembered


@remembered
def current() -> Organization:
    """The organisation; Organization.DoesNotExist before the first start."""
    return Organization.objects.get(pk=1)


def local_day(at: datetime, organization: Organization | None = None) -> date:
    """The calendar day of `at` in the organisation's time zone."""
    return at.astimezone((organization or current()).zone).date()


def midnight_of(day: date, organization: Organization | None = None) -> datetime:
    """The first moment of that day in the organisation's time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=(organization or current()).zone)


def midnight_after(at: datetime, organization: Organization | None = None) -> datetime:
    """The next local midnight strictly after `at`."""
    home = organization or current()
    return midnight_of(local_day(at, home) + timedelta(days=1), home)

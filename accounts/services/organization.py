"""What is written about the organisation itself."""

from datetime import datetime

from accounts.models import Organization, User
from journal import services as journal
from journal.transactions import retried


@retried
def take_step(*, key: str) -> None:
    """Notes one of the four first steps as done; doing it again changes nothing."""
    organization = Organization.objects.select_for_update().get(pk=1)
    if key not in organization.steps_done:
        organization.steps_done = [*organization.steps_done, key]
        organization.save(update_fields=["steps_done"])


@retried
def show_advanced(*, shows: bool, by: User, at: datetime) -> None:
    """Whether 詳しい設定 stand in menu and settings."""
    organization = Organization.objects.select_for_update().get(pk=1)
    if organization.shows_advanced != shows:
        organization.shows_advanced = shows
        organization.save(update_fields=["shows_advanced"])
        journal.record("organization.changed", subject=organization, by=by, at=at, data={"shows_advanced": shows})

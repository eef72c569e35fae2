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
    _switch("shows_advanced", shows, by, at)


@retried
def ask_for_agreement(*, asks: bool, by: User, at: datetime) -> None:
    """Whether scoring rules are published only once marketing and sales have agreed to them."""
    _switch("publishing_needs_agreement", asks, by, at)


def _switch(name: str, is_on: bool, by: User, at: datetime) -> None:
    organization = Organization.objects.select_for_update().get(pk=1)
    if getattr(organization, name) != is_on:
        setattr(organization, name, is_on)
        organization.save(update_fields=[name])
        journal.record("organization.changed", subject=organization, by=by, at=at, data={name: is_on})

"""Which event makes this app do what, within the transaction or after its commit."""

from reports import reminders

__all__ = ["reminders"]

"""Which event makes this app do what, within the transaction or after its commit."""

from leads import event_lines

__all__ = ["event_lines"]

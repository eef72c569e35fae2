"""Addresses as the world outside needs them."""

from django.conf import settings


def full(path: str) -> str:
    """The whole address of a page, as a mail needs it."""
    return f"{settings.BASE_URL}{path}"

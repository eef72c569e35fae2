"""Addresses of pages, as far as this installation has them."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def path_of(name: str, *args: object) -> str:
    """The path of a named page; empty where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def full(path: str) -> str:
    """The whole address, as a mail needs it."""
    return f"{settings.BASE_URL}{path}"

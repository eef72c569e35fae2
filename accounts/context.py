"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template values of the frame; empty for requests without an entry."""
    return {}

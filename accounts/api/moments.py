"""The moment of an API request."""

from datetime import datetime

from rest_framework.request import Request


def at(request: Request) -> datetime:
    """When the request entered, by the database's clock."""
    return request._request.entry.at

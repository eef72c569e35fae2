"""Posts of somebody who is signed in and reads English, all at noon."""

from collections.abc import Callable, Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from journal import clock
from tests.cast import NOON


def by(person: User, client: Client) -> Callable[..., Any]:
    """A function that posts `values` to the page of a route's name and arguments."""
    client.force_login(person)
    client.cookies["handoff_language"] = "en"

    def send(route: str, *args: object, values: Mapping[str, Any] | None = None, **more: Any) -> Any:
        with clock.frozen(NOON):
            return client.post(reverse(route, args=args), values or {}, **more)

    return send

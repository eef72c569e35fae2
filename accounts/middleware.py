"""What every request carries: the moment it entered, by the database's clock, read at most once."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from accounts.models import Organization
from journal import clock


class Entry:
    """Lazily: the moment (`at`) and the organisation of this request."""

    @cached_property
    def at(self) -> datetime:
        return clock.now()

    @cached_property
    def organization(self) -> Organization | None:
        return Organization.objects.first()


class EntryMiddleware:
    """Sets `request.entry`; views and serializers pass `request.entry.at` down as `at=`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.entry = Entry()  # type: ignore[attr-defined]
        return self.get_response(request)

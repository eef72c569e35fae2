"""What every request carries: the moment it entered, by the database's clock, read at most once; on pages also
the organisation's time zone and the person's language."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import cached_property

from accounts import fault_pages
from accounts.interface import dates
from accounts.models import Organization
from journal import clock

NOT_PAGES = ("/api/", "/healthz", "/readyz", "/metrics")


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
        if request.path.startswith(NOT_PAGES):
            return self.get_response(request)
        _speak(request)
        organization = request.entry.organization  # type: ignore[attr-defined]
        zone = organization.zone if organization else None
        with timezone.override(zone), dates.read_at(lambda: request.entry.at):  # type: ignore[attr-defined]
            return self.get_response(request)


class FormAddressMiddleware:
    """A page instead of an empty 405 where an address that only takes a form is opened by itself, as happens after
    the sign-in that a form sent too late led to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.path.startswith(NOT_PAGES):
            return response
        page = fault_pages.page(request, "405.html", response.status_code)
        page["Allow"] = response["Allow"]
        return page


def _speak(request: HttpRequest) -> None:
    """A person's own language holds in a browser that has not chosen one."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated:
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = request.user.language  # type: ignore[attr-defined]

"""The pages that say no: within the product's frame for whoever is signed in, bare for others and when the frame fails."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.context import theme_of

FRAMED, BARE = "errors/framed.html", "errors/page.html"
log = logging.getLogger(__name__)


def page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """The page of a fault: with the menu and a way on for somebody signed in, else alone.

    The frame asks the database; where that fails the page is drawn without it, so that one fault does not become two.
    """
    try:
        if _has_frame(request):
            return render(request, template, {"frame": FRAMED}, status=status)
    except Exception:
        log.exception("The frame of page %s could not be drawn", status)
    return bare(request, template, status)


def bare(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """The page alone: it asks neither the database nor for what every other page is given, which may be what failed."""
    return HttpResponse(render_to_string(template, {"frame": BARE, "theme": theme_of(request)}), status=status)


def _has_frame(request: HttpRequest) -> bool:
    # A piece of a page that a script asked for is no place for a whole frame.
    user = getattr(request, "user", None)
    return "HX-Request" not in request.headers and hasattr(request, "entry") and bool(user and user.is_authenticated)

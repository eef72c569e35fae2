"""The frame's own pages: appearance and language, the menu on a phone."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.context import THEME_COOKIE, THEMES
from accounts.services import preferences
from accounts.web.places import safe_next

YEAR = 60 * 60 * 24 * 365


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the language (with the person, and in this browser) and the theme (in this browser)."""
    response = redirect(safe_next(request, "/"))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            preferences.speak(user=request.user, language=language)
        keep_language(response, language)
    if request.POST.get("theme") in THEMES:
        response.set_cookie(THEME_COOKIE, request.POST["theme"], YEAR, secure=settings.HTTPS, samesite="Lax")
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """This browser goes on in this language, whoever signs in."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, YEAR, secure=settings.HTTPS, samesite="Lax")


@login_required
@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """Every place of the menu on one page, for a phone."""
    return render(request, "account/menu.html")

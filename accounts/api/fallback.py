"""Answers for addresses under /api/ that no view took: a problem document there, the page elsewhere."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import fault_pages
from accounts.api.problems import PROBLEM_JSON, problem_body

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what could not be read before a view saw it, such as a body beyond every limit."""
    if not request.path.startswith(API):
        return fault_pages.bare(request, "400.html", HTTPStatus.BAD_REQUEST)
    return _problem(HTTPStatus.BAD_REQUEST, "invalid", _("This request can't be read."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    if not request.path.startswith(API):
        return fault_pages.page(request, "404.html", HTTPStatus.NOT_FOUND)
    return _problem(HTTPStatus.NOT_FOUND, "not_found", _("Not found, or you don't have access to it."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a page that this person may not open."""
    if not request.path.startswith(API):
        return fault_pages.page(request, "403.html", HTTPStatus.FORBIDDEN)
    return _problem(HTTPStatus.FORBIDDEN, "forbidden", _("You don't have permission to do this."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    if not request.path.startswith(API):
        return fault_pages.bare(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR)
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "error", _("Something went wrong on our side. The error has been logged.")
    )


def _problem(status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    body: dict[str, Any] = problem_body(status, code=code, detail=detail)
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_JSON)

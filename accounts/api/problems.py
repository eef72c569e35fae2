"""Turns every refusal into one RFC 9457 problem document: one place."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from journal.errors import DomainError, FieldError

log = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"
# Every fault at once, but an answer is for reading: whoever sends more faults than this mends these first.
MOST_ERRORS = 1_000
# The one sentence that the framework does not let us word: the body is `null`.
_NOTHING_SENT = "No data provided"


def problem(
    status: int, *, code: str, detail: str = "", errors: list[FieldError] | None = None, **extra: Any
) -> Response:
    """A problem document as the answer of a view."""
    body = problem_body(status, code=code, detail=detail, errors=errors)
    return Response(body | extra, status=status, content_type=PROBLEM_JSON)


def problem_body(status: int, *, code: str, detail: str, errors: list[FieldError] | None = None) -> dict[str, Any]:
    """`{type, title, status, detail, errors}`."""
    return {
        "type": f"urn:handoff:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "errors": [{"field": e.field, "code": e.code, "message": str(e.message)} for e in (errors or [])[:MOST_ERRORS]],
    }


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. Unknown errors stay errors (None): they are bugs."""
    answer = _answer(error)
    if answer is not None:
        set_rollback()
    return answer


def _answer(error: Exception) -> Response | None:
    if isinstance(error, DomainError):
        return problem(error.status, code=error.code, detail=str(error), errors=error.errors)
    if isinstance(error, Http404):
        return problem(404, code="not_found", detail=_("Not found, or you don't have access to it."))
    if isinstance(error, PermissionDenied):
        return problem(403, code="forbidden", detail=_("You don't have permission to do this."))
    if isinstance(error, exceptions.ValidationError):
        faults = list(flatten(error.detail))
        return problem(400, code="invalid", detail=_("Some fields have errors; see the details."), errors=faults)
    if isinstance(error, DjangoValidationError):
        faults = [FieldError("", "invalid", message) for message in error.messages]
        return problem(400, code="invalid", detail=_("Some fields have errors; see the details."), errors=faults)
    if isinstance(error, exceptions.APIException):
        return _from_api_exception(error)
    if isinstance(error, RequestDataTooBig):
        return problem(413, code="too_large", detail=_("The body is too large."))
    if isinstance(error, SuspiciousOperation):
        return problem(400, code="invalid", detail=_("This request can't be read."))
    return _from_database(error)


def _from_api_exception(error: exceptions.APIException) -> Response:
    answer = problem(error.status_code, code=str(error.default_code), detail=str(error.detail))
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait) + 1)
    return answer


def _from_database(error: Exception) -> Response | None:
    if isinstance(error, ProtectedError):
        return problem(409, code="in_use", detail=_("Other records refer to this one."))
    if isinstance(error, IntegrityError):
        log.warning("integrity error answered as conflict", exc_info=error)
        return problem(409, code="conflict", detail=_("This conflicts with what is stored. Read it again and retry."))
    if isinstance(error, DataError):
        return problem(400, code="invalid", detail=_("A value is too long or out of range."))
    if isinstance(error, OperationalError):
        log.error("database unavailable", exc_info=error)
        answer = problem(503, code="unavailable", detail=_("The database is busy. Try again shortly."))
        answer["Retry-After"] = "2"
        return answer
    return None


def flatten(detail: Any, path: str = "") -> Iterator[FieldError]:
    """DRF's nested error detail as flat FieldErrors with dotted paths."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key in ("non_field_errors", "detail") else str(key)
            yield from flatten(value, f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for number, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from flatten(value, f"{path}[{number}]" if nested else path)
    elif str(detail) == _NOTHING_SENT:
        yield FieldError(path, "null", _("Send a JSON object of names and values here."))
    else:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))

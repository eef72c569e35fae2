"""Repeated POSTs: the same key and body answers the stored response, another body is refused."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.moments import at
from accounts.models import IdempotentAnswer
from journal.errors import Conflict, DomainError, Invalid

KEPT = timedelta(hours=24)
# A first request that has not answered after this long has died; its key is free again.
ABANDONED = timedelta(seconds=60)
_HEADERS = ("ETag", "Location")


class KeyReused(DomainError):
    """The key came with another body before."""

    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used with another request. Use a new key for a new request.")


class StillRunning(Conflict):
    """The first request with this key has not been answered yet."""

    code = "idempotency_in_progress"
    message = _("The first request with this Idempotency-Key is still running. Repeat it shortly.")


class IdempotentMixin:
    """For views: honours `Idempotency-Key` on every POST.

    The key is claimed by a unique row before the work, so of parallel repeats one works. Answers under 500 are
    kept for 24 hours; after a failure of ours the key is freed.
    """

    _claimed: IdempotentAnswer | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        if not key:
            return
        if len(key) > 255 or not key.isprintable():
            raise Invalid(_("The Idempotency-Key must be 1 to 255 printable characters."))
        self._claimed = _claim(request, key)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Exception:
            _free(self._claimed)
            raise
        if self._claimed is not None:
            _keep(self._claimed, response)
        return response

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Repeated):
            return error.answer()
        return super().handle_exception(error)  # type: ignore[misc]


class Repeated(Exception):
    """Carries the stored answer out of the view."""

    def __init__(self, stored: IdempotentAnswer):
        self.stored = stored

    def answer(self) -> Any:
        """The stored response, byte for byte."""
        response = HttpResponse(self.stored.body, status=self.stored.status, content_type=self.stored.content_type)
        for name, value in self.stored.headers.items():
            response[name] = value
        response["Idempotent-Replay"] = "true"
        return response


def _claim(request: Request, key: str) -> IdempotentAnswer:
    moment = at(request)
    digest = _digest(request)
    mine = IdempotentAnswer.objects.filter(user=request.user, key=key)
    mine.filter(created_at__lt=moment - KEPT).delete()
    mine.filter(created_at__lt=moment - ABANDONED, status__isnull=True).delete()
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(user=request.user, key=key, request_hash=digest, created_at=moment)
    except IntegrityError:
        pass
    stored = mine.first()
    if stored is None:
        # The first request failed and freed the key between our look and our read.
        raise StillRunning
    if stored.request_hash != digest:
        raise KeyReused
    if stored.status is None:
        raise StillRunning
    raise Repeated(stored)


def _digest(request: Request) -> str:
    body = request._request.body
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()


def _keep(claimed: IdempotentAnswer, response: HttpResponse) -> None:
    if response.status_code >= 500:
        _free(claimed)
        return
    if isinstance(response, Response) and not response.is_rendered:
        response.render()
    IdempotentAnswer.objects.filter(pk=claimed.pk).update(
        status=response.status_code,
        body=response.content.decode("utf-8"),
        content_type=response.get("Content-Type", ""),
        headers={name: response[name] for name in _HEADERS if name in response},
    )


def _free(claimed: IdempotentAnswer | None) -> None:
    if claimed is not None:
        IdempotentAnswer.objects.filter(pk=claimed.pk).delete()

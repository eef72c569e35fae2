"""For operators: whether this process lives, and whether the installation does its work."""

from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from handoff.models import Heartbeat
from journal import clock
from journal.models import Delivery

# Owed work older than this was not found by four sweeps.
LATE = timedelta(seconds=60)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as soon as the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503. A missing broker or worker is told as `degraded`: work still gets
    done, by the watchdog."""
    try:
        parts = {"database": "ok", "broker": _broker(), "workers": _workers(), "owed": _owed()}
    except DatabaseError:
        return JsonResponse({"state": "unavailable", "database": "away"}, status=503, headers={"Retry-After": "2"})
    state = "ok" if all(part == "ok" for part in parts.values()) else "degraded"
    return JsonResponse({"state": state, **parts})


def _broker() -> str:
    broker = current_app.connection_for_write(connect_timeout=1)
    try:
        with broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OSError, OperationalError, *broker.connection_errors):
        return "away"
    return "ok"


def _workers() -> str:
    beat: Any = Heartbeat.objects.filter(name="worker").first()
    silent = beat is None or clock.now() - beat.at > timedelta(seconds=settings.WATCHDOG_SILENCE_SECONDS)
    return "silent" if silent else "ok"


def _owed() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    late = Delivery.objects.filter(state=Delivery.State.OWED, due_at__lt=clock.now() - LATE)
    return "late" if late.exists() else "ok"

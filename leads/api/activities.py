"""Activities over HTTP: one or a list, idempotent by event_id."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from leads.api import shapes
from leads.api.serializers import ActivityAnswerSerializer, ActivitySerializer
from leads.services import activities


class ActivitiesView(IdempotentMixin, APIView):
    """What leads did and what was done with them."""

    filter_backends: list[type] = []
    scopes = {"write": Scope.ACTIVITIES_WRITE}

    @extend_schema(
        summary="Record one activity or up to 5,000",
        request=ActivitySerializer(many=True),
        responses={202: ActivityAnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        """A list, one object, or `{activities: [...], create_missing}`. One bad row never stops the others."""
        rows, create_missing = _rows(request.data)
        result = activities.record_many(rows=rows, by=request.user, at=at(request), create_missing=create_missing)
        errors = [{"index": row["index"], "errors": shapes.faults(row["errors"])} for row in result["errors"]]
        if len(rows) == 1 and errors and not isinstance(request.data, list):
            raise activities.InvalidActivity(errors=result["errors"][0]["errors"])
        return Response(result | {"errors": errors}, status=202)


def _rows(data: Any) -> tuple[list[dict[str, Any]], bool]:
    if isinstance(data, list):
        wanted = any(isinstance(row, dict) and row.get("create_missing") is True for row in data)
        return [_without_flag(row) for row in data], wanted
    if not isinstance(data, dict):
        raise ParseError(_("Send an activity or a list of activities."))
    create_missing = data.get("create_missing") is True
    if "activities" not in data:
        return [_without_flag(data)], create_missing
    if not isinstance(data["activities"], list):
        raise ParseError(_("activities must be a list."))
    return [_without_flag(row) for row in data["activities"]], create_missing


def _without_flag(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != "create_missing"} if isinstance(row, dict) else row

"""Cursor pages; a count only when asked for, and never beyond 10,000."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

COUNT_CAP = 10_000


def capped_count(queryset: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows, at most 10,000, and whether there are more."""
    counted = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(counted, COUNT_CAP), counted > COUNT_CAP


class CappedCursorPagination(CursorPagination):
    """`{next, previous, results}`; `?count=true` adds `count` (and `count_capped`)."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
    count: tuple[int, bool] | None = None

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        if request.query_params.get("count") == "true":
            self.count = capped_count(queryset)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        body = {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        if self.count is not None:
            body["count"] = self.count[0]
            if self.count[1]:
                body["count_capped"] = True
        return Response(body)

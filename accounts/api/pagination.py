"""Cursor pages; a count only when asked for, and never beyond 10,000."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

COUNT_CAP = 10_000
SIZE, MOST = 50, 200


def capped_count(queryset: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows, at most 10,000, and whether there are more."""
    counted = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(counted, COUNT_CAP), counted > COUNT_CAP


def size_of(request: Request) -> int:
    """`page_size`, 1 to 200; 50 when it is left out. 400 for anything that is no number."""
    text = request.query_params.get("page_size", "")
    if not text:
        return SIZE
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) < 1:
        raise ValidationError({"page_size": [_("A whole number from 1 to 200.")]})
    return min(int(text), MOST)


class CappedCursorPagination(CursorPagination):
    """`{next, previous, results}`; `?count=true` adds `count` (and `count_capped`)."""

    page_size = SIZE
    page_size_query_param = "page_size"
    max_page_size = MOST
    ordering = "-id"
    count: tuple[int, bool] | None = None

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        if request.query_params.get("count") == "true":
            self.count = capped_count(queryset)
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request: Request) -> int:
        return size_of(request)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the address; a 400 for one that is none of ours: every ordering here is a whole number."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise _bad_cursor() from error
        if cursor and cursor.position is not None and not _is_number(cursor.position):
            raise _bad_cursor()
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        body = {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        if self.count is not None:
            body["count"] = self.count[0]
            if self.count[1]:
                body["count_capped"] = True
        return Response(body)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _bad_cursor() -> ValidationError:
    return ValidationError({"cursor": [_("This page no longer exists. Start from the first one.")]}, code="bad_cursor")

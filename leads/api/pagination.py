"""Pages of leads: by keyset over any ordering, scores that are still owed included."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.pagination import CappedCursorPagination, capped_count, size_of
from leads.models import Lead
from leads.queries import lead_list


class LeadPages(BasePagination):
    """`{next, previous, results}` in the chosen ordering; rows are dicts of `lead_list.API_COLUMNS`."""

    def paginate_queryset(self, queryset: QuerySet[Lead], request: Request, view: Any = None) -> list[dict[str, Any]]:
        self.request = request
        self.count = capped_count(queryset) if request.query_params.get("count") == "true" else None
        self.page = lead_list.api_page(
            queryset,
            ordering=request.query_params.get("ordering")
            or getattr(view, "ordering", "")
            or lead_list.DEFAULT_ORDERING,
            cursor=request.query_params.get("cursor"),
            size=size_of(request),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        body = {"next": self._link(self.page.next), "previous": self._link(self.page.previous), "results": data}
        if self.count is not None:
            body["count"] = self.count[0]
            if self.count[1]:
                body["count_capped"] = True
        return Response(body)

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        query = {name: value for name, value in self.request.query_params.items() if name != "cursor"}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query | {'cursor': cursor})}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return CappedCursorPagination().get_paginated_response_schema(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return CappedCursorPagination().get_schema_operation_parameters(view)

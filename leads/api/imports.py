"""Imports over HTTP: shape in, one call, shape out."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.api.pagination import CappedCursorPagination
from accounts.api.parsers import MultiPartParser, StrictJSONParser
from accounts.domain.roles import Scope
from leads.api.import_shapes import (
    ImportRowSerializer,
    ImportSerializer,
    ImportStartSerializer,
    ResolveAllSerializer,
    ResolveSerializer,
)
from leads.imports import limits
from leads.imports.errors import TooBig
from leads.models import ImportRow, ImportRun
from leads.queries import imports
from leads.queries.references import as_id
from leads.services import import_resolving, import_runs, import_undoing
from leads.services.import_errors import UnknownResult

RESULT = OpenApiParameter(
    "result", OpenApiTypes.STR, enum=ImportRow.Result.values, description="Only rows with this result"
)
KEPT = OpenApiParameter("kept", OpenApiTypes.BOOL, description="true: only rows whose lead stayed after an undo")
NUMBER = OpenApiParameter("number", OpenApiTypes.INT, OpenApiParameter.PATH, description="Number of the row")
# Beside the file itself a form has its other fields and its boundaries.
_MOST_BODY = limits.FILE_BYTES + 60 * 1024


class RowPages(CappedCursorPagination):
    """Rows in the order of the file."""

    ordering = "number"


@extend_schema_view(
    list=extend_schema(summary="Imports, newest first"), retrieve=extend_schema(summary="How far an import has come")
)
class ImportViewSet(
    IdempotentMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ImportRun]
):
    """A file on its way in: created + updated + unchanged + duplicates + refused = rows."""

    queryset = ImportRun.objects.none()
    serializer_class = ImportSerializer
    parser_classes = (MultiPartParser, StrictJSONParser)
    filterset_fields: list[str] = ["state"]
    extra_parameters: tuple[str, ...] = ()
    scopes = {"read": Scope.LEADS_READ, "write": Scope.LEADS_WRITE}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > _MOST_BODY:
            raise TooBig(megabytes=limits.FILE_BYTES >> 20)
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ImportRun]:
        if getattr(self, "swagger_fake_view", False):
            return ImportRun.objects.none()
        import_runs.require(self.request.user)
        return imports.runs()

    def get_object(self) -> ImportRun:
        number = as_id(self.kwargs["pk"])
        run = self.get_queryset().filter(pk=number).first() if number else None
        if run is None:
            raise Http404
        return run

    def _shown(self, run: ImportRun, status: int = 200) -> Response:
        fresh = imports.runs().get(pk=run.pk)
        return Response(ImportSerializer(fresh).data, status=status)

    @extend_schema(
        summary="Take in a file of leads",
        request={"multipart/form-data": ImportStartSerializer},
        responses={201: ImportSerializer},
    )
    def create(self, request: Request) -> Response:
        """The answer comes when the file's beginning is understood; rows follow in the background (see progress)."""
        form = ImportStartSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        file = given.pop("file")
        run = import_runs.start(file=file, filename=file.name, by=request.user, at=at(request), **given)
        return self._shown(run, 201)

    @extend_schema(
        summary="Rows of an import", parameters=[RESULT, KEPT], responses=ImportRowSerializer(many=True), filters=False
    )
    @action(
        detail=True,
        filterset_fields=[],
        extra_parameters=("result", "kept"),
        pagination_class=RowPages,
        serializer_class=ImportRowSerializer,
    )
    def rows(self, request: Request, pk: str) -> Response:
        run = self.get_object()
        result = request.query_params.get("result", "")
        if result and result not in ImportRow.Result.values:
            raise UnknownResult
        kept = request.query_params.get("kept") == "true"
        page = self.paginate_queryset(self.filter_queryset(imports.rows(run, result=result, kept=kept)))
        return self.get_paginated_response(ImportRowSerializer(page, many=True).data)

    @extend_schema(
        summary="Decide on a held row", parameters=[NUMBER], request=ResolveSerializer, responses=ImportRowSerializer
    )
    @action(detail=True, methods=["post"], url_path=r"rows/(?P<number>[0-9]{1,9})/resolve")
    def resolve(self, request: Request, pk: str, number: str) -> Response:
        """In a preview the decision waits for the commit; afterwards it is done at once."""
        run = self.get_object()
        form = ResolveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        meaning = form.validated_data["as"]
        try:
            row = import_resolving.resolve(
                run=run, number=int(number), meaning=meaning, by=request.user, at=at(request)
            )
        except ImportRow.DoesNotExist as error:
            raise Http404 from error
        return Response(ImportRowSerializer(row).data)

    @extend_schema(
        operation_id="imports_resolve_all",
        summary="Decide on all held rows alike",
        request=ResolveAllSerializer,
        responses=ImportSerializer,
    )
    @action(detail=True, methods=["post"], url_path="resolve", url_name="resolve-all")
    def resolve_all(self, request: Request, pk: str) -> Response:
        """Rows that can't mean it stay held. In a preview the decisions wait for the commit; else a worker follows."""
        run = self.get_object()
        form = ResolveAllSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        import_resolving.resolve_all(run=run, meaning=form.validated_data["as"], by=request.user, at=at(request))
        return self._shown(run)

    @extend_schema(summary="The refused rows as CSV", responses={(200, "text/csv"): OpenApiTypes.STR})
    def errors(self, request: Request, pk: str) -> HttpResponse | StreamingHttpResponse:
        """Line, reason, then the row as it was sent; it can be mended and imported again."""
        run = self.get_object()
        answer = StreamingHttpResponse(imports.refused_csv(run), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="import-{run.pk}-refused.csv"'
        return answer

    @extend_schema(summary="Write what the preview shows", request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        return self._shown(import_runs.commit(run=self.get_object(), by=request.user, at=at(request)))

    @extend_schema(summary="Take an import back", request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """A large one goes on in the background (`undoing`, see progress). What others have changed since stays as it is:
        `kept` says how many, `rows/?kept=true` which and why.
        """
        return self._shown(import_undoing.undo(run=self.get_object(), by=request.user, at=at(request)))

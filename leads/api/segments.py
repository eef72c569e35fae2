"""Saved lists over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.concurrency import ETagMixin, version_read
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from leads.api import shapes
from leads.api.leads import COUNT, ORDERING, body_of
from leads.api.pagination import LeadPages
from leads.api.serializers import LeadSerializer
from leads.models import Lead, Segment
from leads.queries.lead_filter import of_segment
from leads.queries.references import as_id
from leads.services import segments


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    owner = serializers.CharField(source="owner_id", read_only=True, help_text="Id of the person who made it")
    condition = serializers.SerializerMethodField(help_text="Which leads, in the language of rules; {} means all")
    filters = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Filters of the list that must hold too, by name"
    )

    columns = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Names of the columns that the page shows; empty means each person's usual ones",
    )

    class Meta:
        model = Segment
        fields = (
            *("id", "name", "condition", "filters", "ordering", "columns", "is_shared", "owner"),
            *("version", "created_at", "updated_at"),
        )
        read_only_fields = ("version", "created_at", "updated_at")
        extra_kwargs = {
            "name": {"help_text": "What it is called, once per person"},
            "ordering": {"help_text": "As in the list of leads, such as -score; empty means the usual one"},
            "is_shared": {"help_text": "Whether everybody sees it"},
            "version": {"help_text": "Counts the changes"},
            "created_at": {"help_text": "When it was made"},
            "updated_at": {"help_text": "When it was changed"},
        }

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_condition(self, segment: Segment) -> Any:
        return segment.condition


class SegmentRequestSerializer(SegmentSerializer):
    """What makes or changes a saved list; checked by the service."""

    condition = serializers.JSONField(required=False, help_text="Which leads, in the language of rules")  # type: ignore[assignment]


@extend_schema_view(list=extend_schema(summary="Saved lists: one's own and the shared ones"))
class SegmentViewSet(IdempotentMixin, ETagMixin, viewsets.GenericViewSet[Segment]):
    """A saved condition over leads."""

    queryset = Segment.objects.none()
    serializer_class = SegmentSerializer
    filterset_fields: list[str] = ["is_shared"]
    scopes = {"read": Scope.LEADS_READ, "write": Scope.LEADS_WRITE}
    ordering = ""

    def get_queryset(self) -> QuerySet[Segment]:
        return Segment.objects.visible_to(self.request.user)

    def one(self) -> Segment:
        """The list of the address, if the caller sees it; else 404."""
        number = as_id(self.kwargs["pk"])
        segment = self.get_queryset().filter(pk=number).first() if number else None
        if segment is None:
            raise Http404
        return segment

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(SegmentSerializer(page, many=True).data)

    @extend_schema(summary="Save a list", request=SegmentRequestSerializer, responses={201: SegmentSerializer})
    def create(self, request: Request) -> Response:
        """409 when the caller has one of that name."""
        return self._answer(segments.save(values=body_of(request), by=request.user, at=at(request)), 201)

    @extend_schema(summary="One saved list")
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._answer(self.one())

    @extend_schema(summary="Change a saved list", request=SegmentRequestSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Only what is sent changes. With If-Match a change in between answers 412."""
        segment = self.one()
        expected = version_read(request, segment)
        changed = segments.save(
            values=body_of(request),
            by=request.user,
            at=at(request),
            segment=segment,
            expected_version=expected,
        )
        return self._answer(changed)

    @extend_schema(summary="Delete a saved list", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Its leads stay."""
        segments.delete(segment=self.one(), by=request.user, at=at(request))
        return Response(status=204)

    @extend_schema(
        summary="The leads of a saved list", parameters=[ORDERING, COUNT], responses=LeadSerializer(many=True)
    )
    @action(detail=True, methods=["get"], pagination_class=LeadPages, filter_backends=[])
    def leads(self, request: Request, pk: str) -> Response:
        """Those that the caller sees, in the list's own ordering unless another is asked for."""
        segment = self.one()
        self.ordering = segment.ordering
        found = of_segment(Lead.objects.visible_to(request.user), segment, user=request.user, at=at(request))
        rows = self.paginator.paginate_queryset(found, request, self)
        return self.paginator.get_paginated_response([shapes.lead(row) for row in rows])

    def _answer(self, segment: Segment, status: int = 200) -> Response:
        return self.tagged(segment, SegmentSerializer(segment).data, status)

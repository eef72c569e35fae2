"""Leads over HTTP: shape in, one call, shape out."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.concurrency import ETagMixin, version_read
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.api.pagination import size_of
from accounts.domain.roles import Scope
from leads.api import shapes
from leads.api.duplicates import DuplicatePairSerializer
from leads.api.merging import MergeAnswerSerializer, MergeRequestSerializer, asked
from leads.api.pagination import LeadPages
from leads.api.serializers import (
    BulkAnswerSerializer,
    BulkLeadsSerializer,
    LeadSerializer,
    TimelinePageSerializer,
)
from leads.models import Lead
from leads.queries import duplicate_pairs, lead_list, timeline
from leads.queries.lead_filter import LeadFilter
from leads.queries.references import as_id
from leads.services import bulk_leads, leads, merging

ORDERING = OpenApiParameter(
    "ordering",
    OpenApiTypes.STR,
    description=f"One of {', '.join(lead_list.ORDERINGS)}; a minus before it turns it round. Default -score.",
)
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="Opaque; from next or previous")
PAGE_SIZE = OpenApiParameter("page_size", OpenApiTypes.INT, description="At most 200, default 50")
COUNT = OpenApiParameter("count", OpenApiTypes.BOOL, description="true adds count, capped at 10,000")


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of the request; a 400 when it is something else."""
    if not isinstance(request.data, dict):
        raise ParseError(_("Send a JSON object."))
    return request.data


@extend_schema_view(list=extend_schema(summary="Leads, filtered and sorted", parameters=[ORDERING, COUNT]))
class LeadViewSet(IdempotentMixin, ETagMixin, viewsets.GenericViewSet[Lead]):
    """One person at one company whom we may sell to."""

    queryset = Lead.objects.none()
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    pagination_class = LeadPages
    extra_parameters = ("ordering",)
    scopes = {"read": Scope.LEADS_READ, "write": Scope.LEADS_WRITE}

    def get_queryset(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user)

    def one(self) -> Lead:
        """The lead of the address, if the caller sees it; else 404."""
        number = as_id(self.kwargs["pk"])
        lead = self.get_queryset().filter(pk=number).first() if number else None
        if lead is None:
            raise Http404
        return lead

    def list(self, request: Request) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        rows = self.paginator.paginate_queryset(queryset, request, self)
        return self.paginator.get_paginated_response([shapes.lead(row) for row in rows])

    @extend_schema(summary="Make a lead", responses={201: LeadSerializer})
    def create(self, request: Request) -> Response:
        """409 when the person is here already, by external_id, personal e-mail or mobile."""
        lead = leads.create(values=body_of(request), by=request.user, at=at(request))
        return self._answer(lead, 201)

    @extend_schema(summary="One lead")
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._answer(self.one())

    @extend_schema(summary="Change a lead", request=LeadSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Only what is sent changes. With If-Match a change in between answers 412."""
        lead = self.one()
        expected = version_read(request, lead)
        changed = leads.update(
            lead=lead, values=body_of(request), by=request.user, at=at(request), expected_version=expected
        )
        return self._answer(changed)

    @extend_schema(
        summary="Make or change up to 1,000 leads", request=BulkLeadsSerializer, responses=BulkAnswerSerializer
    )
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    def bulk(self, request: Request) -> Response:
        """One bad row never stops the others."""
        body = body_of(request)
        if not isinstance(body.get("leads"), list):
            raise ParseError(_("leads must be a list."))
        result = bulk_leads.upsert_many(
            rows=body["leads"], match_on=str(body.get("match_on")), by=request.user, at=at(request)
        )
        errors = [{"index": index, "errors": shapes.faults(faults)} for index, faults in result.errors]
        counts = {"created": result.created, "updated": result.updated, "unchanged": result.unchanged}
        return Response(counts | {"errors": errors})

    @extend_schema(
        summary="What happened with a lead, newest first",
        responses=TimelinePageSerializer,
        parameters=[CURSOR, PAGE_SIZE],
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def timeline(self, request: Request, pk: str) -> Response:
        """Activities, transitions, handoffs, feedback and edits."""
        size = size_of(request)
        entries, rest = timeline.entries(self.one(), cursor=request.query_params.get("cursor"), size=size)
        following = request.build_absolute_uri(f"{request.path}?cursor={rest}&page_size={size}") if rest else None
        return Response({"next": following, "previous": None, "results": [shapes.entry(one) for one in entries]})

    @extend_schema(summary="Leads that may be the same person", responses=DuplicatePairSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def duplicates(self, request: Request, pk: str) -> Response:
        """The likeliest first, at most 50."""
        pairs = duplicate_pairs.of_lead(self.one(), user=request.user)[:50]
        return Response(DuplicatePairSerializer(pairs, many=True).data)

    @extend_schema(
        summary="Merge another lead into this one", request=MergeRequestSerializer, responses=MergeAnswerSerializer
    )
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def merge(self, request: Request, pk: str) -> Response:
        """The one in the further stage survives. 409 across companies unasked, and where two people hold them."""
        lead = self.one()
        expected = version_read(request, lead)
        row = merging.merge(
            survivor=lead,
            by=request.user,
            at=at(request),
            expected_version=expected,
            **asked(body_of(request), request.user),
        )
        return Response({"survivor": str(row.survivor_id), "merge": str(row.pk)})

    def _answer(self, lead: Lead, status: int = 200) -> Response:
        return self.tagged(lead, shapes.lead(lead_list.api_row(lead)), status)

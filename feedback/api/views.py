"""Results and deals by HTTP: shape in, one call, shape out."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.concurrency import ETagMixin, version_read
from accounts.api.filters import IdFilter
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from feedback.api.serializers import FeedbackInput, FeedbackSerializer, OpportunitySerializer
from feedback.models import Opportunity
from feedback.queries import opportunities as queries
from feedback.services import feedback, opportunities
from handoff.models import Handoff
from leads.queries.references import as_id

PK = OpenApiParameter("pk", OpenApiTypes.STR, OpenApiParameter.PATH, description="Id of the handoff")


class FeedbackView(IdempotentMixin, APIView):
    """The result of one handoff."""

    scopes = {"write": Scope.FEEDBACK_WRITE, "read": Scope.HANDOFFS_READ}
    filter_backends: list[type] = []

    @extend_schema(
        summary="Report the result of a handoff",
        parameters=[PK],
        request=FeedbackInput,
        responses={201: FeedbackSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        handoff = get_object_or_404(Handoff.objects.visible_to(request.user), pk=as_id(pk) or 0)
        expected = version_read(request, handoff)
        shape = FeedbackInput(data=request.data)
        shape.is_valid(raise_exception=True)
        values = dict(shape.validated_data)
        given = feedback.give(
            handoff=handoff,
            by=request.user,
            at=at(request),
            happened_at=values.pop("at"),
            expected_version=expected,
            **values,
        )
        return Response(FeedbackSerializer(given).data, status=201)

    @extend_schema(
        summary="The results reported for a handoff, newest first",
        parameters=[PK],
        responses=FeedbackSerializer(many=True),
    )
    def get(self, request: Request, pk: str) -> Response:
        handoff = get_object_or_404(Handoff.objects.visible_to(request.user), pk=as_id(pk) or 0)
        rows = handoff.feedbacks.order_by("-id")
        return Response(FeedbackSerializer(rows, many=True).data)


class OpportunityFilter(django_filters.FilterSet):
    """Filters of deals."""

    lead = IdFilter(field_name="lead_id", help_text="Id of the lead")
    result = django_filters.ChoiceFilter(
        choices=[("open", "open"), ("won", "won"), ("lost", "lost")],
        method="with_result",
        help_text="open, won or lost",
    )
    opened_after = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte", help_text="Opened on or after")

    class Meta:
        model = Opportunity
        fields = ["source"]

    def with_result(self, rows: QuerySet[Opportunity], name: str, value: str) -> QuerySet[Opportunity]:
        return rows.filter(result="" if value == "open" else value)


@extend_schema_view(
    list=extend_schema(summary="Deals, newest first"),
    retrieve=extend_schema(summary="One deal"),
    create=extend_schema(summary="Record a deal (on a lead with an accepted handoff: that handoff's result)"),
    partial_update=extend_schema(summary="Change a deal; `result` ends it as its feedback would"),
)
class OpportunityViewSet(
    IdempotentMixin,
    ETagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Opportunity],
):
    """Deals of the leads one may see."""

    scopes = {"read": Scope.HANDOFFS_READ, "write": Scope.FEEDBACK_WRITE}
    serializer_class = OpportunitySerializer
    filterset_class = OpportunityFilter
    http_method_names = ["get", "post", "patch", "head", "options"]

    def get_queryset(self) -> QuerySet[Opportunity]:
        if getattr(self, "swagger_fake_view", False):
            return Opportunity.objects.none()
        return queries.visible_to(self.request.user)  # type: ignore[arg-type]

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        deal = self.get_object()
        return self.tagged(deal, self.get_serializer(deal).data)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        shape = self.get_serializer(data=request.data)
        shape.is_valid(raise_exception=True)
        deal = opportunities.begin(by=request.user, at=at(request), **shape.validated_data)
        return self.tagged(deal, self.get_serializer(deal).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        deal = self.get_object()
        expected = version_read(request, deal)
        shape = self.get_serializer(deal, data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        deal = opportunities.update(
            opportunity=deal, values=shape.validated_data, by=request.user, at=at(request), expected_version=expected
        )
        return self.tagged(deal, self.get_serializer(deal).data)

"""Stages by HTTP: the log, the change by hand, the next action."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.concurrency import version_read
from accounts.api.filters import IdFilter, MomentFilter
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from handoff.api import shapes
from handoff.models import StageTransition
from handoff.queries import gates
from handoff.services import next_actions, transition
from leads.domain.choices import Stage
from leads.models import Lead
from leads.queries.references import as_id

PK = OpenApiParameter("pk", OpenApiTypes.STR, OpenApiParameter.PATH, description="Id of the lead")


class LeadVerb(IdempotentMixin, APIView):
    """A verb on one lead that the caller sees."""

    scopes = {"write": Scope.LEADS_WRITE}
    filter_backends: list[type] = []

    def _lead(self, request: Request, pk: str) -> Lead:
        lead = Lead.objects.visible_to(request.user).filter(pk=as_id(pk) or 0).first()
        if lead is None:
            raise Http404
        return lead

    def _read(self, shape: type[Any], request: Request) -> dict[str, Any]:
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class TransitionView(LeadVerb):
    """A change of stage by hand."""

    @extend_schema(
        summary="Change a lead's stage by hand",
        parameters=[PK],
        request=shapes.TransitionInput,
        responses=shapes.MovedSerializer,
    )
    def post(self, request: Request, pk: str) -> Response:
        """403 without the permission, 400 where a blocking gate names its items, 409 naming what the table allows.

        What a gate only warns of stands in `warnings`.
        """
        lead = self._lead(request, pk)
        expected = version_read(request, lead)
        values = self._read(shapes.TransitionInput, request)
        warnings = gates.entry_warnings(lead, at=at(request)) if values["to"] == Stage.MQL else ()
        moved = transition.transition(lead=lead, by=request.user, at=at(request), expected_version=expected, **values)
        return Response(shapes.LeadDutySerializer(moved).data | {"warnings": shapes.warned(warnings)})


class NextActionView(LeadVerb):
    """The next step with a lead."""

    @extend_schema(
        summary="Plan the next action",
        parameters=[PK],
        request=shapes.NextActionInput,
        responses=shapes.LeadDutySerializer,
    )
    def post(self, request: Request, pk: str) -> Response:
        """409 while something more pressing is owed."""
        lead = self._lead(request, pk)
        expected = version_read(request, lead)
        values = self._read(shapes.NextActionInput, request)
        action_at = values.pop("at")
        planned = next_actions.plan(
            lead=lead, action_at=action_at, by=request.user, at=at(request), expected_version=expected, **values
        )
        return Response(shapes.LeadDutySerializer(planned).data)


class TransitionFilter(django_filters.FilterSet):
    """Filters of the log."""

    lead = IdFilter(field_name="lead_id", help_text="Id of the lead")
    to = django_filters.ChoiceFilter(field_name="to_stage", choices=Stage.choices, help_text="Stage entered")
    after = MomentFilter(field_name="at", lookup_expr="gte", help_text="At or after")

    class Meta:
        model = StageTransition
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Changes of stage, newest first"))
class TransitionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[StageTransition]):
    """The append-only log of stages."""

    scopes = {"read": Scope.LEADS_READ}
    serializer_class = shapes.TransitionSerializer
    filterset_class = TransitionFilter

    def get_queryset(self) -> QuerySet[StageTransition]:
        if getattr(self, "swagger_fake_view", False):
            return StageTransition.objects.none()
        return StageTransition.objects.filter(lead__in=Lead.objects.visible_to(self.request.user))

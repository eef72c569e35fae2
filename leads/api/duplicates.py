"""Probable duplicates over HTTP."""

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from leads.models import DuplicatePair
from leads.queries import duplicate_pairs
from leads.queries.references import as_id
from leads.services import duplicates


class ReasonSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="What is alike")
    similarity = serializers.IntegerField(help_text="How much, 0 to 100")


class DuplicatePairSerializer(serializers.ModelSerializer[DuplicatePair]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    a = serializers.CharField(source="a_id", read_only=True, help_text="Id of the older lead")
    b = serializers.CharField(source="b_id", read_only=True, help_text="Id of the newer lead")
    reasons = ReasonSerializer(many=True, read_only=True, help_text="Why they may be one person")

    class Meta:
        model = DuplicatePair
        fields = ("id", "a", "b", "score", "reasons", "state")
        read_only_fields = ("score", "state")
        extra_kwargs = {
            "score": {"help_text": "How likely, 0 to 100"},
            "state": {"help_text": "open, dismissed or merged"},
        }


class DuplicatePairFilter(django_filters.FilterSet):
    """By state and likelihood."""

    state = django_filters.ChoiceFilter(choices=DuplicatePair.State.choices, help_text="open, dismissed or merged")
    min_score = django_filters.NumberFilter(
        field_name="score", lookup_expr="gte", min_value=0, max_value=100, help_text="At least this likely"
    )

    class Meta:
        model = DuplicatePair
        fields: list[str] = []


@extend_schema(summary="Leads that may be one person")
class DuplicatePairViewSet(IdempotentMixin, mixins.ListModelMixin, viewsets.GenericViewSet[DuplicatePair]):
    """Pairs of leads that may be one person."""

    queryset = DuplicatePair.objects.none()
    serializer_class = DuplicatePairSerializer
    filterset_class = DuplicatePairFilter
    scopes = {"read": Scope.LEADS_READ, "write": Scope.LEADS_WRITE}

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        return duplicate_pairs.visible_to(self.request.user)

    @extend_schema(summary="Not the same person", request=None, responses=DuplicatePairSerializer)
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def dismiss(self, request: Request, pk: str) -> Response:
        """The pair is remembered and not proposed again."""
        number = as_id(pk)
        pair = self.get_queryset().filter(pk=number).first() if number else None
        if pair is None:
            raise Http404
        pair = duplicates.dismiss(pair=pair, by=request.user, at=at(request))
        return Response(DuplicatePairSerializer(pair).data)

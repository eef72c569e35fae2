"""Scores, models and runs over HTTP: shape in, one call, shape out."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.concurrency import ETagMixin, version_read
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from journal.errors import FieldError, Invalid
from journal.versions import StaleWrite
from leads.domain.condition_fields import Registry
from leads.models import Lead
from leads.queries import conditions
from leads.queries.references import as_id
from scoring import permissions
from scoring.api import serializers, shapes
from scoring.models import RecomputeRun, ScoringModel
from scoring.queries import suggestion, versions
from scoring.queries.explain import explain
from scoring.services import models, recompute

SCOPES = {"read": Scope.SCORING_READ, "write": Scope.SCORING_WRITE}


class Readers:
    """Whoever may not work with leads may not read how they are scored."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if not permissions.may_read(request.user):
            raise PermissionDenied


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of the request; a 400 when it is something else."""
    if not isinstance(request.data, dict):
        raise ParseError(_("Send a JSON object."))
    return request.data


def _check_fields(names: Sequence[str], known: Registry) -> None:
    """Raises Invalid for the first name that no field has."""
    for place, name in enumerate(names):
        if known.find(name) is None:
            raise Invalid(errors=[FieldError(f"without[{place}]", "unknown_field", _("There is no such field."))])


class ScoreView(Readers, APIView):
    """Why a lead scores as it does."""

    scopes = SCOPES
    filter_backends: list[type] = []

    @extend_schema(summary="The score of a lead, rule by rule", responses=serializers.ScoreSerializer)
    def get(self, request: Request, pk: str) -> Response:
        lead = Lead.objects.visible_to(request.user).filter(pk=as_id(pk) or 0).first()
        if lead is None:
            raise Http404
        return Response(shapes.score(explain(lead, at(request))))


@extend_schema_view(list=extend_schema(summary="All versions of all scoring models"))
class ScoringModelViewSet(Readers, IdempotentMixin, ETagMixin, viewsets.GenericViewSet[ScoringModel]):
    """Versioned sets of rules: draft, published (frozen), retired."""

    queryset = ScoringModel.objects.prefetch_related("rules", "agreements").order_by("-id")
    serializer_class = serializers.ModelSerializer
    filterset_fields = ["state"]
    scopes = SCOPES

    def one(self) -> ScoringModel:
        """The model of the address, else 404."""
        model = self.get_queryset().filter(pk=as_id(self.kwargs["pk"]) or 0).first()
        if model is None:
            raise Http404
        return model

    def list(self, request: Request) -> Response:
        rows: QuerySet[ScoringModel] = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(rows) or []
        known = conditions.registry()
        return self.get_paginated_response([shapes.model(row, known) for row in page])

    @extend_schema(summary="One version of a scoring model")
    def retrieve(self, request: Request, pk: str) -> Response:
        model = self.one()
        return self.tagged(model, shapes.model(model))

    @extend_schema(
        summary="Make a draft, or copy a version as a draft",
        request=serializers.NewModelSerializer,
        responses={201: serializers.ModelSerializer},
    )
    def create(self, request: Request) -> Response:
        body = dict(body_of(request))
        origin = body.pop("copy_of", None)
        if origin is None:
            model = models.create(values=body, by=request.user, at=at(request))
        else:
            model = self._copy(origin, body, request)
        return self._answer(model, 201)

    def _copy(self, origin: object, changes: dict[str, Any], request: Request) -> ScoringModel:
        source = self.get_queryset().filter(pk=as_id(str(origin)) or 0).first()
        if source is None:
            raise Http404
        return models.copy(model=source, changes=changes, by=request.user, at=at(request))

    @extend_schema(summary="Change a draft")
    def partial_update(self, request: Request, pk: str) -> Response:
        """409 for a published version: copy it. With If-Match a change in between answers 412."""
        model = self.one()
        version = version_read(request, model)
        changed = models.patch(model=model, values=body_of(request), by=request.user, at=at(request), version=version)
        return self._answer(changed)

    @extend_schema(
        summary="Publish a draft and score all leads again",
        request=serializers.PublishSerializer,
        responses=serializers.ModelSerializer,
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """403 without the agreement of both departments where the organisation asks for it."""
        model = self.one()
        why, version = body_of(request).get("why", ""), version_read(request, model)
        said = why if isinstance(why, str) else ""
        run = models.publish(model=model, why=said, by=request.user, at=at(request), version=version)
        return self._answer(model, recompute_run=str(run.pk))

    @extend_schema(
        summary="Agree to a draft for one's department",
        request=serializers.AgreeSerializer,
        responses=serializers.ModelSerializer,
    )
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        """Void once the draft changes."""
        model = self.one()
        side, version = body_of(request).get("side"), version_read(request, model)
        models.agree(model=model, side=side, by=request.user, at=at(request), version=version)
        return self._answer(model)

    @extend_schema(
        summary="What a version says differently from another",
        parameters=[OpenApiParameter("against", str, description="Id of the other version; its origin if missing")],
        responses=serializers.DifferenceSerializer,
    )
    @action(detail=True, methods=["get"], filter_backends=[])
    def diff(self, request: Request, pk: str) -> Response:
        """Without `against` the version it was copied from, else the one in force; 400 where that names none."""
        model = self.one()
        against = versions.other_of(model, request.query_params.get("against"))
        if against is None:
            raise ValidationError({"against": [_("Name another version of the scoring rules.")]})
        return Response(shapes.difference(versions.compare(model, against)))

    @extend_schema(
        summary="Suggest rules from the outcomes of leads",
        request=serializers.SuggestSerializer,
        responses=serializers.SuggestionSerializer,
    )
    @action(detail=True, methods=["post"])
    def suggest(self, request: Request, pk: str) -> Response:
        """Changes nothing: send the rules you choose with PATCH to a draft, or with POST to a new one."""
        model = self.one()
        if not permissions.may_draft(request.user):
            raise models.MayNotDraft
        asked = serializers.SuggestSerializer(data=body_of(request))
        asked.is_valid(raise_exception=True)
        known = conditions.registry()
        _check_fields(asked.validated_data.get("without", ()), known)
        found = suggestion.suggest(model, known=known, at=at(request), **asked.validated_data)
        return Response(shapes.suggestion(found, suggestion.why_none(found), known))

    def handle_exception(self, error: Exception) -> Response:
        """A draft that changed after If-Match was checked is as stale as one that changed before."""
        return super().handle_exception(StaleWrite() if isinstance(error, models.ChangedMeanwhile) else error)

    def _answer(self, model: ScoringModel, status: int = 200, **more: Any) -> Response:
        fresh = self.get_queryset().get(pk=model.pk)
        return self.tagged(fresh, shapes.model(fresh) | more, status)


class RecomputeRunViewSet(Readers, IdempotentMixin, viewsets.GenericViewSet[RecomputeRun]):
    """Scoring all leads again."""

    queryset = RecomputeRun.objects.all()
    serializer_class = serializers.RunSerializer
    filter_backends: list[type] = []
    scopes = SCOPES

    def one(self) -> RecomputeRun:
        run = self.get_queryset().filter(pk=as_id(self.kwargs["pk"]) or 0).first()
        if run is None:
            raise Http404
        return run

    @extend_schema(summary="Score all leads again", request=None, responses={201: serializers.RunSerializer})
    def create(self, request: Request) -> Response:
        return Response(shapes.run(recompute.start(by=request.user, at=at(request))), 201)

    @extend_schema(summary="How far a recompute is")
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(shapes.run(self.one()))

    @extend_schema(summary="Stop a recompute", request=None, responses=serializers.RunSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        return Response(shapes.run(recompute.stop(run=self.one(), by=request.user, at=at(request))))

    @extend_schema(summary="Go on with a stopped recompute", request=None, responses=serializers.RunSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        return Response(shapes.run(recompute.resume(run=self.one(), by=request.user, at=at(request))))

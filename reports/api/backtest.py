"""A scoring model tried on past handoffs, over HTTP."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Permission, Scope
from accounts.queries import organization
from journal.errors import Forbidden
from leads.queries.references import as_id
from reports.api.backtest_shapes import BacktestAnswer, BacktestRequest, answer
from reports.domain.periods import Period
from reports.queries import backtest
from reports.queries.scope import Question, narrowed_to
from scoring.api.views import Readers, body_of
from scoring.models import ScoringModel
from scoring.queries import effect


class BacktestView(Readers, IdempotentMixin, APIView):
    """Nothing is written: a key that may read scoring may try."""

    scopes = {"read": Scope.SCORING_READ, "write": Scope.SCORING_READ}
    filter_backends: list[type] = []

    @extend_schema(
        operation_id="scoring_models_backtest",
        summary="Try a model on past handoffs, beside the published one",
        request=BacktestRequest,
        responses={200: BacktestAnswer},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Each handoff of the period is read on the values that were frozen when it was offered."""
        if not request.user.may(Permission.SEE_REPORTS) and not request.user.is_service:
            raise Forbidden
        model = ScoringModel.objects.prefetch_related("rules").filter(pk=as_id(pk) or 0).first()
        if model is None:
            raise Http404
        shape = BacktestRequest(data=body_of(request))
        shape.is_valid(raise_exception=True)
        return Response(self.replay(model, shape.validated_data, request))

    def replay(self, model: ScoringModel, given: dict[str, Any], request: Request) -> dict[str, Any]:
        """The answer's shape."""
        home, moment = organization.current(), at(request)
        period = Period(given["from"], given["to"], home.zone)
        question = Question(period, moment, viewer=narrowed_to(request.user, home))
        line = given.get("threshold", model.line)
        found = backtest.run(question, model, outcome=given["outcome"], line=line)
        sides = [side.model.id for side in (found.own, found.published) if side]
        crossing = effect.crossing(model, line=line, at=moment)
        return answer(question, given["outcome"], found, crossing, ScoringModel.objects.in_bulk(sides))

"""Reports by HTTP: figures as DESIGN defines them, as JSON or as the same table in CSV."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.moments import at
from accounts.api.renderers import JSONRenderer
from accounts.domain.roles import Permission, Scope
from accounts.queries import organization
from journal.errors import Forbidden
from reports.api.questions import QuestionSerializer, question_of
from reports.api.renderers import TableRenderer
from reports.api.tables import REPORTS
from reports.queries.scope import Question

SUMMARIES = {
    "kpis": "Key figures: handoffs, acted on, opportunities, wins, promises kept, never contacted",
    "funnel": "One cohort followed on, stage by stage",
    "velocity": "Time in stages and between them: median and p90",
    "channels": "Channels: leads acquired, what became of them, cost and return",
    "sla": "Promises kept and response times, by kind, team and person",
    "sides": "What marketing and sales owe each other: volume and quality, speed and depth, system and human delay",
    "fairness": "How leads were shared out in each team: given against weight, present days and capacity",
    "score-outcome": "The score at the offer against the outcome, by band, model version and rule",
    "feedback": "Feedback rate, quality, usefulness of sheets, reasons",
}


class ReportView(APIView):
    """One report; `name` is set by the address."""

    name = ""
    scopes = {"read": Scope.REPORTS_READ}
    filter_backends: list[type] = []
    renderer_classes = [JSONRenderer, TableRenderer]

    def report(self, request: Request) -> Response:
        """The answer, in the form that was asked for."""
        if not request.user.may(Permission.SEE_REPORTS) and not request.user.is_service:
            raise Forbidden
        shape = QuestionSerializer(data=request.query_params)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        question = question_of(given, organization=organization.current(), user=request.user, at=at(request))
        options = {name: given.get(name, "") for name in ("group_by", "cohort")}
        answer = Response(_head(question) | {"rows": REPORTS[self.name](question, **options)})
        if request.accepted_renderer.format == "csv":
            period = question.period
            name = f"handoff-{self.name}-{period.from_on}-{period.last_on}.csv"
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _head(question: Question) -> dict[str, Any]:
    period = question.period
    return {
        "from": period.from_on,
        "to": period.to_on,
        "tz": str(period.zone),
        "as_of": question.as_of,
        "filters": {name: value for name, value in vars(question.filters).items() if value},
    }


def _answer(name: str) -> Any:
    fields = {
        "from": serializers.DateField(help_text="First local day"),
        "to": serializers.DateField(help_text="First local day that is out"),
        "tz": serializers.CharField(help_text="Time zone of the days"),
        "as_of": serializers.DateTimeField(help_text="What had happened up to here"),
        "filters": serializers.DictField(help_text="The filters given"),
        "rows": serializers.ListField(
            child=serializers.DictField(), help_text="Rows of the table; rates are null where nothing divides"
        ),
    }
    return inline_serializer(f"Report{name.capitalize()}", fields)


def report_view(name: str) -> type[ReportView]:
    """The view of one report, with its own entry in the schema."""

    # A function of its own, because the description is kept on it.
    @extend_schema(
        operation_id=f"reports_{name}",
        summary=SUMMARIES[name],
        parameters=[QuestionSerializer],
        responses={(200, "application/json"): _answer(name), (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self: ReportView, request: Request) -> Response:
        return self.report(request)

    return type(f"{name.capitalize()}Report", (ReportView,), {"name": name, "get": get, "__doc__": SUMMARIES[name]})

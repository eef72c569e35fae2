"""The yardsticks: the least that Django and the REST framework do for the same rows, without anyone's rights."""

import orjson
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from rest_framework.generics import CreateAPIView
from rest_framework.serializers import ModelSerializer

from leads.models import Lead

ROWS = 50
BY_SCORE = ("-score__total", "-score__lead_id")
COLUMNS = "pk last_name first_name title department stage acquired_at company__name score__total score__band".split()
PAGE = engines["django"].from_string(
    "<!doctype html><title>Leads</title><table>{% for row in rows %}<tr><td>{{ row.last_name }} {{ row.first_name }}</td>"
    "<td>{{ row.title }} {{ row.department }}</td><td>{{ row.stage }}</td><td>{{ row.acquired_at }}</td>"
    "<td>{{ row.company__name }}</td><td>{{ row.score__total }} {{ row.score__band }}</td></tr>{% endfor %}</table>"
)


def page(_request: HttpRequest) -> HttpResponse:
    """A template over the first fifty by score."""
    rows = Lead.objects.filter(score__isnull=False).order_by(*BY_SCORE).values(*COLUMNS)[:ROWS]
    return HttpResponse(PAGE.render({"rows": rows}))


def filtered(_request: HttpRequest) -> HttpResponse:
    """The same over one stage, newest first."""
    rows = Lead.objects.filter(stage="lead").order_by("-pk").values(*COLUMNS)[:ROWS]
    return HttpResponse(PAGE.render({"rows": rows}))


def api(_request: HttpRequest) -> HttpResponse:
    """Fifty rows as JSON."""
    rows = Lead.objects.filter(score__isnull=False).order_by(*BY_SCORE).values(*COLUMNS)[:ROWS]
    return HttpResponse(orjson.dumps(list(rows)), content_type="application/json")


class LeadWritten(ModelSerializer):
    """The columns that a form of one's own would send."""

    class Meta:
        model = Lead
        fields = (
            "last_name",
            "first_name",
            "email",
            "email_key",
            "title",
            "acquired_at",
            "stage_since",
            "created_at",
            "updated_at",
        )


class Create(CreateAPIView):
    """One INSERT."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    serializer_class = LeadWritten


urlpatterns = [path("page/", page), path("filtered/", filtered), path("api/", api), path("create/", Create.as_view())]

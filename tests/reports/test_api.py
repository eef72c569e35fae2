"""Reports by HTTP."""

import csv
import io
import json

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from handoff.services import handoffs
from journal.clock import frozen
from reports.api.tables import REPORTS
from tests.cast import NOON, person
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def api(people):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=people.maki.pk))
    with frozen(NOON):
        yield client


@pytest.mark.parametrize("name", list(REPORTS))
def test_each_report_is_the_same_table_as_json_and_as_csv(api, people, name):
    stories.accepted(people, to=people.sato)
    address = f"/api/v1/reports/{name}/?from=2026-11-01&to=2026-12-01"

    table = api.get(address).json()
    sheet = api.get(address, headers={"Accept": "text/csv"})

    assert (table["from"], table["to"], table["tz"]) == ("2026-11-01", "2026-12-01", "Asia/Tokyo")
    assert table["rows"]
    lines = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert lines[0] == list(table["rows"][0])
    assert len(lines) == len(table["rows"]) + 1
    assert sheet.headers["Content-Type"].startswith("text/csv")


def test_a_refusal_is_a_problem_document_even_where_csv_was_asked_for(api):
    for address in ("/api/v1/reports/kpis/?from=x", "/api/v1/reports/kpis/?from=x&format=csv"):
        answer = api.get(address, headers={"Accept": "text/csv"})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(answer.content)["errors"][0]["field"] == "from"


def test_ar_34_never_contacted_is_one_figure(api, people):
    for _ in range(3):
        stories.offered(people, to=people.sato)
    back = stories.offered(people, to=people.sato)
    handoffs.reject(handoff=back, by=people.sato, reason="not_now", at=NOON)

    rows = {row["figure"]: row for row in api.get("/api/v1/reports/kpis/?from=2026-11-16&to=2026-11-23").json()["rows"]}

    assert [(rows[name]["value"], rows[name]["denominator"]) for name in ("given_back", "never_contacted")] == [
        (1, 4),
        (3, 4),
    ]
    assert rows["acted"] == {"figure": "acted", "value": 0.0, "numerator": 0, "denominator": 4, "uncertain": True}
    assert rows["wins"]["value"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-02&to=2026-11-02", "to"),
        ("from=2026-11-02", "to"),
        ("from=x&to=2026-11-02", "from"),
        ("tz=Mars/Olympus", "tz"),
        ("team=99999", "team"),
        ("channel=x", "channel"),
        ("size=huge", "size"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_question_is_refused_by_name(api, query, field):
    answer = api.get(f"/api/v1/reports/kpis/?{query}")

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


def test_a_local_day_is_the_organisations(api, people):
    stories.offered(people, at=NOON.replace(hour=9, minute=5), to=people.sato)  # 0:05 in London

    in_tokyo = api.get("/api/v1/reports/kpis/?from=2026-11-20&to=2026-11-21").json()["rows"][0]["value"]
    in_new_york = api.get("/api/v1/reports/kpis/?from=2026-11-20&to=2026-11-21&tz=America/New_York").json()["rows"][0]

    assert in_tokyo == 1
    assert in_new_york["value"] == 0


def test_without_credentials_there_is_nothing(people):
    assert APIClient().get("/api/v1/reports/kpis/").status_code == 401


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "この操作をする権限がありません。"), ("en", "You don't have permission to do this.")]
)
def test_who_sees_no_reports_is_told_so_in_their_language(people, language, said):
    client = APIClient()
    client.force_authenticate(person("nobody", "無役", "", []))
    answer = client.get("/api/v1/reports/kpis/", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["detail"]) == (403, said)

"""Leads over HTTP."""

import json

import pytest
from rest_framework.test import APIClient

from leads.api.serializers import CompanySerializer, LeadSerializer, QualificationSerializer
from leads.domain import lead_values
from leads.models import Lead, LeadScore
from leads.services import activities
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LEADS = "/api/v1/leads/"


@pytest.fixture
def api(cast):
    client = APIClient(raise_request_exception=False)
    client.force_login(cast.mia)
    return client


def score(lead, total, band="middle"):
    LeadScore.objects.create(lead=lead, total=total, band=band, as_of=NOON.date(), computed_at=NOON)


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_create_read_and_change(api):
    body = {
        "external_id": "x-1",
        "last_name": "中村",
        "first_name": "健一",
        "email": "nakamura@tohama.example",
        "title": "部長",
        "company": {"name": "東浜精工株式会社", "employee_count": 320},
        "channel": "展示会",
        "campaign": "ものづくりフェア2026",
        "qualification": {"need": "在庫の見える化", "temperature": 4},
    }
    made = api.post(LEADS, body)
    assert made.status_code == 201, made.content
    lead = made.json()
    assert lead["seniority"] == "director"
    assert lead["company"]["employee_count_max"] == 320
    assert (lead["channel"], lead["campaign"]) == ("展示会", "ものづくりフェア2026")
    assert lead["qualification"]["temperature"] == 4
    assert lead["stage"] in ("lead", "mal")
    assert (lead["score"], lead["version"]) == (None, 1)

    read = api.get(f"{LEADS}{lead['id']}/")
    assert read.json() == lead
    assert read["ETag"] == made["ETag"]

    changed = api.patch(f"{LEADS}{lead['id']}/", {"title": "取締役"}, headers={"If-Match": read["ETag"]})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["title"], changed.json()["seniority"], changed.json()["version"]) == (
        "取締役",
        "executive",
        2,
    )
    assert changed["ETag"] != read["ETag"]


def test_what_is_read_can_be_sent_back(api, lead):
    read = api.get(f"{LEADS}{lead.pk}/")
    changed = api.patch(f"{LEADS}{lead.pk}/", read.json())

    assert changed.status_code == 200, changed.content
    assert changed.json() == read.json()


def test_a_stale_write_is_412(api, lead):
    tag = api.get(f"{LEADS}{lead.pk}/")["ETag"]
    assert api.patch(f"{LEADS}{lead.pk}/", {"title": "課長"}, headers={"If-Match": tag}).status_code == 200

    answer = api.patch(f"{LEADS}{lead.pk}/", {"title": "部長"}, headers={"If-Match": tag})

    assert answer.status_code == 412
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_known_person_is_409_and_named(api, lead):
    answer = api.post(LEADS, {"last_name": "別人", "email": lead.email})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "email"
    assert "中村" in answer.json()["detail"]


def test_bad_input_names_every_fault(api):
    answer = api.post(LEADS, {"last_name": "x" * 81, "email": "no", "company": [], "surprise": 1})

    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"last_name", "email", "company", "surprise"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"last_name": "\\ud800"}',
        b'{"last_name": "a\\u0000b"}',
        b"[" * 100_000,
        b"[]",
        b'"text"',
        b"null",
        b"{",
        b'{"last_name": NaN}',
        b'{"company": {"employee_count": 1e400}}',
        b'{"company": {"employee_count": 99999999999999999999}}',
        b'{"last_name": "x", "acquired_at": "0001-01-01T00:00:00+14:00"}',
        b'{"last_name": "x", "qualification": null}',
        b'{"last_name": "x", "qualification": {"phase": []}}',
        b'{"last_name": {"a": 1}}',
        b'{"last_name": "x", "custom": {"k": {}}}',
        b'{"last_name": "x", "seniority": {}}',
        b'{"last_name": "x", "channel": 5}',
    ],
)
def test_hostile_bodies_are_400(api, body):
    answer = api.post(LEADS, data=body, content_type="application/json")
    assert answer.status_code == 400, answer.content


@pytest.mark.parametrize(
    "query",
    [
        "surprise=1",
        "ordering=password",
        "stage=boss",
        "score_min=much",
        "score_min=1e999",
        "score_min=99999999999999999999999",
        "cursor=%00",
        "cursor=abc",
        "cursor=WyItc2NvcmUiLDAsIngiLDFd",
        "page_size=0",
        "page_size=-1",
        "updated_after=yesterday",
        "q=a%00b",
        "q=" + "x" * 201,
    ],
)
def test_bad_queries_are_400(api, query):
    answer = api.get(f"{LEADS}?{query}")
    assert answer.status_code == 400, answer.content


@pytest.mark.parametrize(
    "query",
    ["owner=99999999999999999999999", "channel=x", "updated_after=0001-01-01T00:00:00%2B14:00", "owner=%F0%9F%98%80"],
)
def test_odd_queries_answer_something(api, lead, query):
    assert api.get(f"{LEADS}?{query}").status_code in (200, 400)


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999999", "abc", "１", "-1", "1e3"])
def test_unknown_ids_are_404(api, pk):
    assert api.get(f"{LEADS}{pk}/").status_code == 404
    assert api.patch(f"{LEADS}{pk}/", {}).status_code == 404


def test_not_visible_is_404_not_signed_in_401(api, cast, lead):
    factories.organization(reps_see_own_team_only=True)
    api.force_login(cast.otto)
    assert api.get(f"{LEADS}{lead.pk}/").status_code == 404
    assert ids(api.get(LEADS)) == []
    Lead.objects.filter(pk=lead.pk).update(team=cast.other_field)
    assert ids(api.get(LEADS)) == [str(lead.pk)]
    assert APIClient().get(LEADS).status_code == 401


def test_pages_by_score_put_unscored_leads_last_and_lose_none(api):
    leads = [factories.lead() for _ in range(11)]
    for number, lead in enumerate(leads[:8]):
        score(lead, total=number // 2)
    expected = [str(lead.pk) for lead in [*reversed(leads[:8]), *reversed(leads[8:])]]

    for ordering, wanted in (("-score", expected), ("score", [*expected[:8][::-1], *expected[8:][::-1]])):
        seen, url, pages = [], f"{LEADS}?page_size=3&ordering={ordering}", []
        while url:
            answer = api.get(url).json()
            pages.append(answer)
            seen += [row["id"] for row in answer["results"]]
            url = answer["next"]
        assert seen == wanted
        back = []
        url = pages[-1]["previous"]
        while url:
            answer = api.get(url).json()
            back = [row["id"] for row in answer["results"]] + back
            url = answer["previous"]
        assert back == wanted[:9]


def test_filters(api, cast):
    one = factories.lead(company=factories.company("東浜精工株式会社"), channel="展示会", first_name="健一")
    two = factories.lead(last_name="杉本", company=factories.company("久遠製作所", industry="食品", employee_count=50))
    score(one, 30, "high")
    score(two, 10, "low")
    Lead.objects.filter(pk=two.pk).update(owner=cast.mia)
    activities.record(lead=two, type="call", occurred_at=NOON, by=cast.isao, at=NOON)

    cases = {
        "band=high": one,
        "band=low,middle": two,
        "score_min=30": one,
        "score_max=29": two,
        "channel=展示会": one,
        f"channel={one.channel_id}": one,
        f"owner={cast.mia.pk}": two,
        "owner=none": one,
        "industry=食品": two,
        "industry=Food": two,
        "employees_min=51": one,
        "q=久遠": two,
        "q=㈱東浜 中村": one,
        f"q={two.email.upper()}": two,
        "touched=none": one,
    }
    for query, lead in cases.items():
        assert ids(api.get(f"{LEADS}?{query}")) == [str(lead.pk)], query
    assert set(ids(api.get(f"{LEADS}?stage=lead,mal"))) == {str(one.pk), str(two.pk)}
    assert ids(api.get(f"{LEADS}?stage=won")) == []
    assert api.get(f"{LEADS}?stage=lead,mal&count=true").json()["count"] == 2


def test_a_page_takes_a_constant_number_of_queries(api, django_assert_max_num_queries):
    for _ in range(12):
        factories.lead(company={"name": "東浜精工"}, channel="展示会", qualification={"need": "在庫"})
    with django_assert_max_num_queries(9):
        assert len(ids(api.get(f"{LEADS}?ordering=-created_at"))) == 12


def test_bulk_answers_what_became_of_each(api, lead):
    rows = [{"email": lead.email, "title": "課長"}, {"email": "new@x.example"}, {"email": "x", "title": 1}]
    answer = api.post(f"{LEADS}bulk/", {"leads": rows, "match_on": "email"})

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["created"], body["updated"], body["unchanged"]) == (1, 1, 0)
    assert body["errors"][0]["index"] == 2


@pytest.mark.parametrize(
    "body", [{}, {"leads": {}}, {"leads": [], "match_on": "name"}, {"leads": [{}] * 1001, "match_on": "email"}, []]
)
def test_bad_bulk_calls_are_400(api, body):
    assert api.post(f"{LEADS}bulk/", body).status_code == 400


@pytest.mark.parametrize("match_on", ["email", "external_id"])
@pytest.mark.parametrize("value", [[], {}, [["x"]], 1, None, True])
def test_a_key_that_is_no_text_refuses_its_row_alone(api, org, match_on, value):
    rows = [{match_on: value, "title": "課長"}, {match_on: "nakamura@tohama.example", "title": "部長"}]
    answer = api.post(f"{LEADS}bulk/", {"leads": rows, "match_on": match_on})

    assert answer.status_code == 200, answer.content
    assert [row["index"] for row in answer.json()["errors"]] == [0]
    assert answer.json()["created"] == 1


def test_f_8_a_repeated_create_makes_one_lead(api):
    head = {"Idempotency-Key": "k1"}
    first = api.post(LEADS, {"last_name": "中村"}, headers=head)
    second = api.post(LEADS, {"last_name": "中村"}, headers=head)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Lead.objects.count() == 1


def test_activities_are_202_and_idempotent(api, lead):
    row = {"event_id": "e1", "lead": str(lead.pk), "type": "site_visit", "occurred_at": "2026-11-20T12:00:00+09:00"}
    first = api.post("/api/v1/activities/", row)
    again = api.post("/api/v1/activities/", [row, {**row, "event_id": "e2"}, {**row, "event_id": "e3", "lead": "0"}])

    assert (first.status_code, first.json()["accepted"]) == (202, 1)
    assert again.status_code == 202
    assert (again.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    assert again.json()["errors"][0]["index"] == 2


def test_one_bad_activity_alone_is_400(api, lead):
    answer = api.post("/api/v1/activities/", {"lead": str(lead.pk), "type": "dance", "occurred_at": "soon"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"type", "occurred_at"}


@pytest.mark.parametrize(
    "body", ["text", 5, {"activities": {}}, [5], [{"lead": []}], {"lead": {"email": 5}}, {"lead": {"email": []}}]
)
def test_hostile_activities_are_no_500(api, org, body):
    assert api.post("/api/v1/activities/", body, format="json").status_code in (202, 400)


def test_unknown_address_makes_a_lead_when_asked(api, org):
    row = {"lead": {"email": "new@x.example"}, "type": "form_submit", "occurred_at": NOON.isoformat()}
    assert api.post("/api/v1/activities/", [row]).json()["errors"][0]["errors"][0]["field"] == "lead"
    assert api.post("/api/v1/activities/", row | {"create_missing": True}).json()["accepted"] == 1
    assert Lead.objects.get().email == "new@x.example"


def test_the_timeline_is_read_downwards(api, cast, lead):
    for number in range(5):
        activities.record(lead=lead, type="page_view", occurred_at=NOON, by=cast.isao, at=NOON, url=f"/{number}")
    api.patch(f"{LEADS}{lead.pk}/", {"title": "課長"})

    seen, url = [], f"{LEADS}{lead.pk}/timeline/?page_size=2"
    while url:
        page = api.get(url).json()
        seen += [entry["kind"] for entry in page["results"]]
        url = page["next"]

    assert sorted(seen) == ["activity.page_view"] * 5 + ["lead.created", "lead.updated"]
    assert api.get(f"{LEADS}{lead.pk}/timeline/?cursor=x").status_code == 400


def test_channels_and_campaigns(api, lead):
    assert [row["name"] for row in api.get("/api/v1/channels/").json()["results"]] == ["展示会"]
    assert api.get("/api/v1/campaigns/").json()["results"] == []


def test_the_document_says_what_the_check_takes():
    written = {name for name, field in LeadSerializer().fields.items() if not field.read_only}
    taken = set(lead_values.LEAD_TEXTS) | set(lead_values._SPECIAL) | {"acquired_at", "custom"}
    assert written == taken
    for serializer, texts in (
        (LeadSerializer, lead_values.LEAD_TEXTS),
        (CompanySerializer, lead_values.COMPANY_TEXTS),
        (QualificationSerializer, lead_values.QUALIFICATION_TEXTS),
    ):
        fields = serializer().fields
        assert {name: fields[name].max_length for name in texts} == texts
    assert {name for name, field in LeadSerializer().fields.items() if field.read_only} <= lead_values.READ_ONLY
    assert all(field.help_text for field in LeadSerializer().fields.values())


def test_everything_read_is_documented(api, lead):
    body = api.get(f"{LEADS}{lead.pk}/").json()
    assert set(body) == set(LeadSerializer().fields)
    assert set(body["company"]) == set(CompanySerializer().fields)
    assert set(body["qualification"]) == set(QualificationSerializer().fields)
    json.dumps(body)

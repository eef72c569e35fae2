"""Handoffs, stages and next actions by HTTP."""

import pytest
from rest_framework.test import APIClient

from accounts.services import api_keys
from handoff.models import Gate, Handoff
from journal import clock
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db
HANDOFFS = "/api/v1/handoffs/"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


def of(user):
    client = APIClient()
    client.force_login(user)
    client.credentials(HTTP_ACCEPT_LANGUAGE="en")
    return client


def keyed(people, *scopes):
    made = api_keys.create(name="連携", scopes=list(scopes), by=people.ada, at=NOON)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made[1] if isinstance(made, tuple) else made.token}")
    return client


def test_an_offer_answers_with_clocks_sheet_and_etag(small):
    lead = stories.lead()

    answer = of(small.mia).post(HANDOFFS, {"lead": str(lead.pk), "to": {"user": str(small.sato.pk)}, "note": "午後に"})

    body = answer.json()
    assert answer.status_code == 201
    assert (body["state"], body["leg"], body["assigned_to"]) == ("offered", "marketing_to_field", str(small.sato.pk))
    assert body["answer_due_at"] == "2026-11-20T04:15:00Z"
    assert (body["sheet"]["person"]["name"], body["warnings"], body["breached"]) == (lead.name, [], False)
    assert answer["ETag"] == f'"{body["id"]}-1"'


def test_a_warning_gate_answers_201_with_warnings(small):
    Gate.objects.filter(kind="mql").update(required=[{"item": "need"}])

    body = of(small.mia).post(HANDOFFS, {"lead": str(stories.lead().pk)}).json()

    assert [warning["field"] for warning in body["warnings"]] == ["qualification.need"]


def test_a_blocking_gate_answers_400_naming_each_item():
    people = stories.mid()
    handoff = stories.accepted(people, to=people.isao)

    answer = of(people.isao).post(HANDOFFS, {"lead": str(handoff.lead_id)})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == {
        "qualification.need", "qualification.timeframe", "any", "qualification.decision_process",
    }  # fmt: skip
    assert fresh(handoff.lead).due_kind == "hearing"


def test_the_second_answer_is_a_409_with_the_winner_s_name(small):
    handoff = stories.offered(small, to=small.sato)
    address = f"{HANDOFFS}{handoff.pk}/accept/"

    assert of(small.sato).post(address).json()["state"] == "accepted"
    late, own = of(small.maki).post(address), of(small.sato).post(address)

    assert (late.status_code, own.status_code) == (409, 409)
    assert late.json()["type"] == own.json()["type"]
    assert "佐藤 翔太" not in own.json()["detail"]
    assert "佐藤 翔太" in late.json()["detail"]


def test_the_whole_way_by_key(small):
    client = keyed(small, "handoffs:write", "handoffs:read", "leads:read", "leads:write")
    lead = stories.lead()
    made = client.post(HANDOFFS, {"lead": str(lead.pk), "to": {"team": str(small.field.pk)}}).json()
    address = f"{HANDOFFS}{made['id']}/"

    assert client.post(f"{address}accept/", {}).json()["assigned_to"] == str(small.sato.pk)
    contacted = client.post(f"{address}contact/", {"method": "call", "result": "no_answer"}).json()
    assert contacted["first_contact_at"] is not None
    assert client.post(f"{address}sheet-useful/", {"useful": True}).json()["sheet_useful"] is True
    assert client.get(HANDOFFS, {"lead": lead.pk, "state": "accepted"}).json()["results"][0]["id"] == made["id"]


def test_reject_reassign_and_withdraw(small):
    first, second = (stories.offered(small, to=small.sato) for _number in range(2))

    rejected = of(small.sato).post(f"{HANDOFFS}{first.pk}/reject/", {"reason": "not_now", "comment": "来期"})
    assert (rejected.json()["state"], rejected.json()["successor"]) == ("rejected", "nurture")
    refused = of(small.sato).post(f"{HANDOFFS}{second.pk}/withdraw/")
    assert refused.status_code == 403
    assert of(small.mia).post(f"{HANDOFFS}{second.pk}/withdraw/").json()["state"] == "withdrawn"


def test_what_one_may_not_see_is_a_404(small):
    handoff = stories.offered(small, to=small.sato)

    assert of(small.otto).get(f"{HANDOFFS}{handoff.pk}/").status_code == 404
    assert of(small.sato).get(f"{HANDOFFS}{handoff.pk}/").status_code == 200
    assert [row["id"] for row in of(small.otto).get(HANDOFFS).json()["results"]] == []


def test_f_8_a_retry_with_the_same_key_makes_no_second_handoff(small):
    lead = stories.lead()
    client = of(small.mia)

    answers = [client.post(HANDOFFS, {"lead": str(lead.pk)}, HTTP_IDEMPOTENCY_KEY="einmal") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert Handoff.objects.count() == 1


def test_a_stale_if_match_is_a_412(small):
    handoff = stories.offered(small, to=small.sato)

    answer = of(small.sato).post(f"{HANDOFFS}{handoff.pk}/accept/", HTTP_IF_MATCH=f'"{handoff.pk}-9"')

    assert answer.status_code == 412
    assert Handoff.objects.get().state == "offered"


def test_transition_answers_403_400_and_409_in_that_order(small):
    lead = factories.lead()
    address = f"/api/v1/leads/{lead.pk}/transition/"
    Gate.objects.filter(kind="mql").update(
        mode="block", condition={"field": "company.employee_count", "op": "gte", "value": 50}
    )

    assert of(small.mia).post(address, {"to": "won", "reason": "x"}).status_code == 409
    assert of(small.mia).post(address, {"to": "sql", "reason": "x"}).status_code == 409
    assert of(small.sato).post(address, {"to": "mql", "reason": "x"}).status_code == 403
    assert of(small.mia).post(address, {"to": "mql", "reason": "x"}).status_code == 400
    assert of(small.mia).post(address, {"to": "nurture", "reason": "x"}).json()["stage"] == "nurture"

    log = of(small.mia).get("/api/v1/transitions/", {"lead": lead.pk, "to": "nurture"}).json()["results"]
    assert [(row["from_stage"], row["reason"], row["by"]) for row in log] == [("lead", "x", str(small.mia.pk))]


@pytest.mark.parametrize("way", ["transition", "offer"])
def test_an_mql_gate_that_warns_lets_through_and_names_what_is_missing(small, way):
    lead = factories.lead()
    big = {"field": "company.employee_count", "op": "gte", "value": 50}
    Gate.objects.filter(kind="mql").update(mode="warn", condition=big)

    if way == "transition":
        answer = of(small.mia).post(f"/api/v1/leads/{lead.pk}/transition/", {"to": "mql", "reason": "展示会で会った"})
    else:
        answer = of(small.mia).post(HANDOFFS, {"lead": str(lead.pk)})

    assert answer.status_code == (200 if way == "transition" else 201)
    assert [warning["field"] for warning in answer.json()["warnings"]] == ["condition"]
    assert fresh(lead).stage == "mql"


def test_a_next_action_becomes_the_duty(small):
    lead = factories.lead()

    answer = of(small.mia).post(
        f"/api/v1/leads/{lead.pk}/next-action/", {"at": "2026-11-24T10:00:00+09:00", "kind": "call", "note": "承認者"}
    )

    assert answer.status_code == 200
    assert fresh(lead).due_at == tokyo("2026-11-24 10:00")


@pytest.mark.parametrize("body", [{}, {"lead": "x"}, {"lead": "1", "to": {"user": "9999"}}, {"lead": "1", "leg": "up"}])
def test_bad_input_is_a_400_naming_the_fields(small, body):
    answer = of(small.mia).post(HANDOFFS, body)

    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize("name", ["lead", "assigned_to", "team"])
@pytest.mark.parametrize("value", ["9" * 30, "9" * 5000, "-1", "1.5", "NaN", "x"])
def test_what_can_be_no_id_is_a_bad_filter(small, name, value):
    answer = of(small.ada).get(f"{HANDOFFS}?{name}={value}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize("address", [f"{HANDOFFS}?offered_after=", "/api/v1/transitions/?after="])
@pytest.mark.parametrize("value", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
def test_moments_out_of_range_are_bad_filters(small, address, value):
    assert of(small.ada).get(f"{address}{value}").status_code == 400


@pytest.mark.parametrize("address", ["/api/v1/transitions/", "/api/v1/opportunities/"])
def test_an_id_too_large_is_a_bad_filter_everywhere(small, address):
    assert of(small.ada).get(f"{address}?lead={'9' * 30}").status_code == 400


@pytest.mark.parametrize("name", ["paused", "breached"])
def test_a_filter_that_is_neither_true_nor_false_is_refused(small, name):
    handoff, client = stories.offered(small), of(small.mia)

    refused = client.get(HANDOFFS, {name: "zz"})

    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        [{"field": name, "code": "invalid", "message": "Enter true or false."}],
    )
    found = {told: len(client.get(HANDOFFS, {name: told}).json()["results"]) for told in ("true", "False", "")}
    assert found == {"true": 0, "False": 1, "": 1}
    assert client.get(HANDOFFS, {name: "false"}).json()["results"][0]["id"] == str(handoff.pk)

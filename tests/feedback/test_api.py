"""Results and deals by HTTP."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import api_keys
from feedback.models import Feedback, Opportunity
from feedback.services import feedback
from journal.clock import frozen
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def handoff(people):
    return stories.accepted(people, to=people.sato)


@pytest.fixture
def api(people):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=people.sato.pk))
    with frozen(LATER):
        yield client


def test_a_result_is_reported(api, handoff):
    answer = api.post(f"/api/v1/handoffs/{handoff.pk}/feedback/", {"result": "opportunity", "quality": 4})

    assert answer.status_code == 201
    assert (answer.data["result"], answer.data["quality"], answer.data["status"]) == ("opportunity", 4, "result")
    [row] = api.get(f"/api/v1/handoffs/{handoff.pk}/feedback/").data
    assert row["id"] == answer.data["id"]


def test_a_lost_one_wants_a_reason(api, handoff):
    answer = api.post(f"/api/v1/handoffs/{handoff.pk}/feedback/", {"result": "lost"})

    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [("reason", "required")]


def test_f_8_the_same_idempotency_key_makes_one_deal(api, handoff):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [
        api.post(f"/api/v1/handoffs/{handoff.pk}/feedback/", {"result": "opportunity"}, headers=headers)
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Feedback.objects.count() == Opportunity.objects.count() == 1


def test_a_deal_is_recorded_read_changed_and_ended(api, people):
    lead = stories.lead()
    made = api.post("/api/v1/opportunities/", {"lead": str(lead.pk), "source": "self", "amount": "1500000.00"})
    assert made.status_code == 201
    assert (made.data["amount"], made.data["currency"], made.data["source"]) == ("1500000.00", "JPY", "self")

    address = f"/api/v1/opportunities/{made.data['id']}/"
    changed = api.patch(address, {"amount": "1600000"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.data["amount"]) == (200, "1600000.00")
    stale = api.patch(address, {"amount": "1"}, headers={"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    won = api.patch(address, {"result": "won"})
    assert (won.status_code, won.data["result"]) == (200, "won")
    assert stories.fresh(lead).stage == "won"
    assert [row["id"] for row in api.get("/api/v1/opportunities/?result=won").data["results"]] == [made.data["id"]]
    assert api.get("/api/v1/opportunities/?result=open").data["results"] == []


def test_a_handoff_of_others_is_not_there(handoff, people):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=people.otto.pk))
    assert client.post(f"/api/v1/handoffs/{handoff.pk}/feedback/", {"result": "won"}).status_code == 404
    assert client.post("/api/v1/handoffs/abc/feedback/", {"result": "won"}).status_code == 404


def test_a_key_without_the_scope_is_refused(handoff):
    made = api_keys.create(name="読むだけ", scopes=["leads:read"], by=None, at=NOON)
    token = made.token if hasattr(made, "token") else made[1]
    client = APIClient()
    answer = client.post(
        f"/api/v1/handoffs/{handoff.pk}/feedback/", {"result": "won"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 403


def test_reading_many_reports_costs_as_many_queries_as_reading_one(api, people, handoff):
    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            answer = api.get(f"/api/v1/handoffs/{handoff.pk}/feedback/")
        assert {one["status"] for one in answer.data} == {"result"}
        return len(counted)

    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)
    cost()  # what a process reads once
    one = cost()
    for number in range(1, 5):
        feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER, comment=str(number))

    assert (cost(), handoff.feedbacks.count()) == (one, 5)

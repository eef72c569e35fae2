"""What a caller read is compared where it is written: somebody faster in between makes it a 412, never a lost update."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.api import concurrency
from feedback.api import views as feedback_api
from feedback.models import Feedback
from feedback.services import feedback, opportunities
from handoff.api import handoffs as handoffs_api
from handoff.api import stages as stages_api
from handoff.models import Handoff
from handoff.services import handoffs
from journal import clock
from leads.services import leads
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
CALLED = {"method": "call", "result": "no_answer"}


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def slip_in(monkeypatch):
    """slip_in(api, change): `change()` happens once, between the check of If-Match and the write."""

    def once(api, change):
        def read_then_change(request, instance):
            monkeypatch.undo()
            found = concurrency.version_read(request, instance)
            change()
            return found

        monkeypatch.setattr(api, "version_read", read_then_change)

    return once


def posted(user, address, body, match, method="post"):
    client = APIClient()
    client.force_login(user)
    return getattr(client, method)(address, body, format="json", headers={"If-Match": match})


def paused(people, *, to):
    handoff = stories.accepted(people, to=to)
    until = NOON + timedelta(days=2)
    return handoffs.pause(handoff=handoff, reason="customer_away", until=until, by=to, at=NOON)


STATES = {"offered": stories.offered, "accepted": stories.accepted, "paused": paused}
VERBS = [
    ("offered", "sato", "accept", {}),
    ("offered", "sato", "reject", {"reason": "not_now"}),
    ("offered", "sato", "contact", {"method": "mail", "result": "talked"}),
    ("offered", "mia", "withdraw", {}),
    ("offered", "sato", "sheet-useful", {"useful": True}),
    ("accepted", "maki", "reassign", {"user": "sato", "reason": "担当替え"}),
    ("accepted", "sato", "contact", {"method": "mail", "result": "talked"}),
    ("accepted", "sato", "pause", {"reason": "customer_away", "until": "2026-11-25T10:00:00+09:00"}),
    ("paused", "sato", "resume", {}),
    ("accepted", "sato", "feedback", {"result": "opportunity"}),
]


@pytest.mark.parametrize(("match", "answer"), [('"{pk}-{version}"', 412), ("*", (200, 201))])
@pytest.mark.parametrize(("state", "who", "verb", "body"), VERBS)
def test_a_contact_between_check_and_write(small, slip_in, state, who, verb, body, match, answer):
    handoff = Handoff.objects.get(pk=STATES[state](small, to=small.sato).pk)
    body = body | ({"user": str(small.sato.pk)} if "user" in body else {})
    api = feedback_api if verb == "feedback" else handoffs_api
    slip_in(api, lambda: handoffs.contact(handoff=handoff, by=small.sato, at=NOON, **CALLED))
    tag = match.format(pk=handoff.pk, version=handoff.version)

    given = posted(getattr(small, who), f"/api/v1/handoffs/{handoff.pk}/{verb}/", body, tag)

    assert given.status_code in (answer if isinstance(answer, tuple) else (answer,)), given.content
    if answer == 412:
        assert given.json()["type"].endswith("stale")
        kept = Handoff.objects.get(pk=handoff.pk)
        assert (kept.state, kept.contact_method, kept.version) == (handoff.state, "call", tag_version(tag) + 1)
        assert (kept.sheet_useful, Feedback.objects.count()) == (None, 0)
        assert kept.pauses.open().exists() == (state == "paused")


def tag_version(tag):
    return int(tag.strip('"').rpartition("-")[2])


def judge(handoff, people):
    handoffs.sheet_useful(handoff=handoff, by=people.sato, at=NOON, useful=False)


def call_again(handoff, people):
    handoffs.contact(handoff=handoff, by=people.sato, at=NOON, **CALLED)


def report(handoff, people):
    feedback.give(handoff=handoff, result="considering", reason="budget", by=people.sato, at=NOON)


@pytest.mark.parametrize(
    ("verb", "body", "change"),
    [
        ("sheet-useful", {"useful": True}, judge),
        ("contact", {"method": "mail", "result": "talked"}, call_again),
        ("feedback", {"result": "lost", "reason": "timing"}, report),
    ],
)
def test_the_same_said_by_somebody_else_in_between(small, slip_in, verb, body, change):
    """Also what can be said more than once: a later contact, a judgement, a result move the version."""
    handoff = stories.accepted(small, to=small.sato)
    handoffs.contact(handoff=handoff, by=small.sato, at=NOON, **CALLED)
    handoff = Handoff.objects.get(pk=handoff.pk)
    slip_in(feedback_api if verb == "feedback" else handoffs_api, lambda: change(handoff, small))
    tag = f'"{handoff.pk}-{handoff.version}"'

    given = posted(small.sato, f"/api/v1/handoffs/{handoff.pk}/{verb}/", body, tag)

    assert given.status_code == 412, given.content
    kept = Handoff.objects.get(pk=handoff.pk)
    assert (kept.contact_result, kept.sheet_useful) == ("no_answer", False if change is judge else None)
    assert set(Feedback.objects.values_list("result", flat=True)) <= {"considering"}


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("transition", {"to": "disqualified", "reason": "学生"}),
        ("next-action", {"at": "2026-11-24T10:00:00+09:00", "kind": "call"}),
    ],
)
@pytest.mark.parametrize(("match", "status"), [('"{pk}-1"', 412), ("*", 200)])
def test_an_edit_between_check_and_change_of_a_lead(small, slip_in, verb, body, match, status):
    lead = stories.lead(owner=small.mia)
    values = {"title": "部長"}
    slip_in(stages_api, lambda: leads.update(lead=lead, values=values, by=small.mia, at=NOON))

    given = posted(small.mia, f"/api/v1/leads/{lead.pk}/{verb}/", body, match.format(pk=lead.pk))

    assert given.status_code == status, given.content
    kept = stories.fresh(lead)
    assert (kept.title, kept.stage == lead.stage and kept.due_kind == lead.due_kind) == ("部長", status == 412)


@pytest.mark.parametrize(("match", "status", "amount"), [('"{pk}-{version}"', 412, 7), ("*", 200, 9)])
def test_an_edit_between_check_and_change_of_a_deal(small, slip_in, match, status, amount):
    deal = opportunities.begin(lead=stories.lead(), by=small.sato, at=NOON)
    slip_in(
        feedback_api,
        lambda: opportunities.update(opportunity=deal, values={"amount": 7}, by=small.sato, at=NOON),
    )
    tag = match.format(pk=deal.pk, version=deal.version)

    given = posted(small.sato, f"/api/v1/opportunities/{deal.pk}/", {"amount": "9"}, tag, "patch")

    assert given.status_code == status, given.content
    deal.refresh_from_db()
    assert deal.amount == amount

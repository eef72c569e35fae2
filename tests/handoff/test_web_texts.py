"""Texts with a character that PostgreSQL stores nowhere are kept without it: nothing that was typed is lost to it."""

import pytest

from handoff.models import Handoff
from journal import clock
from journal.models import Event
from leads.models import Lead
from tests import factories
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
TYPED, KEPT = "来期の\x00予算", "来期の予算"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


def test_a_handover_keeps_its_note_and_reason(client, small):
    lead = factories.lead()
    client.force_login(small.mia)
    client.post(f"/leads/{lead.pk}/offer/", {"note": TYPED, "reason": TYPED, "to": "\x00"})
    handoff = Handoff.objects.get()
    assert (handoff.note, Lead.objects.get().stage) == (KEPT, "mql")


def test_a_reject_keeps_its_comment_and_what_is_added(client, small):
    handoff = stories.offered(small, to=small.sato)
    client.force_login(small.sato)
    address = f"/handoffs/{handoff.pk}/answer"
    assert client.post(f"{address}/reject/", {"reason": "\x00", "comment": TYPED}).status_code < 500
    client.post(f"{address}/reject/", {"reason": "not_now\x00", "comment": TYPED})
    assert Handoff.objects.get().reject_comment == KEPT
    assert client.post(f"{address}/comment/", {"comment": TYPED}).status_code == 302
    assert "\x00" not in Handoff.objects.get().reject_comment


def test_a_reassignment_keeps_its_reason(client, small):
    handoff = stories.offered(small, to=small.sato)
    client.force_login(small.maki)
    client.post(f"/handoffs/{handoff.pk}/answer/reassign/", {"user": small.otto.pk, "reason": TYPED})
    assert KEPT in Event.objects.get(kind="handoff.reassigned").data.values()

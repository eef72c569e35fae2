"""Numbers that no row can have, posted by hand, are none of ours: no page breaks of them."""

import pytest

from handoff.models import Handoff
from journal import clock
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
NOT_OURS = ["9" * 5000, str(2**70), "abc", "²", "-1"]


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


@pytest.mark.parametrize("number", NOT_OURS)
def test_bulk_offer_passes_over_them(client, small, number):
    client.force_login(small.mia)

    assert client.post("/leads/offer/", {"lead": number}).status_code == 302
    assert not Handoff.objects.exists()


@pytest.mark.parametrize("number", NOT_OURS)
def test_calendar_of_no_team_is_not_there(client, small, number):
    client.force_login(small.ada)

    assert client.get("/settings/calendar/", {"team": number}).status_code == 404


@pytest.mark.parametrize("number", NOT_OURS)
def test_nobody_gets_a_handoff_by_them(client, small, number):
    handoff = stories.offered(small, to=small.sato)
    client.force_login(small.maki)

    answer = client.post(f"/handoffs/{handoff.pk}/answer/reassign/", {"user": number})

    assert answer.status_code == 404
    assert Handoff.objects.get().assigned_to == small.sato

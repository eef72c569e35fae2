"""Acts that read the same and follow each other are one line of a lead's page."""

from datetime import timedelta

import pytest
from django.utils import translation

from journal import clock
from journal import services as journal
from leads.models import Activity
from leads.queries import timeline
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english_noon():
    with clock.frozen(NOON), translation.override("en"):
        yield


def visits(lead, number, *, kind="site_visit", days=0):
    for n in range(number):
        at = NOON - timedelta(days=days, minutes=n)
        Activity.objects.create(
            lead=lead,
            type=kind,
            event_id=f"{lead.pk}-{kind}-{days}-{n}",
            occurred_at=at,
            occurred_on=at.date(),
            received_at=at,
        )


def acts(found):
    return [(entry.kind, entry.times) for entry in found if entry.kind.startswith("activity.")]


def test_equal_acts_in_a_row_are_one_line_with_their_number(lead):
    visits(lead, 12)
    visits(lead, 1, kind="webinar_attended", days=1)
    visits(lead, 2, days=2)
    found, rest = timeline.lines(lead, size=12)
    assert acts(found) == [("activity.site_visit", 12), ("activity.webinar_attended", 1), ("activity.site_visit", 2)]
    assert rest is None


@pytest.mark.parametrize(
    ("meeting", "told"),
    [
        (
            "2026-11-24T10:00:00+09:00",
            "meeting on Tue\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}Nov 10:00\N{NO-BREAK SPACE}· in their office",
        ),
        ("2026-11-24T10:00:00", "in their office"),
        ("2026-11-20T11:59:00+09:00", "in their office"),
        ("2201-01-01T00:00:00Z", "in their office"),
        (["next week"], "in their office"),
        (None, "in their office"),
    ],
)
def test_a_call_tells_the_appointment_that_it_led_to(lead, meeting, told):
    at = NOON
    Activity.objects.create(
        lead=lead,
        type="call",
        event_id="1",
        occurred_at=at,
        occurred_on=at.date(),
        received_at=at,
        note="in their office",
        metadata={"appointment_at": meeting},
    )

    [entry] = [one for one in timeline.lines(lead)[0] if one.kind == "activity.call"]

    assert entry.text == f"Call\N{NO-BREAK SPACE}· {told}"


def test_nothing_is_lost_or_told_twice_between_pages(lead):
    for day in range(7):
        visits(lead, 2, kind=("site_visit", "webinar_attended")[day % 2], days=day)
    told, cursor = [], None
    while True:
        found, cursor = timeline.lines(lead, cursor=cursor, size=3)
        told += acts(found)
        if cursor is None:
            break
    assert [times for _kind, times in told] == [2] * 7


def test_the_page_tells_how_often_and_opens_the_moments(client, cast, lead):
    visits(lead, 12)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    body = client.get(f"/leads/{lead.pk}/").content.decode()
    assert "12 times" in body
    assert body.count('<li class="hf-when">') == 11


def test_the_queries_stay_few(lead, django_assert_max_num_queries):
    visits(factories.lead(), 3)
    visits(lead, 40)
    with django_assert_max_num_queries(5):
        timeline.lines(lead, size=12)


def test_whoever_came_in_by_a_list_has_a_beginning(lead):
    at = NOON - timedelta(days=1)
    journal.record_many("lead.imported", leads=[lead], by=None, at=at, data={"import": 1, "file": "list.csv"})
    assert "Imported from “list.csv”" in [entry.text for entry in timeline.lines(lead)[0]]

"""Any number of simultaneous deals on one lead: one is opened."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from feedback.models import Opportunity
from feedback.services import opportunities
from feedback.services.opportunities import DealIsOpen
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 6


def test_of_many_deals_opened_at_once_one_stands():
    people = stories.small()
    lead = stories.lead()

    def begin(_number):
        try:
            opportunities.begin(lead=lead, by=people.ada, at=NOON)
            return "opened"
        except DealIsOpen:
            return "open already"
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        told = sorted(pool.map(begin, range(RACERS)))

    assert told == ["open already"] * (RACERS - 1) + ["opened"]
    assert Opportunity.objects.count() == 1

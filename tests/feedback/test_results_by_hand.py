"""A stage set by hand keeps the deals in step, as the same result would."""

import pytest

from feedback.models import Opportunity
from handoff.services.transition import transition
from leads.models import Lead
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def held(small):
    """A lead that Sato has accepted."""
    return stories.accepted(small, to=small.sato).lead


def move(lead, to, small):
    transition(lead=Lead.objects.get(pk=lead.pk), to=to, reason="timing", by=small.sato, at=NOON)


def deals():
    return list(Opportunity.objects.order_by("pk").values_list("source", "result"))


def test_an_opportunity_by_hand_opens_the_deal_of_its_handoff(small, held):
    move(held, "opportunity", small)

    assert deals() == [("handoff", "")]


def test_winning_by_hand_closes_it(small, held):
    move(held, "opportunity", small)
    move(held, "won", small)

    assert deals() == [("handoff", "won")]


def test_losing_by_hand_closes_it_with_its_reason(small, held):
    move(held, "opportunity", small)
    move(held, "lost", small)

    assert deals() == [("handoff", "lost")]
    assert Opportunity.objects.get().reason == "timing"


def test_a_win_corrected_to_nurture_reopens_its_deal(small, held):
    move(held, "won", small)
    move(held, "nurture", small)

    lead = Lead.objects.get()
    assert (lead.stage, lead.transitions.latest("id").corrected) == ("nurture", True)
    assert deals() == [("handoff", "")]


@pytest.mark.parametrize("to", ["nurture", "disqualified"])
def test_a_lead_put_aside_or_disqualified_by_hand_leaves_no_open_deal(small, held, to):
    move(held, "opportunity", small)
    move(held, to, small)

    deal = Opportunity.objects.get()
    assert Lead.objects.get().stage == to
    assert (deal.result, deal.reason, deal.closed_on is None) == ("lost", "other", False)

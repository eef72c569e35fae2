"""Which handoff goes on: after a merge that ended a newer one, and between looking and writing."""

from datetime import timedelta

import pytest

from feedback.services import feedback
from handoff.models import JoinedLead
from handoff.queries import held, invariants, returned
from handoff.services import eligibility, handoffs, holding, joining, offers, transition
from handoff.services.eligibility import make_mqls
from leads.domain.choices import DueKind, Stage
from leads.services import merging
from tests import factories
from tests.cast import NOON
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)
LATEST = NOON + timedelta(minutes=20)


@pytest.fixture
def people():
    return stories.mid()


@pytest.fixture(autouse=True)
def nothing_broken(request, db):
    yield
    # The scores are written by hand here, without their dimensions.
    assert [one for one in invariants.violations(at=LATEST) if one.code != "I9"] == []


@pytest.fixture
def merged(people):
    """Two handoffs of what is one lead by now: the older one goes on, since somebody was reached on it."""
    older, newer = stories.accepted(people, to=people.isao), stories.accepted(people, to=people.isao)
    handoffs.contact(handoff=older, by=people.isao, at=NOON, method="call", result="talked")
    merging.merge(survivor=older.lead, loser=newer.lead, by=people.mia, at=LATER)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.closed_at, newer.closed_at) == (None, LATER)
    return older, newer


def test_handing_on_after_a_merge_ends_the_handoff_that_went_on(people, merged):
    older, newer = merged
    lead = stories.qualified(fresh(older.lead), by=people.isao, at=LATEST)

    handoffs.offer(lead=lead, by=people.isao, at=LATEST, to=people.sato)

    older.refresh_from_db()
    newer.episode.refresh_from_db()
    assert (older.closed_at, newer.episode.outcome) == (LATEST, "merged")
    assert not older.clocks.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize("to", [Stage.NURTURE, Stage.DISQUALIFIED])
def test_a_stage_by_hand_after_a_merge_ends_the_handoff_that_went_on(people, merged, to):
    older, _newer = merged

    transition.transition(lead=fresh(older.lead), to=to, reason="時期尚早", by=people.isao, at=LATEST)

    older.refresh_from_db()
    assert older.closed_at == LATEST
    assert not older.clocks.filter(ended_at__isnull=True).exists()
    assert held.latest(older.lead) == older, "what was worked to its end, not what the merge ended"


def test_a_refused_handover_asks_nothing_of_a_lead_that_was_handed_over_meanwhile(people):
    handoff = stories.offered(people, to=people.isao)

    offers.ask_for_hearing(lead=handoff.lead, lacks=(), at=LATER)

    assert (fresh(handoff.lead).due_kind, fresh(handoff.lead).owner) == (DueKind.ANSWER, people.isao)


def test_a_handoff_answered_in_the_same_moment_is_not_joined(people, monkeypatch):
    company = factories.company()
    handoff = stories.offered(people, to=people.isao, company=company)
    colleague = stories.lead(company=company)
    hold = holding.hold

    def hold_after_the_answer(one):
        monkeypatch.setattr(holding, "hold", hold)
        handoffs.accept(handoff=handoff, by=people.isao, at=LATER)
        hold(one)

    monkeypatch.setattr(holding, "hold", hold_after_the_answer)
    eligibility.offer_live(leads=[colleague], at=LATER)

    handoff.refresh_from_db()
    assert handoff.state == "accepted"
    assert not JoinedLead.objects.exists()
    assert colleague.handoffs.get().state == "offered"


@pytest.fixture
def along(people):
    """(the accepted handoff of one, the open one to field sales of a colleague who had joined it)."""
    company = factories.company()
    first = stories.offered(people, to=people.isao, company=company)
    colleague = stories.lead(company=company)
    make_mqls(leads=[colleague], at=NOON)
    joining.join(lead=colleague, handoff=first, by=None, at=NOON)
    handoffs.accept(handoff=first, by=people.isao, at=NOON)
    lead = stories.qualified(fresh(colleague), by=people.isao, at=NOON)
    return first, handoffs.offer(lead=lead, by=people.isao, at=NOON, to=people.sato)


def test_who_joined_and_was_handed_on_waits_for_that_answer_when_the_first_one_ends(people, along):
    first, own = along
    assert not JoinedLead.objects.exists(), "handed over by itself, it goes its own way"

    transition.transition(lead=fresh(first.lead), to=Stage.DISQUALIFIED, by=people.maki, at=LATER, reason="no_fit")

    assert fresh(own.lead).due_kind == "answer"


def test_undoing_a_merge_leaves_who_had_joined_waiting_for_the_answer_to_its_own_handoff(people, along):
    first, own = along
    colleague = own.lead
    row = merging.merge(survivor=fresh(first.lead), loser=fresh(colleague), by=people.maki, at=LATER)

    merging.undo(merge=row, by=people.maki, at=LATEST)

    own.refresh_from_db()
    assert (own.state, own.lead, fresh(colleague).due_kind) == ("offered", colleague, "answer")


def test_a_result_ends_what_a_merge_brought_from_inside_sales(people):
    brought = stories.accepted(people, to=people.isao)
    lead = stories.qualified(stories.accepted(people, to=people.isao).lead, by=people.isao, at=NOON)
    field = handoffs.offer(lead=lead, by=people.isao, at=NOON, to=people.sato)
    handoffs.accept(handoff=field, by=people.sato, at=NOON)
    feedback.give(handoff=field, result="opportunity", by=people.sato, at=NOON)
    merging.merge(survivor=fresh(lead), loser=fresh(brought.lead), by=people.maki, at=LATER)
    brought.refresh_from_db()
    assert (brought.lead_id, brought.closed_at) == (lead.pk, None), "it goes on beside the deal"

    feedback.give(handoff=field, result="lost", reason="timing", by=people.sato, at=LATEST)

    brought.refresh_from_db()
    assert (fresh(lead).stage, brought.closed_at) == ("lost", LATEST)
    assert not brought.clocks.filter(ended_at__isnull=True).exists()


def test_a_lead_that_came_further_along_with_a_colleague_did_not_come_back(people):
    company = factories.company()
    back = stories.offered(people, to=people.isao, company=company)
    handoffs.reject(handoff=back, reason="missing_information", by=people.isao, at=NOON)
    assert returned.of_lead(fresh(back.lead)) == back
    colleague, rest = stories.offered(people, to=people.isao, company=company), LATER.date() + timedelta(days=90)
    transition.transition(
        lead=fresh(back.lead), to=Stage.NURTURE, by=people.mia, at=NOON, reason="later", resurface_on=rest
    )
    make_mqls(leads=[fresh(back.lead)], at=NOON)
    joining.join(lead=fresh(back.lead), handoff=colleague, by=None, at=NOON)
    handoffs.accept(handoff=colleague, by=people.isao, at=NOON)

    with pytest.raises(offers.GateRefused):
        handoffs.offer(lead=fresh(back.lead), by=people.isao, at=NOON, to=people.sato)

    assert fresh(back.lead).due_kind == DueKind.HEARING
    assert returned.of_lead(fresh(back.lead)) is None

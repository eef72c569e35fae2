"""What a result does, whoever reports it and however often."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from feedback.domain.choices import Result
from feedback.models import Feedback, Opportunity
from feedback.queries import results
from feedback.services import feedback, imported, opportunities
from handoff.models import Clock
from handoff.services import handoffs
from journal.errors import Invalid
from journal.models import Event
from journal.versions import StaleWrite
from leads.services import lead_changes, merging
from tests import factories
from tests.at_once import all_well, at_once
from tests.cast import NOON, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
DAYS = timedelta(days=1)


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def handoff(people):
    return stories.accepted(people, to=people.sato)


def codes(error):
    return {(fault.field, fault.code) for fault in error.value.errors}


def deals(handoff):
    return list(Opportunity.objects.filter(lead=handoff.lead).order_by("id").values_list("source", "result"))


def test_an_opportunity_opens_a_deal_and_moves_the_lead(people, handoff):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER, quality=4)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind, lead.owner) == ("opportunity", "next_action", people.sato)
    assert deals(handoff) == [("handoff", "")]
    assert Event.objects.filter(kind="feedback.given", lead_id=lead.pk).count() == 1


def test_a_later_win_closes_the_newest_deal(people, handoff):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="won", by=people.sato, at=LATER + 10 * DAYS)

    assert stories.fresh(handoff.lead).stage == "won"
    assert deals(handoff) == [("handoff", "won")]
    assert Opportunity.objects.get().closed_on == (LATER + 10 * DAYS).date()


def test_a_win_without_a_deal_writes_one_that_is_won(people, handoff):
    feedback.give(handoff=handoff, result="won", by=people.sato, at=LATER)

    assert stories.fresh(handoff.lead).stage == "won"
    assert deals(handoff) == [("handoff", "won")]


def test_a_loss_without_a_deal_makes_none(people, handoff):
    feedback.give(handoff=handoff, result="lost", reason="budget", by=people.sato, at=LATER)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind) == ("lost", "resurface")
    assert deals(handoff) == []


def test_considering_leaves_the_stage_and_sets_the_next_action(people, handoff):
    day = (LATER + 7 * DAYS).date()
    feedback.give(handoff=handoff, result="considering", next_action_on=day, by=people.sato, at=LATER)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind) == ("sal", "next_action")
    assert lead.due_at.date() == day


def test_considering_again_moves_the_day_of_a_resting_lead(people, handoff):
    feedback.give(handoff=handoff, result="considering", next_action_on=date(2027, 1, 12), by=people.sato, at=LATER)
    feedback.give(
        handoff=handoff, result="considering", next_action_on=date(2027, 2, 12), by=people.sato, at=LATER + DAYS
    )

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind, lead.not_before) == ("nurture", "resurface", tokyo("2027-02-12 00:00"))


def test_another_reason_of_a_loss_moves_the_day_it_is_looked_at_again(people, handoff):
    feedback.give(handoff=handoff, result="lost", reason="competitor", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="lost", reason="timing", by=people.sato, at=LATER)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.not_before) == ("lost", tokyo("2027-02-18 00:00"))


def test_a_won_result_taken_back_reopens_the_deal(people, handoff):
    feedback.give(handoff=handoff, result="won", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER + DAYS)

    lead = stories.fresh(handoff.lead)
    assert lead.stage == "opportunity"
    assert deals(handoff) == [("handoff", "")]
    assert lead.transitions.latest("id").corrected


def test_a_won_result_that_was_a_loss_turns_the_deal(people, handoff):
    feedback.give(handoff=handoff, result="won", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="lost", reason="competitor", by=people.sato, at=LATER + DAYS)

    assert stories.fresh(handoff.lead).stage == "lost"
    assert deals(handoff) == [("handoff", "lost")]


def test_the_first_report_meets_the_feedback_clock(people, handoff):
    handoffs.contact(handoff=handoff, by=people.sato, at=LATER, method="call", result="talked")
    feedback.give(handoff=handoff, result="considering", by=people.sato, at=LATER + timedelta(minutes=5))

    assert Clock.objects.get(handoff=handoff, kind="feedback").state == "met"


def test_f_8_a_retry_after_a_slow_answer_makes_no_second_deal(people, handoff):
    first = feedback.give(handoff=handoff, result="opportunity", quality=3, by=people.sato, at=LATER)
    again = feedback.give(
        handoff=handoff, result="opportunity", quality=3, by=people.sato, at=LATER + timedelta(minutes=2)
    )

    assert again == first
    assert Feedback.objects.count() == 1
    assert deals(handoff) == [("handoff", "")]


def test_f_8_a_second_report_of_an_open_deal_opens_no_second_one(people, handoff):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="opportunity", comment="見積もり提出", by=people.sato, at=LATER + DAYS)

    assert Feedback.objects.count() == 2
    assert deals(handoff) == [("handoff", "")]


@pytest.mark.django_db(transaction=True)
def test_f_8_eight_presses_at_once_make_one_report_and_one_deal():
    people = stories.small()
    handoff = stories.accepted(people, to=people.sato)

    all_well(at_once(*[lambda: feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)] * 8))

    assert Feedback.objects.count() == 1
    assert deals(handoff) == [("handoff", "")]


def test_ar_18_it_may_be_entered_later_than_it_happened(people, handoff):
    given = feedback.give(
        handoff=handoff, result="lost", reason="no_need", by=people.sato, at=LATER + 4 * DAYS, happened_at=LATER
    )

    assert given.happened_at == LATER
    assert given.is_late_entry


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"result": "maybe"}, ("result", "choice")),
        ({"result": "lost"}, ("reason", "required")),
        ({"result": "lost", "reason": "mood"}, ("reason", "choice")),
        ({"result": "won", "reason": "budget"}, ("reason", "not_expected")),
        ({"result": "won", "quality": 6}, ("quality", "range")),
        ({"result": "won", "comment": "あ" * 1001}, ("comment", "too_long")),
        ({"result": "considering", "next_action_on": NOON.date() - DAYS}, ("next_action_on", "past")),
        ({"result": "won", "happened_at": LATER + DAYS}, ("at", "future")),
        ({"result": "won", "happened_at": NOON - DAYS}, ("at", "too_early")),
    ],
)
def test_wrong_inputs_are_refused_by_field(people, handoff, values, fault):
    with pytest.raises(Invalid) as error:
        feedback.give(handoff=handoff, by=people.sato, at=LATER, **values)

    assert codes(error) == {fault}
    assert not Feedback.objects.exists()


def test_only_the_holder_or_a_manager_reports(people, handoff):
    for someone in (people.otto, people.mia):
        with pytest.raises(feedback.NotYourHandoff):
            feedback.give(handoff=handoff, result="won", by=someone, at=LATER)

    feedback.give(handoff=handoff, result="won", by=people.maki, at=LATER)


def test_no_result_is_owed_before_the_answer_or_after_the_next_handoff(people, handoff):
    with pytest.raises(feedback.NotAccepted):
        feedback.give(handoff=stories.offered(people, to=people.sato), result="won", by=people.sato, at=LATER)
    feedback.give(handoff=handoff, result="lost", reason="timing", by=people.sato, at=LATER)
    later = handoffs.offer(lead=stories.fresh(handoff.lead), by=people.mia, at=LATER + DAYS, to=people.sato)
    handoffs.accept(handoff=later, by=people.sato, at=LATER + DAYS)

    with pytest.raises(feedback.HandedOnSince):
        feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER + 2 * DAYS)


def merged_of_two(people, other):
    """What goes on, offered first, and what the merge ended."""
    kept, ended = stories.accepted(people, to=people.sato), stories.accepted(people, to=other)
    merging.merge(survivor=kept.lead, loser=ended.lead, by=people.maki, at=LATER, assignee=people.sato)
    return kept, ended


@pytest.mark.parametrize("name", ["sato", "otto"])
def test_after_a_merge_the_result_is_reported_on_what_goes_on(people, name):
    kept, ended = merged_of_two(people, getattr(people, name))

    with pytest.raises(feedback.OtherGoesOn):
        feedback.give(handoff=ended, result="won", by=ended.assigned_to, at=LATER)
    first = feedback.give(handoff=kept, result="lost", reason="budget", by=people.sato, at=LATER)
    assert feedback.give(handoff=kept, result="lost", reason="budget", by=people.sato, at=LATER) == first

    kept.refresh_from_db()
    assert (kept.closed_at, stories.fresh(kept.lead).stage) == (LATER, "lost")
    assert not Clock.objects.filter(ended_at__isnull=True).exists()


def test_after_a_merge_a_deal_reports_what_goes_on(people):
    kept, _ended = merged_of_two(people, people.sato)

    opportunities.begin(lead=stories.fresh(kept.lead), by=people.sato, at=LATER, source="handoff")

    assert Feedback.objects.get().handoff == kept
    assert not Clock.objects.filter(ended_at__isnull=True).exists()


def test_what_a_merge_brought_goes_on_beside_a_newer_one_that_has_its_result(people):
    brought, reported = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.sato)
    feedback.give(handoff=reported, result="opportunity", by=people.sato, at=NOON)
    merging.merge(survivor=stories.fresh(reported.lead), loser=brought.lead, by=people.maki, at=LATER)

    with pytest.raises(feedback.OtherGoesOn):
        feedback.give(handoff=reported, result="won", by=people.sato, at=LATER)
    feedback.give(handoff=brought, result="won", by=people.sato, at=LATER)

    assert stories.fresh(reported.lead).stage == "won"
    assert not Clock.objects.filter(ended_at__isnull=True).exists()


def status_of(handoff):
    return results.rows([handoff])[0].status


def test_the_status_is_derived(people):
    untouched = stories.accepted(people, to=people.sato)
    assert status_of(untouched) == "untouched"
    handoffs.contact(handoff=untouched, by=people.sato, at=LATER, method="call", result="no_answer")
    untouched.refresh_from_db()
    assert status_of(untouched) == "contacted"
    met = stories.accepted(people, to=people.sato)
    handoffs.contact(
        handoff=met, by=people.sato, at=LATER, method="call", result="appointment", appointment_at=LATER + DAYS
    )
    met.refresh_from_db()
    assert status_of(met) == "appointment"
    feedback.give(handoff=met, result="considering", by=people.sato, at=LATER)
    assert status_of(met) == "result"


# -- deals by themselves -----------------------------------------------------------------------------


def test_a_self_sourced_deal_takes_the_lead_to_opportunity(people):
    lead = stories.lead()
    deal = opportunities.begin(lead=lead, source="self", amount=Decimal(1_200_000), by=people.sato, at=LATER)

    assert (deal.source, deal.amount, deal.owner) == ("self", Decimal(1_200_000), people.sato)
    assert stories.fresh(lead).stage == "opportunity"


def test_a_deal_on_a_lead_with_an_accepted_handoff_is_that_handoffs_result(people, handoff):
    deal = opportunities.begin(lead=handoff.lead, source="self", amount=Decimal(900_000), by=people.sato, at=LATER)

    assert (deal.source, deal.handoff, deal.amount) == ("handoff", handoff, Decimal(900_000))
    assert list(Feedback.objects.values_list("handoff", "result")) == [(handoff.pk, Result.OPPORTUNITY)]


def test_a_deal_that_is_won_by_editing_is_the_same_as_its_feedback(people, handoff):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)
    deal = Opportunity.objects.get()

    deal = opportunities.update(
        opportunity=deal, values={"result": "won", "amount": Decimal(500_000)}, by=people.sato, at=LATER + DAYS
    )

    assert (deal.result, deal.amount) == ("won", Decimal(500_000))
    assert list(Feedback.objects.order_by("id").values_list("result", flat=True)) == ["opportunity", "won"]
    assert stories.fresh(handoff.lead).stage == "won"


def test_a_self_sourced_deal_can_be_lost(people):
    lead = stories.lead()
    deal = opportunities.begin(lead=lead, source="referral", by=people.sato, at=LATER)

    deal = opportunities.update(
        opportunity=deal, values={"result": "lost", "reason": "competitor"}, by=people.sato, at=LATER + DAYS
    )

    assert (deal.result, deal.reason) == ("lost", "competitor")
    assert stories.fresh(lead).stage == "lost"


def test_a_second_open_deal_is_refused(people):
    lead = stories.lead()
    opportunities.begin(lead=lead, by=people.sato, at=LATER)

    with pytest.raises(opportunities.DealIsOpen):
        opportunities.begin(lead=lead, by=people.sato, at=LATER)


def test_a_stale_version_is_refused(people):
    deal = opportunities.begin(lead=stories.lead(), by=people.sato, at=LATER)
    opportunities.update(opportunity=deal, values={"amount": Decimal(1)}, by=people.sato, at=LATER)

    with pytest.raises(StaleWrite):
        opportunities.update(
            opportunity=deal, values={"amount": Decimal(2)}, by=people.sato, at=LATER, expected_version=deal.version
        )


def test_do_not_contact_closes_open_deals_as_lost_for_other_reasons(people, handoff):
    feedback.give(handoff=handoff, result="opportunity", by=people.sato, at=LATER)

    lead_changes.set_do_not_contact(lead=stories.fresh(handoff.lead), by=people.ada, at=LATER + DAYS)

    assert list(Opportunity.objects.values_list("result", "reason")) == [("lost", "other")]


def test_imported_deals_come_once_and_end_once(people):
    won, running, lost = (factories.lead(at=NOON) for _ in range(3))
    rows = [
        {"lead": won.pk, "outcome": "won", "outcome_at": NOON.isoformat(), "amount": "120000", "by_id": people.mia.pk},
        {"lead": running.pk, "outcome": "open", "by_id": people.mia.pk},
        {"lead": lost.pk, "outcome": "lost", "by_id": people.mia.pk},
    ]
    assert imported.write(rows=rows, at=LATER) == 2
    assert imported.write(rows=rows, at=LATER) == 0
    assert imported.write(rows=[{"lead": running.pk, "outcome": "won"}], at=LATER) == 0

    found = Opportunity.objects.order_by("lead").values_list("lead", "source", "result", "amount")
    assert list(found) == [(won.pk, "imported", "won", Decimal(120000)), (running.pk, "imported", "won", None)]

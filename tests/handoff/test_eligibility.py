"""Who offers by itself, what waits in a batch, and who is taken up again."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from handoff.models import Batch, BatchLead, Clock, Gate, Handoff, HandoffRule, JoinedLead, StageTransition
from handoff.queries import duties
from handoff.services import batches, eligibility, handoffs, intake, transition
from leads.models import DuplicatePair, Lead
from leads.queries import timeline
from leads.services import activities, lead_changes
from scoring.queries import effect
from scoring.services import presets, scores
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.stories import fresh
from tests.scoring import scored

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def excel(small):
    """The small firm with the Excel starter: documents +10, webinars +15, line 30."""
    presets.install(by=None, at=NOON)
    return small


def reached(lead, cause="live", at=NOON, reason="activity"):
    eligibility.decide(lead_ids=[lead.pk], cause=cause, reason=reason, at=at)
    return fresh(lead)


def test_a_live_lead_over_the_line_is_offered_by_the_system(small):
    lead = reached(stories.lead())

    handoff = Handoff.objects.get()
    assert (lead.stage, lead.due_kind, lead.owner) == ("mql", "answer", small.sato)
    assert (handoff.offered_by, handoff.sender, handoff.sender_team) == (None, None, small.marketing)
    assert StageTransition.objects.get(lead=lead, to_stage="mql").reason == "eligible"


def test_a_lead_that_became_mql_with_others_tells_so_on_its_timeline(small):
    lead = stories.lead()
    eligibility.make_mqls(leads=[lead, stories.lead()], at=NOON)
    with translation.override("en"):
        told = [entry for entry in timeline.lines(lead)[0] if entry.kind == "lead.stage_followed"]
    assert [(entry.text, entry.is_key) for entry in told] == [("Became MQL (met the criteria)", True)]


def test_a_lead_under_the_line_is_left_alone(small):
    assert reached(stories.lead(total=29)).stage == "lead"


def test_without_a_rule_that_is_on_it_is_an_mql_with_one_day(small):
    HandoffRule.objects.update(is_on=False)

    lead = reached(stories.lead())

    assert (lead.stage, lead.due_kind, lead.due_at) == ("mql", "offer", tokyo("2026-11-24 18:00"))
    assert (lead.owner, lead.team) == (None, small.marketing)
    assert not Handoff.objects.exists()


def test_an_edit_makes_an_mql_and_offers_nothing(small):
    lead = reached(stories.lead(), cause="edit", reason="edit")

    assert (lead.stage, lead.due_kind) == ("mql", "offer")
    assert not Handoff.objects.exists()


def test_a_rule_narrows_who_is_offered(small):
    HandoffRule.objects.update(when={"field": "company.employee_count", "op": "gte", "value": 100})

    without = reached(stories.lead())
    within = reached(stories.lead(company=factories.company(employee_count=120)))

    assert (without.due_kind, within.due_kind) == ("offer", "answer")


def test_the_mql_gate_keeps_a_lead_below(small):
    Gate.objects.filter(kind="mql").update(
        mode="block", condition={"field": "company.employee_count", "op": "gte", "value": 100}
    )

    assert reached(stories.lead()).stage == "lead"


def test_f_13_bulk_starts_no_clock_and_proposes_one_batch(small):
    leads = [stories.lead() for _number in range(12)]

    for chunk in (leads[:7], leads[7:]):
        ids = [lead.pk for lead in chunk]
        eligibility.decide(lead_ids=ids, cause="bulk", reason="publish", source_id=4, at=NOON)

    batch = Batch.objects.get()
    assert batch.entries.count() == 12
    assert batch.due_at == tokyo("2026-11-26 18:00")  # three working days; Monday is a holiday
    assert set(Lead.objects.values_list("stage", "due_kind", "due_at")) == {("mql", "batch", batch.due_at)}
    assert not Clock.objects.exists()
    assert not Handoff.objects.exists()


def test_f_6_a_batch_is_shared_fairly_and_cut_to_capacity(small):
    toda = factories.person("toda", "戸田", "健", ["rep"], small.field)
    small.otto.memberships.update(receives=False)
    small.sato.memberships.update(capacity=20)
    toda.memberships.update(capacity=20)
    leads = [stories.lead(total=30 + number) for number in range(100)]
    eligibility.decide(lead_ids=[lead.pk for lead in leads], cause="bulk", reason="import", at=NOON)

    made = batches.offer_all(batch=Batch.objects.get(), by=small.mia, at=NOON)

    given = [handoff.assigned_to for handoff in made]
    assert (given.count(small.sato), given.count(toda)) == (20, 20)
    assert given[0] != given[1]
    assert min(handoff.episode.score for handoff in made) == 90  # the best first
    assert Batch.objects.get().entries.count() == 60
    assert Batch.objects.get().closed_at is None


@pytest.mark.django_db(transaction=True)
def test_a_batch_cut_off_midway_keeps_what_was_handed_over_and_goes_on(small, monkeypatch):
    leads = [stories.lead(total=30 + number) for number in range(5)]
    eligibility.decide(lead_ids=[lead.pk for lead in leads], cause="bulk", reason="import", at=NOON)
    monkeypatch.setattr(batches, "OFFERED_AT_ONCE", 2)
    whole, calls = batches.offers.offer, []

    def breaks_at_the_fourth(**values):
        calls.append(values)
        if len(calls) == 4:
            raise RuntimeError("the process was stopped")
        return whole(**values)

    monkeypatch.setattr(batches.offers, "offer", breaks_at_the_fourth)
    with pytest.raises(RuntimeError):
        batches.offer_all(batch=Batch.objects.get(), by=small.mia, at=NOON)
    assert (Handoff.objects.count(), Batch.objects.get().entries.count()) == (2, 3)

    batches.offer_all(batch=Batch.objects.get(), by=small.mia, at=NOON)
    assert (Handoff.objects.count(), Batch.objects.get().closed_at) == (5, NOON)


def test_a_lead_of_a_batch_that_acts_is_offered_and_leaves_it(small):
    lead = reached(stories.lead(), cause="bulk", reason="midnight")
    assert lead.due_kind == "batch"

    lead = reached(lead, at=LATER)

    assert lead.due_kind == "answer"
    assert not BatchLead.objects.exists()


@pytest.mark.parametrize("cause", ["acts", "is disqualified", "is not to be contacted", "is nurtured"])
def test_a_batch_ends_with_the_last_lead_that_leaves_it(small, cause):
    lead = reached(stories.lead(), cause="bulk", reason="midnight")

    if cause == "acts":
        reached(lead, at=LATER)
    elif cause == "is not to be contacted":
        lead_changes.set_do_not_contact(lead=lead, by=small.mia, at=LATER)
    else:
        to = "nurture" if cause == "is nurtured" else "disqualified"
        transition.transition(lead=lead, to=to, reason="競合", by=small.mia, at=LATER)

    assert Batch.objects.get().closed_at == LATER
    assert not [row for row in duties.waiting_for(user=small.mia, at=LATER) if row.batch]


def test_a_batch_can_wait_and_be_nurtured(small):
    first, second = (reached(stories.lead(), cause="bulk", reason="midnight") for _number in range(2))
    batch = Batch.objects.get()

    batches.wait(batch=batch, day=date(2026, 12, 1), by=small.mia, at=NOON)
    assert {fresh(first).due_at, fresh(second).due_at} == {tokyo("2026-12-01 18:00")}

    batches.nurture_all(batch=batch, day=date(2027, 1, 12), by=small.mia, at=NOON, lead_ids=[first.pk])
    assert (fresh(first).stage, fresh(second).due_kind) == ("nurture", "batch")

    batches.offer_all(batch=batch, by=small.mia, at=NOON)
    assert Batch.objects.get().closed_at == NOON


def test_who_comes_after_a_batch_was_put_off_is_decided_on_in_time(small):
    reached(stories.lead(), cause="bulk", reason="import")
    batches.wait(batch=Batch.objects.get(), day=date(2027, 1, 12), by=small.mia, at=NOON)

    late = reached(stories.lead(), cause="bulk", reason="import", at=LATER)

    assert late.due_at == tokyo("2026-11-26 18:00")
    assert Batch.objects.count() == 2


def rejected(people, reason="not_now", **more):
    lead = reached(stories.lead(**more))
    handoffs.reject(
        handoff=Handoff.objects.open().get(lead=lead), reason=reason, by=people.sato, at=NOON, comment="移転が未定"
    )
    return fresh(lead)


def test_f_7_an_eligible_lead_comes_back_as_attempt_2_when_its_day_is_reached(small):
    lead = rejected(small)
    reached(lead, at=LATER)
    assert not Handoff.objects.open().exists()

    eligibility.resurface(lead_ids=[lead.pk], at=lead.not_before)

    handoff = Handoff.objects.open().get()
    assert (handoff.episode.attempt, fresh(lead).stage) == (2, "mql")
    opening = handoff.sheet["earlier"][0]
    assert (opening["attempt"], opening["reason"], opening["comment"]) == (1, "not_now", "移転が未定")
    assert opening["reason_ja"] == "時期が先"


def test_the_systems_delay_counts_from_the_end_of_the_rest_or_from_what_came_later(small):
    """A sweep some minutes after midnight is the system's delay; the months of the rest are nobody's."""
    lead = rejected(small)
    activities.record(lead=lead, type="site_visit", occurred_at=LATER, by=None, at=LATER)
    swept = lead.not_before + timedelta(minutes=4)

    eligibility.resurface(lead_ids=[lead.pk], at=swept)

    episode = Handoff.objects.open().get(lead=lead).episode
    assert (episode.offered_at, episode.caused_at) == (swept, lead.not_before)

    awake = rejected(small)
    activities.record(lead=awake, type="demo_request", occurred_at=LATER, by=None, at=LATER)
    reached(awake, at=LATER + timedelta(minutes=1))
    assert Handoff.objects.open().get(lead=awake).episode.caused_at == LATER


def test_f_7_a_demo_request_lifts_the_rest(small):
    lead = rejected(small)

    activities.record(lead=lead, type="demo_request", occurred_at=LATER, by=None, at=LATER)
    reached(lead, at=LATER)

    assert Handoff.objects.open().get().episode.attempt == 2


def test_a_demo_request_wakes_a_resting_lead_that_is_not_eligible(excel):
    lead = rejected(excel)

    activities.record(lead=lead, type="demo_request", occurred_at=LATER, by=None, at=LATER)
    scores.score_stale(at=LATER)

    lead = fresh(lead)
    assert (lead.score.reaches_line, lead.stage, lead.due_kind, lead.not_before) == (False, "mal", "", None)


def test_one_visit_wakes_nobody(excel):
    lead = rejected(excel)

    activities.record(lead=lead, type="site_visit", occurred_at=LATER, by=None, at=LATER)
    scores.score_stale(at=LATER)

    assert fresh(lead).stage == "nurture"


def test_f_7_ten_new_points_lift_the_rest_though_the_score_never_fell(excel):
    lead = factories.lead(title="部長", company=factories.company())
    activities.record(lead=lead, type="webinar_attended", occurred_at=NOON, by=None, at=NOON)
    scores.score_stale(at=NOON)
    handoffs.reject(handoff=Handoff.objects.open().get(), reason="not_now", by=excel.sato, at=NOON)

    activities.record(lead=lead, type="email_open", occurred_at=LATER, by=None, at=LATER)
    activities.record(lead=lead, type="site_visit", occurred_at=LATER, by=None, at=LATER)
    scores.score_stale(at=LATER)
    assert not Handoff.objects.open().exists()  # mail opens are left out, one visit gives nothing

    activities.record(lead=lead, type="document_download", occurred_at=LATER, by=None, at=LATER)
    scores.score_stale(at=LATER)

    assert Handoff.objects.open().get().episode.attempt == 2


def test_counts_that_an_import_brings_lift_nothing(excel):
    lead = rejected(excel, title="部長", company=factories.company())

    activities.record(
        lead=lead,
        type="document_download",
        event_id="import:1:document_download:1",
        occurred_at=NOON,
        by=None,
        at=LATER,
    )
    scores.score_stale(at=LATER)

    assert fresh(lead).stage == "nurture"


@pytest.mark.parametrize("reason", ["missing_information", "wrong_contact", "duplicate"])
def test_after_a_return_the_system_does_not_offer_this_stay_again(small, reason):
    lead = rejected(small, reason)
    Lead.objects.filter(pk=lead.pk).update(due_kind="offer")

    reached(lead, at=LATER)

    assert not Handoff.objects.open().exists()
    again = handoffs.offer(lead=fresh(lead), by=small.mia, at=LATER)
    assert again.episode.attempt == 2


def test_after_a_withdrawal_the_system_does_not_offer_this_stay_again(small):
    lead = reached(stories.lead())
    handoffs.withdraw(handoff=Handoff.objects.get(), by=small.mia, at=NOON)

    assert reached(lead, at=LATER).due_kind == "offer"


def test_a_resting_lead_that_is_not_eligible_becomes_mal(small):
    lead = rejected(small)
    stories.scored(lead, 10, "low")

    eligibility.resurface(lead_ids=[lead.pk], at=lead.not_before)

    lead = fresh(lead)
    assert (lead.stage, lead.due_kind, lead.not_before) == ("mal", "", None)


def test_before_its_day_nothing_resurfaces(small):
    lead = rejected(small)

    eligibility.resurface(lead_ids=[lead.pk], at=lead.not_before - timedelta(seconds=1))

    assert fresh(lead).stage == "nurture"


# -- a second person of the company ------------------------------------------------------------------


@pytest.fixture
def pair(small):
    """Two people of one company; the first is offered, the second joins."""
    company = factories.company()
    first, second = stories.lead(company=company), stories.lead(company=company)
    return reached(first), reached(second, at=NOON + timedelta(minutes=5))


def test_f_14_a_second_person_of_the_company_joins_the_open_handoff(small, pair):
    first, second = pair

    handoff = Handoff.objects.get()
    assert (second.stage, second.due_kind, second.due_at) == ("mql", "answer", handoff.answer_due_at)
    assert (second.owner, second.joined.handoff) == (small.sato, handoff)
    assert [row["lead"] for row in handoff.addenda] == [second.pk]
    assert Clock.objects.count() == 2


def test_f_14_accepting_moves_both_and_the_contact_serves_both(small, pair):
    handoff = Handoff.objects.get()
    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)
    assert {fresh(lead).stage for lead in pair} == {"sal"}

    handoffs.contact(handoff=handoff, by=small.sato, at=LATER, method="call", result="talked")
    assert {fresh(lead).due_kind for lead in pair} == {"feedback"}


def test_f_14_a_reject_frees_who_joined(small, pair):
    handoffs.reject(handoff=Handoff.objects.get(), reason="not_now", by=small.sato, at=LATER)

    second = fresh(pair[1])
    assert (second.stage, second.due_kind, second.team) == ("mql", "offer", small.marketing)
    assert not JoinedLead.objects.exists()


def test_f_14_a_re_route_carries_it_along(small, pair):
    factories.person("toda", "戸田", "健", ["rep"], small.field)

    handoffs.reject(handoff=Handoff.objects.get(), reason="wrong_person", by=small.sato, at=LATER)

    standing = Handoff.objects.open().get()
    second = fresh(pair[1])
    assert (second.joined.handoff, second.owner) == (standing, standing.assigned_to)
    assert second.due_at == standing.answer_due_at


def test_f_14_in_the_queue_the_manager_is_accountable_for_both(small, pair):
    handoffs.reject(handoff=Handoff.objects.get(), reason="wrong_person", by=small.sato, at=LATER)

    assert {fresh(lead).owner for lead in pair} == {small.maki}


def test_a_person_of_another_company_does_not_join(small, pair):
    other = reached(stories.lead(company=factories.company("別の会社")))

    assert Handoff.objects.filter(lead=other).exists()


# -- taking in -----------------------------------------------------------------------------------------


def test_a_new_lead_that_can_be_reached_becomes_mal_after_an_hour(small):
    reachable, silent = factories.lead(), factories.lead(email="", last_name="無名")
    assert fresh(reachable).stage == "lead"

    intake.take_in(at=NOON + timedelta(minutes=59))
    assert fresh(reachable).stage == "lead"

    intake.take_in(at=NOON + timedelta(minutes=61))
    assert (fresh(reachable).stage, fresh(silent).stage) == ("mal", "lead")


def test_a_probable_duplicate_is_not_taken_in(small):
    a, b = factories.lead(), factories.lead()
    DuplicatePair.objects.create(a=a, b=b, created_at=NOON)

    intake.take_in(at=NOON + timedelta(hours=2))

    assert {fresh(a).stage, fresh(b).stage} == {"lead"}


def test_where_nobody_has_been_set_up_leads_over_the_line_stay(org):
    lead = stories.lead()

    for cause in ("live", "edit", "bulk"):
        assert reached(lead, cause=cause, reason="activity").stage == "lead"


def test_a_rehearsal_tells_how_many_of_the_newly_reaching_could_be_handed_over(small):
    draft = scored.draft([scored.rule({"field": "title", "op": "eq", "value": "課長"}, 40)], line=40)
    free, resting, silent, with_sales, other = (
        stories.lead(total=0, title=title) for title in ("課長", "課長", "課長", "課長", "部長")
    )
    Lead.objects.filter(pk=resting.pk).update(not_before=LATER)
    Lead.objects.filter(pk=silent.pk).update(do_not_contact=True)
    handoffs.offer(lead=fresh(with_sales), by=small.mia, at=NOON, to=small.sato)

    found = effect.of(draft, user=small.mia, at=NOON)

    assert (found.newly, found.newly_free) == (4, 1)
    assert not Batch.objects.exists()
    assert other.pk not in {moved.lead.pk for moved in found.moved if moved.crosses}

"""Merging: one lead, one responsibility, everything kept; and exactly back again (DESIGN §9)."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services import people as accounts
from feedback.models import Opportunity
from handoff.models import Alert, Batch, Calendar, Clock, Episode, Handoff, JoinedLead, StageEntry
from handoff.queries import due, invariants, marketing
from handoff.services import batches, duties, handoffs, intake, joining, sweeps, transition
from handoff.services.eligibility import make_mqls
from handoff.services.merging import BothHeld, GoneOn
from handoff.services.reassigning import NotManager
from leads.domain.choices import DueKind, Stage
from leads.models import Lead
from leads.services import leads as lead_services
from leads.services import merging
from tests import factories
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)
LATEST = NOON + timedelta(minutes=20)
fresh = stories.fresh


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture(autouse=True)
def nothing_broken(request, db):
    yield
    # The scores are written by hand here, without their dimensions.
    assert [one for one in invariants.violations(at=LATEST) if one.code != "I9"] == []


def merged(survivor, loser, by, **options):
    row = merging.merge(survivor=survivor, loser=loser, by=by, at=LATER, **options)
    return row, fresh(row.survivor), fresh(row.loser)


def state():
    """Everything that a merge touches, to be compared before and after an undo."""
    moments = {"version", "updated_at", "search_text"}
    return [
        sorted(map(str, model.objects.values(*names)))
        for model, names in (
            (Lead, [f.attname for f in Lead._meta.concrete_fields if f.name not in moments]),
            (Handoff, [f.attname for f in Handoff._meta.concrete_fields]),
            (Episode, [f.attname for f in Episode._meta.concrete_fields]),
            (Clock, [f.attname for f in Clock._meta.concrete_fields]),
            (JoinedLead, ["lead_id", "handoff_id"]),
            (StageEntry, ["lead_id", "stage", "at"]),
            (Opportunity, ["pk", "lead_id"]),
        )
    ]


def test_the_further_stage_survives_whichever_was_named(people):
    early = stories.lead()
    late = stories.accepted(people, to=people.sato).lead

    _row, survivor, loser = merged(early, late, people.mia)

    assert (survivor.pk, survivor.stage, loser.pk) == (late.pk, Stage.SAL, early.pk)
    assert (loser.is_present, loser.merged_into_id) == (False, late.pk)


def test_an_open_handoff_of_the_loser_goes_on_under_the_survivor(people):
    survivor = stories.lead()
    make_mqls(leads=[survivor], at=NOON)
    handoff = stories.offered(people, to=people.sato)
    before = state()

    row, stays, _goes = merged(survivor, handoff.lead, people.mia)

    handoff.refresh_from_db()
    assert (handoff.lead_id, handoff.state, stays.due_kind, stays.owner) == (stays.pk, "offered", "answer", people.sato)
    assert StageEntry.objects.filter(lead=stays, stage="mql").count() == 1
    merging.undo(merge=row, by=people.mia, at=LATEST)
    assert state() == before


def test_of_two_open_offers_the_earlier_due_stays(people):
    second = stories.offered(people, to=people.sato, at=LATER - timedelta(minutes=5), band="low")
    first = stories.offered(people, to=people.otto, at=NOON - timedelta(hours=1), band="low")
    before = state()

    row, stays, _goes = merged(second.lead, first.lead, people.mia)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.lead_id, second.state) == ("offered", stays.pk, "withdrawn")
    assert (stays.pk, stays.due_at, stays.owner) == (second.lead_id, first.answer_due_at, people.otto)
    assert Episode.objects.get(pk=second.episode_id).outcome == "merged"
    assert set(second.clocks.values_list("state", flat=True)) == {"cancelled"}
    merging.undo(merge=row, by=people.mia, at=LATEST)
    assert state() == before
    assert handoffs.accept(handoff=second, by=people.sato, at=LATEST).state == "accepted"


def test_accepted_beats_offered(people):
    held = stories.accepted(people, to=people.sato)
    offered = stories.offered(people, to=people.otto)

    _row, stays, _goes = merged(offered.lead, held.lead, people.mia)

    offered.refresh_from_db()
    assert (stays.pk, stays.owner, stays.due_kind) == (held.lead_id, people.sato, "contact")
    assert (offered.state, offered.lead_id) == ("withdrawn", held.lead_id)
    assert sorted(Episode.objects.filter(lead=stays).values_list("attempt", flat=True)) == [1, 2]


def test_two_holders_wait_for_a_manager_who_names_one_for_all(people):
    one, other = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.otto)
    before = state()
    with pytest.raises(BothHeld) as refusal:
        merged(one.lead, other.lead, people.mia)
    assert {str(one.message) for one in refusal.value.errors} == {str(people.sato), str(people.otto)}
    with pytest.raises(merging.MayNotAssign):
        merged(one.lead, other.lead, people.mia, assignee=people.otto)
    assert state() == before

    row, stays, _goes = merged(one.lead, other.lead, people.maki, assignee=people.otto)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (stays.owner, other.lead_id, one.closed_at, other.closed_at) == (people.otto, stays.pk, LATER, None)
    assert set(one.clocks.exclude(state="met").values_list("state", flat=True)) == {"cancelled"}
    merging.undo(merge=row, by=people.maki, at=LATEST)
    assert state() == before


def test_a_manager_of_other_teams_does_not_decide(people):
    factories.person("nao", "中尾", "直", ["manager"], people.marketing, manager=True)
    stranger = type(people.maki).objects.get(email="nao@handoff.example")
    one, other = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.otto)
    with pytest.raises(NotManager):
        merged(one.lead, other.lead, stranger, assignee=people.otto)


def test_who_has_left_holds_nothing_and_can_t_be_named(people):
    one, other = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.otto)
    accounts.disable(user=people.sato, by=people.ada, at=LATER)
    with pytest.raises(merging.AssigneeGone):
        merged(one.lead, other.lead, people.maki, assignee=people.sato)

    _row, stays, _goes = merged(one.lead, other.lead, people.mia)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.closed_at, other.closed_at, other.lead_id) == (LATER, None, stays.pk)
    assert stays.owner.is_active


def test_both_held_by_one_person_is_one_promise(people):
    one, other = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.sato)

    _row, stays, _goes = merged(one.lead, other.lead, people.mia)

    assert list(Handoff.objects.filter(lead=stays, closed_at=None)) == [one]
    assert stays.owner == people.sato


def test_who_joined_the_offer_that_ends_waits_for_the_one_that_stays(people):
    company = factories.company()
    ends = stories.offered(people, to=people.otto, at=LATER - timedelta(minutes=5), band="low", company=company)
    companion = stories.lead(company=company)
    make_mqls(leads=[companion], at=NOON)
    joining.join(lead=companion, handoff=ends, by=None, at=LATER - timedelta(minutes=4))
    stays = stories.offered(people, to=people.sato, at=NOON - timedelta(hours=1), band="low", company=company)
    before = state()

    row, _survivor, _goes = merged(stays.lead, ends.lead, people.mia)

    assert JoinedLead.objects.get(lead=companion).handoff == stays
    assert fresh(companion).owner == people.sato
    merging.undo(merge=row, by=people.mia, at=LATEST)
    assert state() == before


def test_one_who_joined_the_other_is_no_companion_of_itself(people):
    company = factories.company()
    handoff = stories.offered(people, to=people.sato, company=company)
    second = stories.lead(company=company)
    make_mqls(leads=[second], at=NOON)
    joining.join(lead=second, handoff=handoff, by=None, at=NOON)

    row, stays, _goes = merged(second, handoff.lead, people.mia)

    assert (stays.due_kind, JoinedLead.objects.count()) == ("answer", 0)
    merging.undo(merge=row, by=people.mia, at=LATEST)
    assert JoinedLead.objects.get().lead == second


def joined_and_merged_away(people):
    """(an open handoff, a colleague who had joined it, the merge that took the colleague into another lead)."""
    company = factories.company()
    handoff = stories.offered(people, to=people.sato, company=company)
    second = stories.lead(company=company)
    make_mqls(leads=[second], at=NOON)
    joining.join(lead=second, handoff=handoff, by=None, at=NOON)
    row, _stays, _goes = merged(
        stories.accepted(people, to=people.otto).lead, second, people.mia, across_companies=True
    )
    return handoff, second, row


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_undoing_brings_nobody_back_to_wait_for_an_answer_that_was_given_since(people, answer):
    handoff, second, row = joined_and_merged_away(people)
    if answer == "accept":
        handoffs.accept(handoff=handoff, by=people.sato, at=LATER)
    else:
        handoffs.reject(handoff=handoff, reason="not_now", by=people.sato, at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    back = fresh(second)
    assert (back.stage, back.due_kind, JoinedLead.objects.filter(lead=second).exists()) == ("mql", "offer", False)


def test_undoing_brings_back_to_wait_for_the_answer_as_it_is_owed_now(people):
    handoff, second, row = joined_and_merged_away(people)
    until = NOON + timedelta(hours=4)
    handoffs.pause(handoff=handoff, reason="customer_away", until=until, by=people.sato, at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    handoff.refresh_from_db()
    assert handoff.answer_due_at > until
    assert fresh(second).due_at == handoff.answer_due_at


def test_undoing_brings_back_to_wait_for_whom_the_handoff_was_passed_on_to(people):
    hana = factories.person("hana", "花田", "花", ["rep"], people.field)
    handoff, second, row = joined_and_merged_away(people)
    handoffs.reject(handoff=handoff, reason="wrong_person", by=people.sato, at=LATER)
    passed_on = Handoff.objects.open().get(episode=handoff.episode)
    assert passed_on.assigned_to == hana

    merging.undo(merge=row, by=people.mia, at=LATEST)

    back = fresh(second)
    assert JoinedLead.objects.get(lead=second).handoff == passed_on
    assert (back.owner, back.due_kind, back.due_at) == (hana, "answer", passed_on.answer_due_at)


@pytest.mark.parametrize("flag", ["do_not_contact", "opted_out"])
def test_a_refusal_of_either_holds(people, flag):
    handoff = stories.offered(people, to=people.sato)
    refusing = stories.lead()
    lead_services.update(lead=refusing, values={flag: True}, by=people.mia, at=NOON)

    _row, stays, _goes = merged(handoff.lead, refusing, people.mia)

    assert getattr(stays, flag) is True
    handoff.refresh_from_db()
    ends = ("withdrawn", Stage.DISQUALIFIED) if flag == "do_not_contact" else ("offered", Stage.MQL)
    assert (handoff.state, stays.stage) == ends


def test_undoing_leaves_a_promise_broken_that_broke_meanwhile(people):
    """Told once: undoing gives it back to somebody whose day is longer, and it would break there again."""
    Calendar.objects.create(name="佐藤", weekly={str(day): [["16:00", "20:00"]] for day in range(5)}, user=people.sato)
    handoff = stories.accepted(people, to=people.sato)
    lead = handoff.lead
    usual = handoff.clocks.get(kind="contact").due_at
    row, _stays, _goes = merged(lead, stories.lead(), people.maki, assignee=people.otto)
    broken = handoff.clocks.get(kind="contact").due_at
    sweeps.sweep(at=broken + timedelta(seconds=1))

    undone = broken + timedelta(minutes=1)
    merging.undo(merge=row, by=people.maki, at=undone)
    sweeps.sweep(at=usual + timedelta(seconds=1))

    clock = handoff.clocks.get(kind="contact")
    assert (broken < usual, clock.state, clock.due_at) == (True, "breached", broken)
    handoff.refresh_from_db()
    assert (handoff.contact_due_at, fresh(lead).due_at, fresh(lead).owner) == (broken, broken, people.sato)
    assert Alert.objects.filter(clock=clock, kind="breach").count() == 1


def test_undoing_leaves_a_leave_over_after_which_somebody_was_told(people):
    """The merge gave the lead to somebody who is here; what ran out there did not lie in a pause."""
    handoff = stories.accepted(people, to=people.sato)
    leave = {"reason": "on_leave", "until": NOON + timedelta(days=1)}
    handoffs.pause(handoff=handoff, by=people.sato, at=NOON + timedelta(minutes=5), **leave)
    row, _stays, _goes = merged(handoff.lead, stories.lead(), people.maki, assignee=people.otto)
    broken = handoff.clocks.get(kind="contact").due_at
    sweeps.sweep(at=broken + timedelta(seconds=1))

    merging.undo(merge=row, by=people.maki, at=broken + timedelta(minutes=1))

    assert Alert.objects.filter(clock__handoff=handoff, kind="breach").count() == 1
    assert (handoff.pauses.get().ended_at, fresh(handoff.lead).owner) == (LATER, people.sato)
    assert [one.rule for one in invariants.violations(at=broken + timedelta(minutes=1)) if one.code == "I8"] == []


def test_undoing_takes_a_leave_up_again_where_nobody_was_told(people):
    handoff = stories.accepted(people, to=people.sato)
    leave = {"reason": "on_leave", "until": NOON + timedelta(days=1)}
    handoffs.pause(handoff=handoff, by=people.sato, at=NOON + timedelta(minutes=5), **leave)
    due_at = handoff.clocks.get(kind="contact").due_at
    row, _stays, _goes = merged(handoff.lead, stories.lead(), people.maki, assignee=people.otto)

    merging.undo(merge=row, by=people.maki, at=LATEST)

    assert (handoff.pauses.get().ended_at, handoff.clocks.get(kind="contact").due_at) == (None, due_at)


def test_a_contact_on_the_handoff_that_a_merge_ended_starts_no_promise_there(people):
    kept, other = stories.accepted(people, to=people.sato), stories.accepted(people, to=people.sato)
    merged(kept.lead, other.lead, people.maki)
    ended = Handoff.objects.get(closed_at__isnull=False)

    handoffs.contact(handoff=ended, by=people.sato, at=LATEST, method="call", result="talked")

    running = Clock.objects.filter(ended_at__isnull=True).values_list("handoff__closed_at", "kind")
    assert list(running) == [(None, "feedback")]
    assert fresh(ended.lead).due_kind == "feedback"


def test_undo_is_refused_after_a_later_handoff_or_answer(people):
    survivor = stories.lead()
    row, stays, _goes = merged(survivor, stories.lead(), people.mia)
    handoff = handoffs.offer(lead=stays, by=people.mia, at=LATEST, to=people.sato)
    with pytest.raises(GoneOn):
        merging.undo(merge=row, by=people.mia, at=LATEST)
    assert fresh(row.loser).merged_into_id == stays.pk
    assert handoff.lead_id == stays.pk

    offered = stories.offered(people, to=people.otto)
    row, stays, _goes = merged(offered.lead, stories.lead(), people.mia)
    handoffs.accept(handoff=offered, by=people.otto, at=LATEST)
    with pytest.raises(GoneOn):
        merging.undo(merge=row, by=people.mia, at=LATEST)


def test_a_stage_that_the_system_gave_the_merged_lead_stays_and_does_not_hinder_the_undo(people):
    survivor, loser = stories.lead(), stories.lead()
    row, stays, goes = merged(survivor, loser, people.mia)
    make_mqls(leads=[stays], at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    stays, goes = fresh(stays), fresh(goes)
    assert (stays.stage, stays.due_kind, stays.is_present) == (Stage.MQL, "offer", True)
    assert (goes.merged_into_id, goes.due_kind, goes.is_present) == (None, loser.due_kind, True)


def test_a_batch_that_the_system_put_the_merged_lead_into_does_not_hinder_the_undo(people):
    row, stays, goes = merged(stories.lead(), stories.lead(), people.mia)
    batch = batches.gather(leads=[stays], cause="recompute", source_id=None, at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    stays, goes = fresh(stays), fresh(goes)
    assert (stays.stage, stays.due_kind, stays.due_at) == (Stage.MQL, "batch", batch.due_at)
    assert list(batch.entries.values_list("lead", flat=True)) == [stays.pk]
    assert (goes.merged_into_id, goes.due_kind, goes.is_present) == (None, "", True)


def test_undoing_gives_what_the_system_made_of_the_survivor_back_to_its_former_keeper(people):
    survivor, loser = stories.lead(), stories.lead()
    duties.keep(lead=loser, owner_id=people.mia.pk, team_id=people.marketing.pk)
    row, stays, _goes = merged(survivor, loser, people.mia)
    make_mqls(leads=[stays], at=LATER)
    assert fresh(stays).owner == people.mia

    merging.undo(merge=row, by=people.mia, at=NOON + timedelta(days=4))

    stays = fresh(stays)
    assert (stays.stage, stays.due_kind, stays.owner, stays.team) == (Stage.MQL, "offer", None, people.marketing)
    assert stays.due_at == due.duty(DueKind.OFFER, marketing.keeper_of(survivor), at=LATER).due_at


def test_undoing_leaves_a_survivor_with_whom_it_was_given_to_since(people):
    factories.person("nana", "中尾", "奈々", ["marketer"], people.marketing)
    nana = User.objects.get(email="nana@handoff.example")
    survivor, loser = stories.lead(), stories.lead()
    duties.keep(lead=loser, owner_id=people.mia.pk, team_id=people.marketing.pk)
    row, stays, _goes = merged(survivor, loser, people.mia)
    make_mqls(leads=[stays], at=LATER)
    duties.hand_many(holders={stays.pk: (nana.pk, people.marketing.pk)})
    given = fresh(stays)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    assert (fresh(stays).owner, fresh(stays).due_at) == (nana, given.due_at)


def test_undoing_frees_a_survivor_that_the_system_only_took_in(people):
    survivor, loser = stories.lead(at=NOON - timedelta(hours=2), total=5), stories.lead()
    duties.keep(lead=loser, owner_id=people.mia.pk, team_id=people.marketing.pk)
    row, stays, _goes = merged(survivor, loser, people.mia)
    intake.take_in(at=LATER)
    assert (fresh(stays).stage, fresh(stays).owner) == (Stage.MAL, people.mia)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    assert (fresh(stays).stage, fresh(stays).owner, fresh(stays).team) == (Stage.MAL, None, None)


def test_undoing_gives_nothing_back_to_somebody_who_has_left_since(people):
    ends = stories.offered(people, to=people.sato, at=LATER - timedelta(minutes=5), band="low")
    stays = stories.offered(people, to=people.otto, at=NOON - timedelta(hours=1), band="low")
    row, _survivor, _goes = merged(stays.lead, ends.lead, people.mia)
    accounts.disable(user=people.sato, by=people.ada, at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    ends.refresh_from_db()
    back = fresh(ends.lead)
    assert (ends.state, ends.assigned_to, ends.team) == ("offered", None, people.field)
    assert (back.due_kind, back.owner, back.team) == ("answer", None, people.field)


def test_undoing_leaves_no_plan_with_somebody_who_has_left_since(people):
    loser = stories.lead()
    plan = due.duty(DueKind.NEXT_ACTION, marketing.Keeper(people.sato.pk, people.field.pk), at=NOON)
    duties.assign(lead=loser, duty=plan)
    row, _survivor, _goes = merged(stories.accepted(people, to=people.otto).lead, loser, people.mia)
    accounts.disable(user=people.sato, by=people.ada, at=LATER)

    merging.undo(merge=row, by=people.mia, at=LATEST)

    assert (fresh(loser).due_kind, fresh(loser).owner) == ("next_action", people.maki)


def test_undoing_leaves_no_batch_with_somebody_who_has_left_since(people):
    loser = stories.lead()
    batch = batches.gather(leads=[loser], cause="recompute", source_id=None, at=NOON)
    Batch.objects.update(owner=people.mia)
    row, _stays, _goes = merged(stories.accepted(people, to=people.otto).lead, loser, people.ada)
    accounts.disable(user=people.mia, by=people.ada, at=LATER)

    merging.undo(merge=row, by=people.ada, at=LATEST)

    batch.refresh_from_db()
    assert (batch.closed_at, batch.owner, batch.team, fresh(loser).due_kind) == (None, None, people.marketing, "batch")


def test_a_stage_given_by_hand_since_hinders_the_undo(people):
    row, stays, _goes = merged(stories.lead(), stories.lead(), people.mia)
    transition.transition(lead=stays, to=Stage.MQL, by=people.mia, at=LATER, reason="called us")
    with pytest.raises(GoneOn):
        merging.undo(merge=row, by=people.mia, at=LATEST)


def test_a_rejected_duplicate_is_decided_by_merging(people):
    rejected = stories.offered(people, to=people.sato)
    handoffs.reject(handoff=rejected, reason="duplicate", by=people.sato, at=NOON)
    known = stories.accepted(people, to=people.otto).lead

    _row, stays, _goes = merged(rejected.lead, known, people.mia)

    assert (stays.pk, stays.due_kind) == (known.pk, "contact")
    assert Handoff.objects.filter(lead=stays).count() == 2


def test_f_9_a_merge_never_moves_a_lead_out_of_its_teams_sight(people):
    factories.organization(preset="small", reps_see_own_team_only=True)
    one, other = stories.accepted(people, to=people.sato), stories.offered(people, to=people.otto)
    with pytest.raises(merging.HidesLead):
        merged(one.lead, other.lead, people.mia)
    assert Lead.objects.visible_to(people.otto).filter(pk=other.lead_id).exists()
    assert Handoff.objects.get(pk=other.pk).state == "offered"

    _row, stays, _goes = merged(one.lead, other.lead, people.maki, assignee=people.sato)
    assert stays.owner == people.sato
    own = stories.lead()
    _row, stays, _goes = merged(own, Lead.objects.get(pk=stays.pk), people.mia)
    assert Lead.objects.visible_to(people.sato).filter(pk=stays.pk).exists()

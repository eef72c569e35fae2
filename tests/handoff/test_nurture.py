"""Nurture tracks: which reason leads to which, steps as duties in their order, and all that ends them."""

import importlib
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from feedback.services import feedback
from handoff.domain.nurture import STANDARD_TRACKS, Cause, StepKind, StepOwner, Taken
from handoff.models import NurtureChoice, NurtureRun, NurtureTaken, NurtureTrack, RejectReason
from handoff.queries import duties, invariants, nurture, today
from handoff.services import (
    bulk_nurturing,
    defaults,
    departures,
    handoffs,
    next_actions,
    nurture_runs,
    nurture_steps,
    nurture_tracks,
    sweeps,
    transition,
)
from handoff.services.nurture_tracks import StepValues
from journal.errors import DomainError, Forbidden
from journal.models import Event
from leads.models import Activity, Content, Lead
from leads.services import bulk_runs, leads, merging
from tests import factories
from tests.cast import NOON, person, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
REST = date(2027, 3, 1)


def day(text: str):
    return tokyo(f"{text} 00:00")


def resting(people, *, reason="not_now", by=None, at=NOON, **values) -> Lead:
    """A lead that marketing put aside."""
    lead = stories.lead(at=at, **values)
    transition.transition(lead=lead, to="nurture", reason=reason, resurface_on=REST, by=by or people.mia, at=at)
    return stories.fresh(lead)


def given_back(people, reason: str) -> Lead:
    handoff = stories.offered(people, to=people.sato)
    handoffs.reject(handoff=handoff, reason=reason, by=people.sato, at=NOON)
    return stories.fresh(handoff.lead)


def track_of(lead: Lead) -> str | None:
    run = nurture.running(lead)
    return run.track.code if run else None


def ended(lead: Lead) -> str:
    return NurtureRun.objects.filter(lead=lead).latest("pk").ended_because


def broken(at=NOON) -> list[str]:
    """What does not hold; the scores of these stories were never made by rules."""
    return [str(one) for one in invariants.violations(at=at) if one.code != "I9"]


def nothing_broken(at=NOON) -> None:
    assert broken(at) == []


# -- which track ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reason", "track"),
    [
        ("not_now", "gathering"),
        ("no_budget", "comparing"),
        ("unreachable", "dormant"),
        ("out_of_scope", None),
        ("missing_information", None),
    ],
)
def test_a_reject_reason_leads_to_its_track(reason, track):
    assert track_of(given_back(stories.small(), reason)) == track
    nothing_broken()


@pytest.mark.parametrize(
    ("result", "reason", "track"),
    [("lost", "competitor", "lost"), ("lost", "no_need", "dormant"), ("considering", "budget", "comparing")],
)
def test_a_result_that_ends_in_rest_leads_to_its_track(result, reason, track):
    people = stories.small()
    handoff = stories.accepted(people, to=people.sato)
    far = date(2027, 2, 1) if result == "considering" else None
    feedback.give(
        handoff=handoff,
        result=result,
        reason=reason,
        next_action_on=far,
        quality=3,
        comment="",
        by=people.sato,
        at=NOON,
    )
    lead = stories.fresh(handoff.lead)
    assert track_of(lead) == track
    assert nurture.running(lead).former_owner == people.sato
    nothing_broken()


@pytest.mark.parametrize(
    ("reason", "track"), [("no_need", "dormant"), ("unreachable", "dormant"), ("anything else", "gathering")]
)
def test_a_rest_by_hand_follows_the_reason_else_the_usual_track(reason, track):
    assert track_of(resting(stories.small(), reason=reason)) == track


def test_a_reason_without_a_track_lets_the_lead_only_rest():
    people = stories.small()
    RejectReason.objects.filter(code="not_now").update(track=None)
    NurtureTrack.objects.filter(code="dormant").update(is_active=False)
    assert track_of(given_back(people, "not_now")) is None
    assert track_of(given_back(people, "unreachable")) is None


# -- steps ------------------------------------------------------------------------------------------
def test_steps_become_tasks_on_today_in_their_order():
    people = stories.small()
    lead = resting(people)
    keeper, until = (lead.owner_id, lead.team_id), lead.not_before
    assert (lead.due_kind, until) == ("resurface", day("2027-03-01"))
    assert duties.waiting_for(user=people.mia, at=NOON) == []
    steps = nurture.steps_of(nurture.running(lead).track)
    for number, begins in enumerate(["2026-11-23", "2026-12-07", "2026-12-28", "2027-01-27"]):
        assert sweeps.sweep(at=day(begins) - timedelta(seconds=1)).steps == 0
        assert sweeps.sweep(at=day(begins)).steps == 1
        lead = stories.fresh(lead)
        assert (lead.due_kind, lead.not_before) == ("nurture", until)
        assert lead.due_at > day(begins)
        (row,) = duties.waiting_for(user=lead.owner or people.mia, at=day(begins))
        assert (row.step.number, steps[number].task_ja in row.note) == (number + 1, True)
        assert [one.duty.lead.pk for one in today.first_things(user=people.mia, at=day(begins), whole_team=False)] == [
            lead.pk
        ]
        nothing_broken(day(begins))
        nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.mia, at=tokyo(f"{begins} 10:00"), number=number + 1)
        lead = stories.fresh(lead)
        assert (lead.due_kind, lead.owner_id, lead.team_id, lead.not_before) == ("resurface", *keeper, until)
    assert (track_of(lead), ended(lead)) == (None, "finished")
    assert list(Activity.objects.filter(lead=lead).order_by("occurred_at").values_list("type", flat=True)) == [
        "email_sent",
        "email_sent",
        "email_sent",
        "call",
    ]
    nothing_broken(day("2027-01-28"))


def test_a_step_on_a_day_off_is_due_at_the_close_of_the_next_working_day():
    people = stories.small()
    lead = resting(people)  # three days after a Friday is the holiday of Monday, November 23
    sweeps.sweep(at=day("2026-11-23"))
    assert stories.fresh(lead).due_at == tokyo("2026-11-24 18:00")


def test_a_step_found_days_late_is_due_the_day_it_is_found():
    people = stories.small()
    lead = resting(people)
    sweeps.sweep(at=tokyo("2026-11-26 09:30"))
    assert stories.fresh(lead).due_at == tokyo("2026-11-26 18:00")


def test_one_step_that_fails_does_not_stop_the_others(monkeypatch):
    people = stories.small()
    bad, *good = [resting(people) for _ in range(3)]
    steps_at = nurture.steps_at

    def stumble(runs):
        if bad.pk in [run.lead_id for run in runs]:
            raise ValueError("has no such step")
        return steps_at(runs)

    monkeypatch.setattr(nurture, "steps_at", stumble)

    swept = sweeps.sweep(at=day("2026-11-23"))

    assert (swept.steps, swept.failed) == (2, 1)
    assert [stories.fresh(lead).due_kind for lead in (bad, *good)] == ["resurface", "nurture", "nurture"]


def test_a_skipped_step_leaves_no_activity_and_is_told_on_the_timeline():
    people = stories.small()
    lead = resting(people)
    run = nurture_steps.take(lead=lead, outcome=Taken.SKIPPED, by=people.mia, at=NOON)
    assert (run.position, Activity.objects.filter(lead=lead).count()) == (1, 0)
    assert NurtureTaken.objects.get(run=run).outcome == "skipped"
    assert Event.objects.filter(kind="nurture.step_skipped", lead_id=lead.pk).count() == 1


def test_a_step_pressed_twice_is_done_once():
    people = stories.small()
    lead = resting(people)
    nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.mia, at=NOON, number=1)
    with pytest.raises(nurture_steps.StepTaken):
        nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.mia, at=NOON, number=1)
    assert Activity.objects.filter(lead=lead).count() == 1


def test_somebody_else_can_t_take_a_step():
    people = stories.small()
    lead = resting(people)
    with pytest.raises(nurture_steps.NotYourStep):
        nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.otto, at=NOON)


def own_track(people, *steps: StepValues, **changes) -> NurtureTrack:
    values = {"name_ja": "自社", "name_en": "Own", "phase": "dormant", "is_active": True} | changes
    return nurture_tracks.keep(track=None, steps=list(steps), by=people.ada, at=NOON, **values)


def step(owner=StepOwner.MARKETING, wait=1, kind=StepKind.CALL, **more) -> StepValues:
    return StepValues(kind=kind, wait_days=wait, owner=owner, task_ja="連絡する", task_en="Get in touch", **more)


def test_each_step_falls_to_its_owner_and_to_marketing_where_that_one_left():
    people = stories.small()
    track = own_track(
        people,
        step(StepOwner.PERSON, user=people.isao.pk),
        step(StepOwner.OWNER),
        step(StepOwner.PERSON, user=people.otto.pk),
    )
    RejectReason.objects.filter(code="not_now").update(track=track)
    lead = given_back(people, "not_now")
    keeper = lead.owner
    owners = []
    for number in range(3):
        at = day("2026-11-21") + timedelta(days=number)
        if number == 2:
            type(people.otto).objects.filter(pk=people.otto.pk).update(is_active=False)
        sweeps.sweep(at=at)
        owners.append(stories.fresh(lead).owner)
        nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.ada, at=at)
    assert owners == [people.isao, people.sato, keeper]
    assert stories.fresh(lead).owner == keeper


def test_a_step_of_somebody_who_leaves_goes_where_their_duties_go():
    people = stories.small()
    track = own_track(people, step(StepOwner.PERSON, user=people.sato.pk))
    lead = resting(people)
    nurture_steps.choose(lead=lead, track=track, by=people.mia, at=NOON)
    sweeps.sweep(at=day("2026-11-21"))
    assert stories.fresh(lead).owner == people.sato
    departures.hand_back(user=people.sato, by=people.ada, at=day("2026-11-21"))
    lead = stories.fresh(lead)
    assert (lead.owner, lead.due_kind) == (people.maki, "nurture")
    nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.maki, at=day("2026-11-21"))
    assert stories.fresh(lead).due_kind == "resurface"
    nothing_broken(day("2026-11-21"))


def test_a_suggested_content_is_named_on_the_timeline():
    people = stories.small()
    content = Content.objects.create(title="導入ガイド", title_key="導入ガイド")
    track = own_track(people, step(kind=StepKind.CONTENT, content=content.pk))
    lead = resting(people)
    nurture_steps.choose(lead=lead, track=track, by=people.mia, at=NOON)
    nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.mia, at=NOON, note="喜ばれた")
    activity = Activity.objects.get(lead=lead)
    assert (activity.content, activity.type, activity.note) == (content, "email_sent", "連絡する\n喜ばれた")


def test_a_step_without_a_wait_is_due_at_once():
    people = stories.small()
    track = own_track(people, step(wait=0), step(wait=0))
    lead = resting(people)
    nurture_steps.choose(lead=lead, track=track, by=people.mia, at=NOON)
    assert stories.fresh(lead).due_kind == "nurture"
    nurture_steps.take(lead=lead, outcome=Taken.DONE, by=people.mia, at=NOON, number=1)
    assert stories.fresh(lead).due_kind == "nurture"
    nothing_broken()


# -- what ends it -----------------------------------------------------------------------------------
def due_step(people) -> Lead:
    """A lead whose first step is its duty."""
    lead = resting(people)
    sweeps.sweep(at=day("2026-11-23"))
    return stories.fresh(lead)


AT = tokyo("2026-11-24 10:00")


def test_handing_over_ends_it():
    people = stories.small()
    lead = due_step(people)
    handoffs.offer(lead=lead, by=people.mia, at=AT, reason="話がはずんだ")
    assert (track_of(lead), ended(lead), stories.fresh(lead).due_kind) == (None, "handed_over", "answer")
    nothing_broken(AT)


ENDS = {
    "mql": ("mql", "qualified"),
    "disqualified": ("disqualified", "disqualified"),
    "won": ("won", "won"),
    "opportunity": ("opportunity", "opportunity"),
}


@pytest.mark.parametrize("stage", ENDS)
def test_a_change_of_stage_ends_it(stage):
    people = stories.small()
    lead = due_step(people)
    to, because = ENDS[stage]
    transition.transition(lead=lead, to=to, reason="会えた", by=people.ada, at=AT)
    assert (track_of(lead), ended(lead)) == (None, because)
    nothing_broken(AT)


def test_the_review_date_ends_it():
    people = stories.small()
    lead = resting(people, total=10, band="low")
    at = day("2027-03-01")
    sweeps.sweep(at=at)
    assert stories.fresh(lead).stage == "mal"
    assert (track_of(lead), ended(lead)) == (None, "taken_up")
    nothing_broken(at)


def test_do_not_contact_ends_it():
    people = stories.small()
    lead = due_step(people)
    leads.set_do_not_contact(lead=lead, by=people.mia, at=AT)
    assert ended(lead) == "disqualified"


def test_who_unsubscribes_only_rests():
    people = stories.small()
    lead = due_step(people)
    leads.set_opted_out(lead=lead, by=people.mia, at=AT)
    lead = stories.fresh(lead)
    assert (lead.stage, lead.due_kind, ended(lead)) == ("nurture", "resurface", "opted_out")
    assert duties.waiting_for(user=people.mia, at=AT) == []
    with pytest.raises(nurture_steps.OptedOut):
        nurture_steps.choose(lead=lead, track=NurtureTrack.objects.first(), by=people.mia, at=AT)
    nothing_broken(AT)


def test_who_has_unsubscribed_begins_none():
    people = stories.small()
    assert track_of(resting(people, opted_out=True)) is None
    assert not NurtureRun.objects.exists()


def test_the_sweep_takes_out_whom_no_event_told_of():
    people = stories.small()
    lead = due_step(people)
    Lead.objects.filter(pk=lead.pk).update(opted_out=True)
    sweeps.sweep(at=AT)
    assert (ended(lead), stories.fresh(lead).due_kind) == ("opted_out", "resurface")


def test_a_next_action_of_one_s_own_ends_it():
    people = stories.small()
    lead = due_step(people)
    next_actions.plan(lead=lead, action_at=AT + timedelta(days=3), kind="call", by=people.mia, at=AT)
    assert (ended(lead), stories.fresh(lead).due_kind) == ("own_plan", "next_action")
    nothing_broken(AT)


def test_a_track_that_somebody_chooses_ends_a_next_action():
    people = stories.small()
    lead = resting(people)
    plan = {"action_at": NOON + timedelta(days=3), "kind": "call", "by": people.mia, "at": NOON}
    next_actions.plan(lead=lead, **plan)
    track = NurtureTrack.objects.get(code="comparing")
    nurture_steps.choose(lead=lead, track=track, by=people.mia, at=NOON)
    assert track_of(lead) == "comparing"
    assert stories.fresh(lead).due_kind == "resurface"
    assert [one for one in invariants.violations(at=NOON) if one.code != "I9"] == []
    Lead.objects.filter(pk=lead.pk).update(due_kind="merge_decision")
    with pytest.raises(nurture_steps.NotResting):
        nurture_steps.choose(lead=lead, track=track, by=people.mia, at=NOON)


def test_another_reason_replaces_it():
    people = stories.small()
    handoff = stories.accepted(people, to=people.sato)
    values = {"quality": 3, "comment": "", "by": people.sato}
    far = date(2027, 2, 1)
    feedback.give(handoff=handoff, result="considering", reason="budget", next_action_on=far, at=NOON, **values)
    lead = stories.fresh(handoff.lead)
    sweeps.sweep(at=day("2026-11-22"))
    feedback.give(handoff=handoff, result="lost", reason="competitor", next_action_on=None, at=AT, **values)
    assert track_of(lead) == "lost"
    assert NurtureRun.objects.filter(lead=lead).earliest("pk").ended_because == "replaced"
    assert nurture.running(lead).former_owner == people.sato
    nothing_broken(AT)


def test_the_same_reason_told_again_goes_on_where_it_was():
    people = stories.small()
    handoff = stories.accepted(people, to=people.sato)
    for at, until in ((NOON, date(2027, 2, 1)), (AT, date(2027, 2, 15))):
        feedback.give(
            handoff=handoff,
            result="considering",
            reason="budget",
            next_action_on=until,
            quality=3,
            comment="",
            by=people.sato,
            at=at,
        )
        sweeps.sweep(at=at)
        sweeps.sweep(at=day("2026-11-22") if at == NOON else at)
    lead = stories.fresh(handoff.lead)
    assert (NurtureRun.objects.filter(lead=lead).count(), lead.due_kind) == (1, "nurture")
    assert lead.not_before == day("2027-02-15")
    nothing_broken(AT)


def test_marketing_chooses_another_track_or_ends_it():
    people = stories.small()
    lead = due_step(people)
    dormant = NurtureTrack.objects.get(code="dormant")
    nurture_steps.choose(lead=lead, track=dormant, by=people.mia, at=AT)
    assert (track_of(lead), stories.fresh(lead).due_kind) == ("dormant", "resurface")
    nurture_steps.choose(lead=lead, track=None, by=people.mia, at=AT)
    assert (track_of(lead), ended(lead)) == (None, "by_hand")
    with pytest.raises(Forbidden):
        nurture_steps.choose(lead=lead, track=dormant, by=people.otto, at=AT)
    nothing_broken(AT)


def test_a_step_for_whoever_had_the_lead_is_for_who_had_it_last():
    people = stories.small()
    lead, at = given_back(people, "not_now"), tokyo("2027-01-12 10:00")  # Sato had it then
    track = own_track(people, step(StepOwner.OWNER, wait=0))
    transition.transition(lead=lead, to="mql", reason="active again", by=people.mia, at=at)
    handoff = handoffs.offer(lead=stories.fresh(lead), to=people.otto, reason="again", by=people.mia, at=at)
    RejectReason.objects.update(track=None)
    handoffs.reject(handoff=handoff, reason="not_now", by=people.otto, at=at)
    nurture_steps.choose(lead=lead, track=track, by=people.mia, at=at)
    assert stories.fresh(lead).owner == people.otto


def test_a_lead_at_work_can_t_be_put_into_one():
    people = stories.small()
    with pytest.raises(nurture_steps.NotResting):
        nurture_steps.choose(lead=stories.lead(), track=NurtureTrack.objects.first(), by=people.mia, at=NOON)


# -- merging ----------------------------------------------------------------------------------------
def test_of_two_tracks_the_survivor_s_stays_and_an_undo_brings_the_other_back():
    people = stories.small()
    one, other = resting(people), resting(people, reason="unreachable")
    sweeps.sweep(at=day("2026-11-27"))
    row = merging.merge(survivor=one, loser=other, by=people.mia, at=AT, across_companies=True)
    assert (track_of(one), track_of(other), ended(other)) == ("gathering", None, "merged")
    nothing_broken(AT)
    merging.undo(merge=row, by=people.mia, at=AT)
    assert (track_of(one), track_of(other)) == ("gathering", "dormant")
    nothing_broken(AT)


def test_a_survivor_without_a_track_goes_on_with_the_other_s_and_an_undo_gives_it_back():
    people = stories.small()
    one, other = resting(people), due_step(people)
    nurture_steps.choose(lead=one, track=None, by=people.mia, at=NOON)
    row = merging.merge(survivor=one, loser=other, by=people.mia, at=AT, across_companies=True)
    assert (track_of(one), track_of(other)) == ("gathering", None)
    sweeps.sweep(at=AT)
    assert stories.fresh(one).due_kind == "nurture"
    nothing_broken(AT)
    merging.undo(merge=row, by=people.mia, at=AT)
    assert (track_of(one), track_of(other)) == (None, "gathering")
    assert (stories.fresh(one).due_kind, stories.fresh(other).due_kind) == ("resurface", "nurture")
    nothing_broken(AT)


@pytest.mark.parametrize("was_due", [False, True])
def test_a_step_done_between_a_merge_and_its_undo_stays_done(was_due):
    people = stories.small()
    one, other = resting(people), due_step(people) if was_due else resting(people)
    nurture_steps.choose(lead=one, track=None, by=people.mia, at=NOON)
    row = merging.merge(survivor=one, loser=other, by=people.mia, at=AT, across_companies=True)
    sweeps.sweep(at=AT)
    nurture_steps.take(lead=stories.fresh(one), outcome=Taken.DONE, number=1, by=people.mia, at=AT)
    merging.undo(merge=row, by=people.mia, at=AT)
    run = nurture.running(other)
    assert (run.position, run.is_due, stories.fresh(other).due_kind) == (1, False, "resurface")
    nothing_broken(AT)
    later = run.next_at + timedelta(hours=9)
    sweeps.sweep(at=later)
    nurture_steps.take(lead=stories.fresh(other), outcome=Taken.DONE, number=2, by=people.mia, at=later)
    assert NurtureTaken.objects.filter(run=run).count() == 2


def test_merged_into_a_lead_at_work_it_ends():
    people = stories.small()
    other = due_step(people)
    handoff = stories.accepted(people, to=people.sato, at=AT)
    merging.merge(survivor=handoff.lead, loser=other, by=people.mia, at=AT, across_companies=True)
    assert ended(other) == "merged"
    nothing_broken(AT)


def test_merged_into_a_lead_with_a_next_action_of_its_own_it_ends():
    people = stories.small()
    one, other = resting(people), resting(people, reason="unreachable")
    next_actions.plan(lead=one, action_at=AT + timedelta(days=3), kind="call", by=people.mia, at=AT)
    row = merging.merge(survivor=one, loser=other, by=people.mia, at=AT, across_companies=True)
    assert (track_of(one), stories.fresh(one).due_kind, ended(other)) == (None, "next_action", "merged")
    nothing_broken(AT)
    merging.undo(merge=row, by=people.mia, at=AT)
    assert (track_of(one), track_of(other)) == (None, "dormant")
    nothing_broken(AT)


def test_merged_with_somebody_who_unsubscribed_it_ends():
    people = stories.small()
    one, other = due_step(people), resting(people, opted_out=True)
    merging.merge(survivor=one, loser=other, by=people.mia, at=AT, across_companies=True)
    assert (track_of(one), stories.fresh(one).due_kind) == (None, "resurface")
    nothing_broken(AT)


# -- many at once -----------------------------------------------------------------------------------
def bulk(people, number: int, **values):
    found = [factories.lead(company={"name": f"東浜精工{index}"}) for index in range(number)]
    values = {"day": REST.isoformat(), "reason": "not_now"} | values
    pks = [lead.pk for lead in found]
    return found, bulk_runs.start(
        action=bulk_nurturing.NURTURE, values=values, lead_ids=pks, by=people.mia, at=NOON, now=lambda: NOON
    )


@pytest.mark.parametrize(("chosen", "code"), [("", "gathering"), ("none", None), ("dormant", "dormant")])
def test_many_leads_go_into_the_chosen_track_or_the_reason_s(chosen, code):
    people = stories.small()
    named = NurtureTrack.objects.filter(code=chosen).values_list("pk", flat=True).first()
    found, run = bulk(people, 3, track=str(named or chosen))
    assert (run.changed, {track_of(lead) for lead in found}) == (3, {code})
    nothing_broken()


def test_many_leads_can_t_go_into_a_track_that_there_is_not():
    people = stories.small()
    with pytest.raises(nurture_steps.UnknownTrack):
        bulk(people, 1, track="999999")


def test_a_track_switched_off_while_many_go_into_it_takes_no_more_of_them():
    people = stories.small()
    lead, dormant = factories.lead(), NurtureTrack.objects.get(code="dormant")
    run = type("Run", (), {"values": {"day": REST.isoformat(), "reason": "not_now", "track": str(dormant.pk)}})
    NurtureTrack.objects.filter(pk=dormant.pk).update(is_active=False)
    outcomes = bulk_nurturing.nurture(run=run, lead_ids=[lead.pk], by=people.mia, at=NOON)
    assert (outcomes[lead.pk].result, stories.fresh(lead).stage, track_of(lead)) == ("changed", "nurture", None)


def put_aside(people, number, django_assert_max_num_queries, most):
    found = Lead.objects.bulk_create(
        Lead(
            last_name=f"中村{index}",
            stage="lead",
            stage_since=NOON,
            acquired_at=NOON,
            created_at=NOON,
            updated_at=NOON,
            email=f"many{index}@example.jp",
            email_key=f"many{index}@example.jp",
        )
        for index in range(number)
    )
    run = type("Run", (), {"values": {"day": REST.isoformat(), "reason": "not_now"}})
    with django_assert_max_num_queries(most):
        bulk_nurturing.nurture(run=run, lead_ids=[lead.pk for lead in found], by=people.mia, at=NOON)
    return found


def test_a_thousand_leads_take_a_fixed_number_of_statements(django_assert_max_num_queries):
    people = stories.small()
    # SQLite takes few values in one statement, so that many rows are several.
    most = 30 if connection.vendor == "postgresql" else 80
    found = put_aside(people, 1000, django_assert_max_num_queries, most)
    assert NurtureRun.objects.running().count() == 1000
    with django_assert_max_num_queries(20):
        assert nurture_runs.fall_due(at=day("2026-11-23"), lead_ids=[lead.pk for lead in found]) == 1000
    assert Lead.objects.filter(due_kind="nurture").count() == 1000
    nothing_broken(day("2026-11-23"))


# -- the database -----------------------------------------------------------------------------------
def test_a_lead_has_one_running_track_at_most():
    people = stories.small()
    run = nurture.running(resting(people))
    run.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def test_the_check_finds_what_must_not_be():
    people = stories.small()
    lead = due_step(people)
    nothing_broken(AT)
    Lead.objects.filter(pk=lead.pk).update(due_kind="resurface")
    assert [one[:2] for one in broken(AT)] == ["I4"]
    Lead.objects.filter(pk=lead.pk).update(due_kind="next_action")
    assert any("do not rest" in one for one in broken(AT))
    NurtureRun.objects.update(is_due=False)
    Lead.objects.filter(pk=lead.pk).update(due_kind="resurface")
    assert [one[:2] for one in broken(AT)] == ["I8"]


# -- settings ---------------------------------------------------------------------------------------
def test_a_change_makes_a_version_and_leads_go_on_by_their_own():
    people = stories.small()
    lead = resting(people)
    track = NurtureTrack.objects.get(code="gathering")
    values = {"name_ja": track.name_ja, "name_en": track.name_en, "phase": track.phase, "is_active": True}
    changed = nurture_tracks.keep(
        track=track, steps=[step(wait=9)], by=people.ada, at=NOON, expected_version=1, **values
    )
    assert (changed.version, len(nurture.steps_of(changed))) == (2, 1)
    assert len(nurture.stand_of(lead).steps) == 4
    assert len(nurture.stand_of(resting(people)).steps) == 1
    with pytest.raises(nurture_tracks.StaleTrack):
        nurture_tracks.keep(track=track, steps=[step(wait=8)], by=people.ada, at=NOON, expected_version=1, **values)
    again = nurture_tracks.keep(track=track, steps=[step(wait=9)], by=people.ada, at=NOON, expected_version=1, **values)
    assert again.version == 2
    with pytest.raises(Forbidden):
        nurture_tracks.keep(track=track, steps=[step()], by=people.mia, at=NOON, **values)


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([], "steps"),
        ([step(wait=366)], "steps[0].wait_days"),
        ([step(StepOwner.PERSON)], "steps[0].user"),
        ([step(), step(kind="letter")], "steps[1].kind"),
        ([step(content=999)], "steps[0].content"),
        ([step()] * 13, "steps"),
    ],
)
def test_a_bad_track_is_refused_naming_the_step(steps, field):
    people = stories.small()
    with pytest.raises(DomainError) as refusal:
        own_track(people, *steps)
    assert [error.field for error in refusal.value.errors] == [field]


def test_which_outcome_leads_where_is_a_setting():
    people = stories.small()
    old = nurture_tracks.choices()
    dormant = NurtureTrack.objects.get(code="dormant")
    new = {(Cause.BY_HAND.value, ""): dormant.pk, (Cause.LOST.value, ""): None}
    nurture_tracks.assign(chosen=new, seen=old, by=people.ada, at=NOON)
    assert nurture_tracks.choices() == new
    assert track_of(resting(people, reason="x")) == "dormant"
    with pytest.raises(nurture_tracks.StaleChoices):
        nurture_tracks.assign(chosen=old, seen=old, by=people.ada, at=NOON)
    assert nurture.followed_by(to="lost", way="result", reason="timing") is None
    assert nurture.followed_by(to="nurture", way="result", reason="timing") is None


def test_every_shipped_track_ends_before_its_reason_resurfaces():
    stories.small()
    for reason in RejectReason.objects.filter(follows="nurture").select_related("track"):
        assert sum(one.wait_days for one in nurture.steps_of(reason.track)) < reason.resurface_days
    lost = NurtureTrack.objects.get(code="lost")
    assert sum(one.wait_days for one in nurture.steps_of(lost)) < 90


def test_a_person_named_by_a_step_who_left_stays_until_another_is_chosen():
    people = stories.small()
    hana = person("hana", "花田", "花", ["rep"], people.field)
    track = own_track(people, step(StepOwner.PERSON, user=hana.pk))
    type(hana).objects.filter(pk=hana.pk).update(is_active=False)
    values = {"name_ja": "新しい名", "name_en": "New", "phase": "dormant", "is_active": True}
    kept = nurture_tracks.keep(
        track=track, steps=[step(StepOwner.PERSON, user=hana.pk)], by=people.ada, at=NOON, **values
    )
    assert kept.name_ja == "新しい名"


def test_an_organisation_set_up_before_gets_the_shipped_tracks_once():
    people = stories.small()
    RejectReason.objects.update(track=None)
    NurtureTrack.objects.all().delete()
    NurtureChoice.objects.all().delete()
    importlib.import_module("handoff.migrations.0009_ship_nurture_tracks").ship(apps, None)
    assert track_of(given_back(people, "unreachable")) == "dormant"
    assert track_of(resting(people, reason="x")) == "gathering"
    shipped = {track.code: len(nurture.steps_of(track)) for track in NurtureTrack.objects.all()}
    defaults.install(preset="small", at=NOON)
    assert {track.code: len(nurture.steps_of(track)) for track in NurtureTrack.objects.all()} == shipped
    assert shipped == {track.code: len(track.steps) for track in STANDARD_TRACKS}


def test_an_organisation_still_to_be_set_up_gets_none_by_migrating():
    importlib.import_module("handoff.migrations.0009_ship_nurture_tracks").ship(apps, None)
    assert not NurtureTrack.objects.exists()

"""Each invariant: silent when it holds, and naming the row that breaks it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from handoff.domain.promises import Moment
from handoff.models import Alert, Clock, Handoff, StageTransition
from handoff.queries import invariants
from handoff.services import calendars, clocks, sweeps
from journal import clock, services
from journal.models import Delivery, Event
from leads.models import Lead, LeadScore
from tests.cast import NOON, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")


def moved(lead, *stages, **fields):
    """Transitions of a lead from one stage to the next, in order."""
    made = [
        StageTransition.objects.create(lead=lead, from_stage=origin, to_stage=to, reason="by_hand", at=START, **fields)
        for origin, to in zip(stages, stages[1:], strict=False)
    ]
    Lead.objects.filter(pk=lead.pk).update(stage=stages[-1])
    return made


@pytest.fixture
def sound(cast):
    """A lead handed over to Sato, as everything should be."""
    handoff = rows.offered(cast, START, to=cast.sato)
    moved(handoff.lead, "lead", "mql")
    return handoff


def broken(at=START):
    """(code, ids) of what does not hold."""
    return [(violation.code, list(violation.ids)) for violation in invariants.violations(at=at)]


def test_nothing_is_wrong_with_nothing(db):
    assert broken() == []


def test_nothing_is_wrong_with_a_sound_handoff(sound):
    assert broken() == []


def test_i1_an_unknown_stage(cast):
    lead = rows.lead(START)
    Lead.objects.filter(pk=lead.pk).update(stage="limbo")

    assert ("I1", [lead.pk]) in broken()


def test_i2_the_stage_is_the_newest_transitions(sound):
    Lead.objects.filter(pk=sound.lead_id).update(stage="sal")

    assert broken() == [("I2", [sound.lead_id])]


def test_i2_a_lead_without_transitions_is_a_lead(cast):
    lead = rows.lead(START, stage="mal")

    assert broken() == [("I2", [lead.pk])]


def test_i2_a_tombstone_keeps_its_stage(cast):
    survivor = rows.lead(START)
    rows.lead(START, stage="mal", is_present=False, merged_into=survivor)

    assert broken() == []


def test_i3_a_gap_in_the_chain(cast):
    lead = rows.lead(START, owner=cast.mia, due_kind="resurface", due_at=NOON)
    moved(lead, "lead", "mal")
    (gap,) = moved(lead, "mql", "nurture")

    assert broken() == [("I3", [gap.pk])]


def test_i3_a_pair_that_the_table_does_not_have(cast):
    lead = rows.lead(START)
    (leap,) = moved(lead, "lead", "won")

    assert broken() == [("I3", [leap.pk])]


def test_i3_imported_history_may_leap(cast):
    moved(rows.lead(START), "lead", "won", imported=True)

    assert broken() == []


def test_i4_an_answer_owed_without_an_open_handoff(sound):
    clocks.cancel(handoff=sound, at=START)
    Handoff.objects.filter(pk=sound.pk).update(state="withdrawn")

    assert broken() == [("I4", [sound.lead_id])]


def test_i4_an_open_handoff_without_the_duty_to_answer(sound):
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="offer")

    assert broken() == [("I4", [sound.lead_id])]


def test_i4_a_joined_lead_owes_the_same_answer(sound, cast):
    duty = {"owner": cast.sato, "due_kind": "answer", "due_at": sound.answer_due_at}
    colleague = rows.lead(START, stage="lead", **duty)
    moved(colleague, "lead", "mql")
    assert broken() == [("I4", [colleague.pk])]

    sound.joined_leads.create(lead=colleague, at=START)
    assert broken() == []


def test_i5_an_open_handoff_without_a_clock(sound):
    Clock.objects.filter(handoff=sound, kind="answer").delete()

    assert broken() == [("I5", [sound.pk])]


def test_i5_the_database_refuses_a_qualified_lead_without_a_duty(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.lead(START, stage="mql", owner=cast.mia)


def test_i6_a_rejection_to_another_person_has_another_handoff(sound):
    clocks.cancel(handoff=sound, at=START)
    values = {"state": "rejected", "answered_at": START, "reject_reason": "wrong_person", "successor": "reroute"}
    Handoff.objects.filter(pk=sound.pk).update(**values)
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="offer")

    assert broken() == [("I6", [sound.pk])]


def test_i6_a_breach_that_nobody_was_told_of(sound):
    found = Clock.objects.get(handoff=sound, kind="answer")
    Clock.objects.filter(pk=found.pk).update(state="breached")

    assert broken() == [("I6", [found.pk])]


def test_i7_owners_and_receivers_are_active(sound, cast):
    cast.sato.is_active = False
    cast.sato.save()

    assert broken() == [("I7", [sound.lead_id]), ("I7", [sound.pk])]


def test_i8_a_moment_forgotten_for_five_minutes(sound):
    answer, contact = (Clock.objects.get(handoff=sound, kind=kind) for kind in ("answer", "contact"))

    assert broken(answer.next_event_at + timedelta(minutes=5)) == []
    assert broken(contact.next_event_at + timedelta(minutes=6)) == [("I8", [answer.pk, contact.pk])]


def test_i8_a_moment_that_a_changed_calendar_put_into_the_past_is_owed_from_the_change_on(sound):
    """Offered at ten by people who work from four; it turns out that they work from eight."""
    late, early = ({str(day): [[start, "20:00"]] for day in range(5)} for start in ("16:00", "08:00"))
    calendar = calendars.create(values={"name": "営業", "weekly": late}, by=None, at=START)
    assert broken(START + timedelta(hours=3)) == []
    changed = START + timedelta(hours=3)
    calendars.change(calendar=calendar, values={"weekly": early}, by=None, at=changed)

    clocks = Clock.objects.filter(handoff=sound)
    assert {clock.next_event_at for clock in clocks} == {changed}
    assert all(Moment.read(clock.events[0]).at < changed - timedelta(hours=2) for clock in clocks)
    assert broken(changed + timedelta(minutes=5)) == []
    assert [code for code, _pks in broken(changed + timedelta(minutes=6))] == ["I8"]

    assert sweeps.sweep(at=changed + timedelta(minutes=6)).failed == 0
    assert broken(changed + timedelta(minutes=6)) == []


def test_i5_a_lead_with_two_handoffs_that_go_on(cast, sound):
    moved(sound.lead, "mql", "sal")
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="contact")
    accepted = {"state": "accepted", "answered_at": START}
    Handoff.objects.filter(pk=sound.pk).update(**accepted)
    assert broken() == []

    other = rows.offered(cast, START, to=cast.sato, lead_row=sound.lead)
    Handoff.objects.filter(pk=other.pk).update(**accepted)
    assert broken() == [("I5", [sound.lead_id])]

    Handoff.objects.filter(pk=other.pk).update(closed_at=START)
    clocks.cancel(handoff=other, at=START)
    assert broken() == []


@pytest.mark.parametrize("stage", ["nurture", "disqualified"])
def test_i5_a_handoff_that_goes_on_though_sales_gave_the_lead_up(sound, stage):
    moved(sound.lead, "mql", "sal", stage)
    Handoff.objects.filter(pk=sound.pk).update(state="accepted", answered_at=START)
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="resurface")

    assert broken() == [("I5", [sound.pk])]


def test_i8_promises_of_a_handoff_that_is_over(sound):
    Handoff.objects.filter(pk=sound.pk).update(state="withdrawn", closed_at=START)
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="qualify")
    answer, contact = (Clock.objects.get(handoff=sound, kind=kind) for kind in ("answer", "contact"))
    assert broken() == [("I8", [answer.pk, contact.pk])]

    clocks.cancel(handoff=sound, at=START)

    assert broken() == []


def test_i8_an_alert_without_its_event(sound):
    found = Clock.objects.get(handoff=sound, kind="answer")
    alert = Alert.objects.create(clock=found, kind="warning", level=50, due_at=START, created_at=START)

    assert broken() == [("I8", [alert.pk])]


def test_i8_an_alert_owed_and_never_tried(sound):
    at = tokyo("2026-11-16 10:08")
    sweeps.sweep(at=at)
    owed = list(Delivery.objects.filter(event__kind="clock.warned").values_list("pk", flat=True))

    assert broken(at + timedelta(minutes=3)) == []
    assert ("I8", owed) in broken(at + timedelta(minutes=6))
    Delivery.objects.update(state="done")
    assert ("I8", owed) not in broken(at + timedelta(minutes=6))


def test_i9_a_score_of_no_model_and_one_that_does_not_add_up(cast):
    lead = rows.lead(START)
    values = {"as_of": START.date(), "computed_at": START, "fit": 10, "engagement": 5}
    LeadScore.objects.create(lead=lead, model_id=987, total=16, **values)

    assert broken() == [("I9", [lead.pk]), ("I9", [lead.pk])]
    LeadScore.objects.update(total=15, model_id=None)
    assert broken() == []


def test_i10_a_lead_gone_without_a_trace(cast):
    lead = rows.lead(START, is_present=False)
    assert broken() == [("I10", [lead.pk])]

    Event.objects.create(kind="lead.erased", at=START, subject_type="leads.lead", subject_id=lead.pk, lead_id=lead.pk)
    assert broken() == []


def test_all_invariants_hold_after_warning_breach_and_re_routing(sound):
    for at in ("2026-11-16 10:08", "2026-11-16 10:15", "2026-11-16 10:30"):
        sweeps.sweep(at=tokyo(at))
        services.deliver_owed(at=tokyo(at))

        assert broken(tokyo(at)) == []


def test_the_command_says_nothing_when_all_hold(sound):
    said = StringIO()

    with clock.frozen(START):
        call_command("check_invariants", stdout=said)

    assert said.getvalue() == ""


def test_the_command_names_what_does_not_hold_and_fails(sound):
    Lead.objects.filter(pk=sound.lead_id).update(due_kind="offer")
    said = StringIO()

    with clock.frozen(START), pytest.raises(CommandError) as failed:
        call_command("check_invariants", stdout=said)

    assert failed.value.returncode == 1
    assert said.getvalue().startswith("I4 ")
    assert str(sound.lead_id) in said.getvalue()


def test_many_offenders_are_counted_and_the_first_are_named(cast):
    for _ in range(25):
        rows.lead(START, stage="mal")

    (violation,) = invariants.violations(at=START)

    assert (violation.number, len(violation.ids)) == (25, 20)
    assert str(violation).endswith(", …)")

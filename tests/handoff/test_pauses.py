"""Promises that stand still: who may, for how long, what waits, what goes on, and what stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.services import people as people_service
from handoff.domain import pauses as arithmetic
from handoff.models import Alert, Calendar, Clock, Handoff, Pause
from handoff.queries import calendars, inbox, invariants
from handoff.services import calendars as calendar_service
from handoff.services import handoffs, pauses, policies, sweeps
from handoff.services.contacts import HandoffOver
from journal.models import Event
from leads.services import activities
from tests.cast import person, tokyo
from tests.handoff import rows, stories

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")  # a Monday
AT = tokyo("2026-11-16 10:05")


@pytest.fixture
def people():
    return stories.small()


def paused(handoff, by, *, at=AT, until=None, **more):
    values = {"reason": "call_later", "until": until or at + timedelta(hours=1)} | more
    return handoffs.pause(handoff=handoff, by=by, at=at, **values)


def fresh(handoff):
    return Handoff.objects.select_related("episode", "lead", "assigned_to", "team").get(pk=handoff.pk)


def broken(at):
    """Which rules of the clocks do not hold; the rows here have no history of stages."""
    return [one.rule for one in invariants.violations(at=at) if one.code == "I8" and "event" not in one.rule]


def clock_of(handoff, kind):
    return Clock.objects.filter(handoff=handoff, kind=kind).latest("pk")


def moments(clock):
    return [(level, at) for _kind, level, at in clock.events]


def resumed():
    return Event.objects.filter(kind="handoff.resumed").count()


# -- what stands still -------------------------------------------------------------------------------
def test_everything_ahead_moves_by_the_working_time_paused(people):
    handoff = rows.offered(people, START, to=people.sato)

    paused(handoff, people.sato, until=tokyo("2026-11-16 13:30"), note="午後に")

    row = fresh(handoff)
    row.lead.refresh_from_db()
    # 10:05 to 13:30 holds 145 working minutes, lunch left out.
    assert clock_of(row, "answer").due_at == row.answer_due_at == row.lead.due_at == tokyo("2026-11-16 13:40")
    assert clock_of(row, "contact").due_at == row.contact_due_at == tokyo("2026-11-16 13:55")
    assert clock_of(row, "answer").next_event_at == tokyo("2026-11-16 13:32:30")
    assert [level for level, _at in moments(clock_of(row, "answer"))] == [50, 80, 100, 200]
    assert row.version == handoff.version
    event = Event.objects.get(kind="handoff.paused")
    assert (event.actor_id, event.data["reason"]) == (people.sato.pk, "call_later")


def test_seconds_and_less_are_kept(people):
    handoff = rows.offered(people, START, to=people.sato)
    until = tokyo("2026-11-16 10:20:00.123456")

    paused(handoff, people.sato, at=tokyo("2026-11-16 10:05:00.000001"), until=until)

    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-16 10:30:00.123455")


def test_resuming_by_hand_moves_them_back(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-12-01 09:00"))

    handoffs.resume(handoff=handoff, by=people.maki, at=tokyo("2026-11-16 10:25"))

    pause = Pause.objects.get()
    assert clock_of(handoff, "answer").due_at == fresh(handoff).answer_due_at == tokyo("2026-11-16 10:35")
    assert (pause.ended_at, pause.ended_by) == (tokyo("2026-11-16 10:25"), people.maki)
    assert Event.objects.get(kind="handoff.resumed").data["minutes"] == 20


def test_the_sweep_resumes_once_as_of_the_moment(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato)
    late = tokyo("2026-11-16 11:08")

    swept = [sweeps.sweep(at=late), sweeps.sweep(at=late)]

    assert [one.resumed for one in swept] == [1, 0]
    assert (Pause.objects.get().ended_at, resumed()) == (tokyo("2026-11-16 11:05"), 1)
    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-16 11:15")
    assert broken(late) == []


def test_the_ladder_waits(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-16 17:00"))

    swept = sweeps.sweep(at=tokyo("2026-11-16 16:59"))

    assert (swept.moments, Alert.objects.count(), fresh(handoff).state) == (0, 0, "offered")


def test_a_breach_that_happened_stays_and_its_escalation_waits(people):
    person("kato", "加藤", "直", ["rep"], people.field)
    handoff = rows.offered(people, START, to=people.sato)
    sweeps.sweep(at=tokyo("2026-11-16 10:16"))

    paused(handoff, people.maki, at=tokyo("2026-11-16 10:20"), until=tokyo("2026-11-16 11:20"))
    sweeps.sweep(at=tokyo("2026-11-16 11:29"))

    clock = clock_of(handoff, "answer")
    assert (clock.state, clock.breached_at, clock.due_at) == ("breached", *[tokyo("2026-11-16 10:15")] * 2)
    assert (clock.next_event_at, fresh(handoff).is_breached) == (tokyo("2026-11-16 11:30"), True)
    assert fresh(handoff).state == "offered"
    sweeps.sweep(at=tokyo("2026-11-16 11:30"))
    assert fresh(handoff).state == "rerouted"


def test_what_fell_due_before_the_pause_is_told_although_no_sweep_had_come(people):
    handoff = rows.offered(people, START, to=people.sato)

    paused(handoff, people.sato, at=tokyo("2026-11-16 10:15:10"))
    sweeps.sweep(at=tokyo("2026-11-16 10:15:20"))

    assert clock_of(handoff, "answer").breached_at == tokyo("2026-11-16 10:15")
    assert clock_of(handoff, "contact").state == "running"


def test_a_promise_that_starts_within_a_pause_waits_too(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-17 09:00"), reason="waiting")
    handoffs.accept(handoff=fresh(handoff), by=people.sato, at=tokyo("2026-11-16 11:00"))

    handoffs.contact(
        handoff=fresh(handoff), by=people.sato, at=tokyo("2026-11-16 12:00"), method="call", result="talked"
    )

    # Three working days end on Thursday 18:00; the five hours of Monday afternoon are paused.
    lead = fresh(handoff).lead
    assert clock_of(handoff, "feedback").due_at == lead.due_at == tokyo("2026-11-20 15:00")


# -- what changes meanwhile --------------------------------------------------------------------------
def test_a_closing_day_within_the_pause_counts_nothing_anyway(people):
    calendar = Calendar.objects.filter(team=None, user=None).get()
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-18 09:00"))
    before = clock_of(handoff, "answer").due_at

    for day in (17, 18):
        on = date(2026, 11, day)
        calendar_service.add_closing_days(calendar=calendar, starts_on=on, ends_on=on, by=people.ada, at=AT)

    assert before == tokyo("2026-11-18 09:10")
    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-19 09:10")


def test_a_changed_policy_counts_from_the_start_and_leaves_the_pause_out(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-16 11:05"))

    policies.set_policy(kind="contact", band="high", minutes=60, by=people.ada, at=tokyo("2026-11-16 10:30"))

    assert clock_of(handoff, "contact").due_at == tokyo("2026-11-16 12:00")
    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-16 11:30")


@pytest.mark.parametrize(("reason", "due"), [("call_later", "2026-11-17 13:15"), ("on_leave", "2026-11-16 13:15")])
def test_the_customers_wish_goes_along_and_ones_own_leave_does_not(people, reason, due):
    kato = person("kato", "加藤", "直", ["rep"], people.field)
    week = {str(day): [["13:00", "17:00"]] for day in range(5)}
    Calendar.objects.create(name="加藤", weekly=week, user=kato)
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-17 13:00"), reason=reason)

    handoffs.reassign(handoff=fresh(handoff), by=people.maki, at=tokyo("2026-11-16 10:10"), user=kato)

    # On Kato's calendar nothing has run before 13:00; a pause that stands leaves all 15 minutes for after it.
    assert clock_of(handoff, "answer").due_at == tokyo(due)
    assert Pause.objects.open().exists() == (reason == "call_later")


# -- how it ends -------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_with_the_handoff_its_pause_is_over(people, end):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato)

    if end == "withdraw":
        handoffs.withdraw(handoff=fresh(handoff), by=people.mia, at=tokyo("2026-11-16 10:30"))
    else:
        values = {"reason": "not_now", "by": people.sato, "at": tokyo("2026-11-16 10:30")}
        handoffs.reject(handoff=fresh(handoff), **values)

    assert Pause.objects.get().ended_at == tokyo("2026-11-16 10:30")
    with pytest.raises(HandoffOver):
        paused(fresh(handoff), people.maki, at=tokyo("2026-11-16 10:31"))


@pytest.mark.parametrize(
    ("reason", "result", "ends"),
    [
        ("call_later", "talked", True),
        ("customer_away", "appointment", True),
        ("call_later", "no_answer", False),
        ("on_leave", "talked", False),
        ("waiting", "talked", False),
    ],
)
def test_once_the_customer_is_reached_nobody_waits_for_them(people, reason, result, ends):
    handoff = rows.offered(people, START, to=people.sato)
    handoffs.accept(handoff=fresh(handoff), by=people.sato, at=START)
    paused(handoff, people.sato, until=tokyo("2026-12-03 09:00"), reason=reason)
    at = tokyo("2026-11-16 14:00")

    handoffs.contact(handoff=fresh(handoff), by=people.sato, at=at, method="call", result=result)

    assert clock_of(handoff, "contact").state == "met"
    assert (handoff.pauses.open().exists(), resumed()) == (not ends, int(ends))
    assert (clock_of(handoff, "feedback").due_at == tokyo("2026-11-19 18:00")) is ends
    assert broken(at) == []
    sweeps.sweep(at=tokyo("2026-12-03 09:00"))
    assert resumed() == 1


@pytest.mark.parametrize(
    ("day", "metadata", "ends"),
    [
        ("2026-11-16 14:00", {"result": "talked"}, True),
        ("2026-11-16 14:00", {}, False),  # a mail that was only sent
        ("2026-11-16 10:03", {"result": "talked"}, False),  # before the pause began
    ],
)
def test_a_contact_that_comes_in_by_another_way_ends_it_too(people, day, metadata, ends):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-12-03 09:00"))

    activities.record(
        lead=handoff.lead,
        type="email_sent",
        occurred_at=tokyo(day),
        by=people.sato,
        at=tokyo("2026-11-16 15:00"),
        metadata=metadata,
    )

    assert handoff.pauses.open().exists() is not ends
    assert clock_of(handoff, "contact").state == "met"


def test_somebody_disabled_takes_the_leave_along(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, reason="on_leave")

    people_service.disable(user=people.sato, by=people.ada, at=tokyo("2026-11-16 10:30"))

    assert not Pause.objects.open().exists()
    assert broken(tokyo("2026-11-16 10:30")) == []


# -- who may, and how far ----------------------------------------------------------------------------
def test_only_who_is_in_charge_or_a_manager_may(people):
    kato = person("kato", "加藤", "直", ["rep"], people.field)
    handoff = rows.offered(people, START, to=people.sato)

    for somebody in (people.otto, people.mia, kato):
        with pytest.raises(pauses.NotYourPromise):
            paused(handoff, somebody)
    paused(handoff, people.maki)
    with pytest.raises(pauses.NotYourPromise):
        handoffs.resume(handoff=handoff, by=kato, at=AT)

    assert Pause.objects.get().by == people.maki


def test_in_a_queue_it_is_the_managers(people):
    handoff = rows.offered(people, START, team=people.field)

    with pytest.raises(pauses.NotYourPromise):
        paused(handoff, people.sato)

    paused(handoff, people.maki)
    assert Pause.objects.open().count() == 1


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"reason": "tired"}, "reason", "unknown"),
        ({"reason": "other", "note": "  "}, "note", "required"),
        ({"note": "長" * 201}, "note", "too_long"),
        ({"until": AT}, "until", "past"),
        ({"until": AT + timedelta(days=30, seconds=1)}, "until", "too_far"),
    ],
)
def test_a_bad_pause_says_what_is_wrong_with_it(people, values, field, code):
    handoff = rows.offered(people, START, to=people.sato)

    with pytest.raises(pauses.BadPause) as refusal:
        paused(handoff, people.sato, **values)

    assert [(fault.field, fault.code) for fault in refusal.value.errors] == [(field, code)]
    assert not Pause.objects.exists()


def test_nobody_parks_a_lead_for_ever(people):
    handoff = rows.offered(people, START, to=people.sato)
    pauses.set_limits(most_days=2, most_times=2, by=people.ada, at=AT)
    for minutes in (0, 2):
        at = AT + timedelta(minutes=minutes)
        paused(handoff, people.sato, at=at, until=at + timedelta(days=2))
        handoffs.resume(handoff=handoff, by=people.sato, at=at + timedelta(minutes=1))

    with pytest.raises(pauses.PausedTooOften):
        paused(handoff, people.sato, at=AT + timedelta(minutes=4))


@pytest.mark.parametrize("values", [{"most_days": 0, "most_times": 1}, {"most_days": 181, "most_times": 21}])
def test_limits_have_limits(people, values):
    with pytest.raises(pauses.BadLimits):
        pauses.set_limits(by=people.ada, at=AT, **values)
    with pytest.raises(pauses.NotYourLimits):
        pauses.set_limits(by=people.maki, at=AT, most_days=5, most_times=5)


def test_twice_is_refused_and_nothing_to_resume_too(people):
    handoff = rows.offered(people, START, to=people.sato)
    with pytest.raises(pauses.NotPaused):
        handoffs.resume(handoff=handoff, by=people.sato, at=AT)
    paused(handoff, people.sato)

    with pytest.raises(pauses.AlreadyPaused):
        paused(handoff, people.sato)

    assert Pause.objects.count() == 1


def test_a_pause_whose_time_is_over_makes_room_before_any_sweep(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-16 10:06"))

    paused(handoff, people.sato, at=tokyo("2026-11-16 10:08"))

    ends = list(Pause.objects.order_by("pk").values_list("ended_at", flat=True))
    assert (ends, resumed()) == ([tokyo("2026-11-16 10:06"), None], 1)


def test_where_nothing_runs_there_is_nothing_to_pause(people):
    handoff = rows.offered(people, START, to=people.sato)
    Clock.objects.filter(handoff=handoff).delete()

    with pytest.raises(pauses.NothingRuns):
        paused(handoff, people.sato)


def test_the_database_holds_one_pause_at_a_time_and_its_length(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato)
    row = {"handoff": handoff, "reason": "waiting", "by": people.sato, "begun_at": AT}

    for wrong in (
        row | {"until_at": AT + timedelta(hours=1)},
        row | {"until_at": AT, "ended_at": AT},
        row | {"until_at": AT + timedelta(hours=1), "ended_at": AT + timedelta(hours=2)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pause.objects.create(**wrong)

    assert Pause.objects.count() == 1


# -- figures and invariants --------------------------------------------------------------------------
def test_response_times_leave_the_pause_out(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-16 13:30"))
    sweeps.sweep(at=tokyo("2026-11-16 13:30"))

    handoffs.accept(handoff=fresh(handoff), by=people.sato, at=tokyo("2026-11-16 13:34"))

    row = fresh(handoff)
    assert (row.episode.answer_minutes, clock_of(row, "answer").state) == (9, "met")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"until_at": AT + timedelta(minutes=1)}, "pauses whose end was forgotten"),
        ({"begun_at": START - timedelta(days=1)}, None),
    ],
)
def test_invariants_see_a_forgotten_pause(people, change, rule):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato)
    Pause.objects.update(**change)

    found = broken(AT + timedelta(minutes=10))

    assert (rule in found) == (rule is not None)


def test_invariants_see_a_moment_or_an_alert_within_a_pause_and_a_pause_left_behind(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato)
    within = AT + timedelta(minutes=30)
    clock = clock_of(handoff, "answer")
    Clock.objects.filter(pk=clock.pk).update(next_event_at=within)
    Alert.objects.create(clock=clock, kind="warning", level=50, due_at=within, created_at=within)
    Handoff.objects.filter(pk=handoff.pk).update(closed_at=AT)

    found = set(broken(AT))

    assert {
        "clocks with a moment within a pause",
        "alerts of a moment within a pause",
        "pauses of handoffs that are over",
    } <= found


def test_pauses_that_overlap_count_once():
    calendar = calendars.default()
    stood = [(AT, AT + timedelta(minutes=10)), (AT + timedelta(minutes=5), AT + timedelta(minutes=15))]

    assert arithmetic.add_time(calendar, START, timedelta(minutes=10), stood) == tokyo("2026-11-16 10:25")
    assert arithmetic.minutes_between(calendar, START, tokyo("2026-11-16 10:25"), stood) == 10
    assert arithmetic.minutes_between(calendar, AT, START, stood) == 0


# -- what people see ---------------------------------------------------------------------------------
def test_the_card_shows_that_it_waits(people):
    handoff = rows.offered(people, START, to=people.sato)
    paused(handoff, people.sato, until=tokyo("2026-11-16 11:05"))

    [card] = inbox.cards(user=people.sato, at=tokyo("2026-11-16 10:40"))

    assert (card.face.state, card.face.held_until) == ("paused", tokyo("2026-11-16 11:05"))
    assert (card.face.remaining, card.face.total, card.pause.by) == (10, 15, people.sato)

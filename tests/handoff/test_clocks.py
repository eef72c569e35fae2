"""Promises started, met, cancelled and moved."""

from datetime import date

import pytest

from handoff.domain.promises import Moment
from handoff.models import Alert, Calendar, Clock, SlaPolicy
from handoff.services import calendars as calendar_service
from handoff.services import clocks, policies
from tests.cast import cast, organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    organization()
    return cast()


def week(start, end):
    return {str(day): [[start, end]] for day in range(5)}


def clock_of(handoff, kind):
    return Clock.objects.filter(handoff=handoff, kind=kind).latest("id")


@pytest.mark.parametrize(
    ("priority", "answer", "contact"),
    [
        ("high", "2026-11-16 10:15", "2026-11-16 10:30"),
        ("middle", "2026-11-16 12:00", "2026-11-16 15:00"),
        ("low", "2026-11-16 15:30", "2026-11-17 11:00"),
    ],
)
def test_ar_34_an_offer_starts_answer_and_contact(people, priority, answer, contact):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato, priority=priority)

    handoff.refresh_from_db()
    assert clock_of(handoff, "answer").due_at == handoff.answer_due_at == tokyo(answer)
    assert clock_of(handoff, "contact").due_at == handoff.contact_due_at == tokyo(contact)


@pytest.mark.parametrize(("kind", "due"), [("qualify", "2026-11-24 18:00"), ("feedback", "2026-11-19 18:00")])
def test_ar_34_duties_in_days_end_at_a_closing(people, kind, due):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    clock = clocks.start(handoff=handoff, kind=kind, at=tokyo("2026-11-16 10:20"))

    assert clock.due_at == tokyo(due)


def test_warning_moments_are_stored_at_the_start(people):
    handoff = rows.offered(people, tokyo("2026-11-20 17:50"), to=people.sato)  # Friday before a long weekend

    clock = clock_of(handoff, "contact")

    assert [(kind, level) for kind, level, _at in clock.events] == [
        ("warn", 50),
        ("warn", 80),
        ("breach", 100),
        ("escalate", 200),
    ]
    assert clock.next_event_at == tokyo("2026-11-24 09:05")
    assert clock.due_at == tokyo("2026-11-24 09:20")


def test_a_second_start_returns_the_running_clock(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    again = clocks.start(handoff=handoff, kind="answer", at=tokyo("2026-11-16 10:05"))

    assert again.started_at == tokyo("2026-11-16 10:00")
    assert Clock.objects.filter(handoff=handoff, kind="answer").count() == 1


def test_meeting_in_time(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    clocks.meet(handoff=handoff, kind="answer", at=tokyo("2026-11-16 10:15"))

    clock = clock_of(handoff, "answer")
    assert (clock.state, clock.ended_at, clock.next_event_at) == ("met", tokyo("2026-11-16 10:15"), None)
    assert clock_of(handoff, "contact").state == "running"


def test_meeting_late_before_any_sweep_is_a_breach_that_was_told(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    clocks.meet(handoff=handoff, kind="answer", at=tokyo("2026-11-16 10:16"))

    clock = clock_of(handoff, "answer")
    alert = Alert.objects.get(clock=clock)
    handoff.refresh_from_db()
    assert (clock.state, clock.breached_at, clock.ended_at) == (
        "breached",
        tokyo("2026-11-16 10:15"),
        tokyo("2026-11-16 10:16"),
    )
    assert clock.next_event_at is None
    assert (alert.kind, alert.due_at) == ("breach", tokyo("2026-11-16 10:15"))
    assert {person.email.split("@")[0] for person in alert.people.all()} == {"sato", "maki"}
    assert handoff.is_breached


def test_cancelling_leaves_breaches_and_silences_them(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    Clock.objects.filter(handoff=handoff, kind="answer").update(state="breached")

    clocks.cancel(handoff=handoff, at=tokyo("2026-11-16 10:20"))

    assert clock_of(handoff, "answer").state == "breached"
    assert clock_of(handoff, "contact").state == "cancelled"
    assert not Clock.objects.filter(next_event_at__isnull=False).exists()


def test_cancelling_one_kind_leaves_the_other_running(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    clocks.cancel(handoff=handoff, at=tokyo("2026-11-16 10:05"), kinds=["contact"])

    assert (clock_of(handoff, "answer").state, clock_of(handoff, "contact").state) == ("running", "cancelled")


def test_the_most_specific_policy_counts(people):
    for values in (
        {"minutes": 100},
        {"minutes": 90, "leg": "marketing_to_field"},
        {"minutes": 80, "band": "high"},
        {"minutes": 70, "band": "high", "leg": "inside_to_field"},
    ):
        SlaPolicy.objects.create(kind="contact", **values)
    at = tokyo("2026-11-16 09:00")

    def minutes(leg, band):
        due_at = clocks.due_at(kind="contact", leg=leg, band=band, user=people.sato, team=None, at=at)
        return (due_at - at).total_seconds() // 60

    assert minutes("inside_to_field", "high") == 70
    assert minutes("marketing_to_field", "high") == 80
    assert minutes("marketing_to_field", "low") == 90
    assert minutes("marketing_to_inside", "low") == 100


def test_f_4_a_new_holiday_moves_open_clocks_and_duties(people):
    calendar = Calendar.objects.create(name="会社", weekly=week("09:00", "18:00"))
    handoff = rows.offered(people, tokyo("2026-11-19 17:50"), to=people.sato)  # due on Friday
    assert handoff.lead.due_at == tokyo("2026-11-20 09:05")

    calendar_service.add_closing_days(
        calendar=calendar,
        starts_on=date(2026, 11, 20),
        ends_on=date(2026, 11, 20),
        by=people.ada,
        at=tokyo("2026-11-19 18:00"),
    )

    handoff.refresh_from_db()
    handoff.lead.refresh_from_db()
    due = tokyo("2026-11-24 09:05")
    assert clock_of(handoff, "answer").due_at == handoff.answer_due_at == handoff.lead.due_at == due
    assert clock_of(handoff, "contact").due_at == handoff.contact_due_at == tokyo("2026-11-24 09:20")
    # Half the time had passed at 17:57 and was never told; it is told now rather than dropped.
    answer = clock_of(handoff, "answer")
    assert (Moment.read(answer.events[0]).at, answer.next_event_at) == (
        tokyo("2026-11-19 17:57:30"),
        tokyo("2026-11-19 18:00"),
    )


def test_f_4_taking_the_holiday_back_moves_them_back(people):
    calendar = Calendar.objects.create(name="会社", weekly=week("09:00", "18:00"))
    at = tokyo("2026-11-19 18:00")
    handoff = rows.offered(people, tokyo("2026-11-19 17:50"), to=people.sato)
    days = {"starts_on": date(2026, 11, 20), "ends_on": date(2026, 11, 20)}
    closing = calendar_service.add_closing_days(calendar=calendar, by=people.ada, at=at, **days)

    calendar_service.remove_closing_days(closing=closing, by=people.ada, at=at)

    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-20 09:05")


def test_f_4_shorter_hours_move_open_clocks_of_that_team_only(people):
    Calendar.objects.create(name="会社", weekly=week("09:00", "18:00"))
    team = Calendar.objects.create(name="営業1部", weekly=week("09:00", "18:00"), team=people.field)
    at = tokyo("2026-11-16 09:50")
    ours = rows.offered(people, at, to=people.sato)
    theirs = rows.offered(people, at, to=people.otto, team=people.other_field)

    calendar_service.change(calendar=team, values={"weekly": week("13:00", "17:00")}, by=people.ada, at=at)

    assert clock_of(ours, "answer").due_at == tokyo("2026-11-16 13:15")
    assert clock_of(theirs, "answer").due_at == tokyo("2026-11-16 10:05")


def test_f_4_a_changed_policy_moves_contact_and_answer(people):
    at = tokyo("2026-11-16 10:00")
    handoff = rows.offered(people, at, to=people.sato)

    policies.set_policy(kind="contact", band="high", minutes=60, by=people.ada, at=at)

    assert clock_of(handoff, "contact").due_at == tokyo("2026-11-16 11:00")
    assert clock_of(handoff, "answer").due_at == tokyo("2026-11-16 10:30")


def test_f_4_a_new_assignee_brings_his_own_calendar(people):
    Calendar.objects.create(name="大戸", weekly=week("13:00", "17:00"), user=people.otto)
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    handoff.assigned_to = people.otto
    handoff.save()
    clocks.reassigned(handoff=handoff, at=tokyo("2026-11-16 10:05"))

    clock = clock_of(handoff, "answer")
    assert (clock.started_at, clock.due_at) == (tokyo("2026-11-16 10:00"), tokyo("2026-11-16 13:15"))


def test_a_warning_that_was_told_is_not_repeated_for_the_past(people):
    at = tokyo("2026-11-16 10:00")
    handoff = rows.offered(people, at, to=people.sato)
    clock = clock_of(handoff, "contact")
    Alert.objects.create(clock=clock, kind="warning", level=50, due_at=tokyo("2026-11-16 10:15"), created_at=at)

    policies.set_policy(kind="contact", band="high", minutes=20, by=people.ada, at=tokyo("2026-11-16 10:15"))

    assert [level for _kind, level, _at in clock_of(handoff, "contact").events] == [80, 100, 200]


def test_a_joined_lead_follows_the_clock(people):
    at = tokyo("2026-11-16 10:00")
    handoff = rows.offered(people, at, to=people.sato)
    duty = {"owner": people.sato, "team": people.field, "due_kind": "answer", "due_at": handoff.answer_due_at}
    colleague = rows.lead(at, stage="mql", **duty)
    handoff.joined_leads.create(lead=colleague, at=at)

    policies.set_policy(kind="contact", minutes=60, by=people.ada, at=at)

    colleague.refresh_from_db()
    assert colleague.due_at == tokyo("2026-11-16 10:30")


def test_recompute_costs_queries_per_clock_not_per_table(people, django_assert_max_num_queries):
    for _ in range(5):
        rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    with django_assert_max_num_queries(60):
        assert clocks.recompute(clocks=clocks.unfinished(), at=tokyo("2026-11-16 10:01")) == 0

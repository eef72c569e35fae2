"""What the watch does when time passes: once, in order, in working hours, told to the right people."""

from datetime import datetime, timedelta

import pytest

from handoff.domain.choices import ClockState
from handoff.models import Alert, Clock, Handoff
from handoff.queries import calendars
from handoff.services import clocks, eligibility, heartbeats, leases, sweeps
from journal.models import Event
from leads.models import Lead
from tests.cast import cast, organization, person, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    organization()
    return cast()


@pytest.fixture
def colleague(people):
    """A second person who receives in Sato's team, so that there is somebody to re-route to."""
    return person("kato", "加藤", "直", ["rep"], people.field)


def told(alert):
    return {user.email.split("@")[0] for user in alert.people.all()}


def alerts(handoff, kind="answer"):
    """(level, who was told), in the order of telling."""
    found = Alert.objects.filter(clock__handoff=handoff, clock__kind=kind).order_by("id")
    return [(alert.level, told(alert)) for alert in found]


def test_nothing_is_due_nothing_happens(people, django_assert_max_num_queries):
    rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    with django_assert_max_num_queries(5):
        swept = sweeps.sweep(at=tokyo("2026-11-16 10:07"))

    assert swept == sweeps.Swept(moments=0)
    assert not Alert.objects.exists()


def test_a_warning_goes_to_the_receiver_alone(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-16 10:08"))

    assert alerts(handoff) == [(50, {"sato"})]
    event = Event.objects.get(kind="clock.warned")
    assert event.lead_id == handoff.lead_id
    assert (event.data["people"], event.data["level"]) == ([people.sato.pk], 50)


def test_after_a_departure_the_manager_is_warned_of_what_was_accepted(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    people.sato.is_active = False
    people.sato.save()

    sweeps.sweep(at=tokyo("2026-11-16 10:08"))

    assert alerts(handoff) == [(50, {"maki"})]


def test_f_3_a_neglected_lead_breaches_on_time_with_nobody_saving_anything(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-16 10:14:59"))
    assert Clock.objects.get(handoff=handoff, kind="answer").state == ClockState.RUNNING

    sweeps.sweep(at=tokyo("2026-11-16 10:15"))
    clock = Clock.objects.get(handoff=handoff, kind="answer")
    handoff.refresh_from_db()
    assert (clock.state, clock.breached_at) == (ClockState.BREACHED, tokyo("2026-11-16 10:15"))
    assert handoff.is_breached
    assert alerts(handoff) == [(50, {"sato"}), (80, {"sato"}), (100, {"sato", "maki"})]


def test_a_sweep_run_twice_tells_once(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    at = tokyo("2026-11-16 10:20")

    first, second = sweeps.sweep(at=at), sweeps.sweep(at=at)

    assert (first.moments, second.moments) == (4, 0)  # three of the answer, half of the contact
    assert Alert.objects.count() == Event.objects.filter(kind__startswith="clock.").count() == 4
    assert len(alerts(handoff)) == 3


def test_a_moment_that_was_told_before_a_crash_is_not_told_again(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    sweeps.sweep(at=tokyo("2026-11-16 10:08"))
    clock = Clock.objects.get(handoff=handoff, kind="answer")
    told_again = [["warn", 50, tokyo("2026-11-16 10:07:30").isoformat()], *clock.events]
    Clock.objects.filter(pk=clock.pk).update(events=told_again, next_event_at=tokyo("2026-11-16 10:07:30"))

    sweeps.sweep(at=tokyo("2026-11-16 10:08"))

    assert alerts(handoff) == [(50, {"sato"})]


def test_an_answer_in_time_leaves_nothing_to_tell(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    clocks.meet(handoff=handoff, kind="answer", at=tokyo("2026-11-16 10:05"))
    clocks.meet(handoff=handoff, kind="contact", at=tokyo("2026-11-16 10:05"))

    assert sweeps.sweep(at=tokyo("2026-11-20 10:00")).moments == 0
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "quiet", ["2026-11-20 18:01", "2026-11-21 00:00", "2026-11-22 12:00", "2026-11-23 10:00", "2026-11-24 00:00"]
)
def test_f_2_no_reminder_at_night_on_sunday_or_on_a_holiday(people, quiet):
    rows.offered(people, tokyo("2026-11-20 17:59"), to=people.sato)  # Friday, a minute before the long weekend

    assert sweeps.sweep(at=tokyo(quiet)).moments == 0
    assert not Alert.objects.exists()


def test_f_2_all_moments_of_a_clock_lie_in_working_time(people):
    for start in ("2026-11-20 17:59", "2026-11-21 03:00", "2026-12-31 23:00", "2026-11-16 12:30"):
        for priority in ("high", "middle", "low"):
            rows.offered(people, tokyo(start), to=people.sato, priority=priority)
    calendar = calendars.default()

    for clock in Clock.objects.all():
        for _kind, _level, at in clock.events:
            just_before = datetime.fromisoformat(at) - timedelta(seconds=1)
            assert calendar.is_open(just_before)


def test_f_2_a_sweep_that_comes_late_at_night_lets_mail_wait_for_the_morning(people):
    rows.offered(people, tokyo("2026-11-20 17:00"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-20 23:00"))

    waits = set(Event.objects.filter(kind__startswith="clock.").values_list("data__tell_at", flat=True))
    assert {datetime.fromisoformat(at) for at in waits} == {tokyo("2026-11-24 09:00")}


def test_a_punctual_sweep_tells_at_once_even_at_the_closing(people):
    rows.offered(people, tokyo("2026-11-20 17:45"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-20 18:00:10"))

    breach = Event.objects.get(kind="clock.breached")
    assert datetime.fromisoformat(breach.data["tell_at"]) == tokyo("2026-11-20 18:00:10")


def test_at_twice_the_time_the_offer_goes_to_a_colleague_with_fresh_clocks(people, colleague):
    old = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-16 10:30"))

    new = Handoff.objects.get(state="offered")
    old.refresh_from_db()
    assert (old.state, new.assigned_to, new.reroutes) == ("rerouted", colleague, 1)
    states = set(Clock.objects.filter(handoff=old).values_list("kind", "state"))
    assert states == {("answer", "breached"), ("contact", "cancelled")}
    assert Clock.objects.get(handoff=new, kind="answer").due_at == tokyo("2026-11-16 10:45")
    assert alerts(old)[-1] == (200, set())


def test_silence_passes_it_on_twice_and_then_the_manager_owns_it_in_the_queue(people, colleague):
    for key in ("mori", "noda"):
        person(key, key, "", ["rep"], people.field)
    first = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    for at in ("10:30", "11:00", "11:30"):
        sweeps.sweep(at=tokyo(f"2026-11-16 {at}"))

    told = list(Handoff.objects.order_by("id").values_list("state", "reroutes"))
    assert told == [("rerouted", 0), ("rerouted", 1), ("rerouted", 2), ("offered", 3)]
    asked = Handoff.objects.order_by("id").values_list("assigned_to", flat=True)
    assert len(set(asked)) == 4  # three people, each once, then nobody
    standing = Handoff.objects.open().get()
    lead = Lead.objects.get(pk=first.lead_id)
    assert (standing.assigned_to, lead.owner, lead.due_at) == (None, people.maki, tokyo("2026-11-16 11:45"))


def test_a_one_person_team_keeps_it_manager_at_100_admin_at_200(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    sweeps.sweep(at=tokyo("2026-11-16 10:31"))

    handoff.refresh_from_db()
    assert (handoff.state, handoff.assigned_to) == ("offered", people.sato)
    assert alerts(handoff)[-2:] == [(100, {"sato", "maki"}), (200, {"ada"})]


def test_somebody_who_is_several_of_these_is_told_once(people):
    boss = person("boss", "上田", "誠", ["rep", "manager", "admin"])
    team = boss.memberships.model._meta.get_field("team").related_model.objects.create(name="一人営業", kind="field")
    boss.memberships.create(team=team, is_manager=True, receives=True)
    people.ada.role_grants.all().delete()
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=boss, team=team)

    sweeps.sweep(at=tokyo("2026-11-16 10:31"))

    assert alerts(handoff)[-2:] == [(100, {"boss"}), (200, set())]


def test_the_last_queue_tells_manager_and_admin_at_once_and_is_not_re_routed(people, colleague):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=None, reroutes=2)

    sweeps.sweep(at=tokyo("2026-11-16 14:00"))

    handoff.refresh_from_db()
    assert handoff.state == "offered"
    assert alerts(handoff)[-1] == (100, {"sato", "kato", "maki", "ada"})
    assert {level for level, _people in alerts(handoff)} == {50, 80, 100}


def test_a_breached_contact_goes_up_to_the_admin_at_twice_the_time(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    clocks.meet(handoff=handoff, kind="answer", at=tokyo("2026-11-16 10:05"))
    Handoff.objects.filter(pk=handoff.pk).update(state="accepted", answered_at=tokyo("2026-11-16 10:05"))

    sweeps.sweep(at=tokyo("2026-11-16 11:00"))

    assert alerts(handoff, "contact") == [
        (50, {"sato"}),
        (80, {"sato"}),
        (100, {"sato", "maki"}),
        (200, {"ada"}),
    ]


def test_leads_come_back_at_local_midnight_of_their_date(people):
    at = tokyo("2026-11-01 10:00")
    duty = {"owner": people.mia, "team": people.marketing, "due_kind": "resurface"}
    midnight = tokyo("2026-11-24 00:00")
    waiting = rows.lead(at, stage="nurture", not_before=midnight, due_at=midnight, **duty)

    assert sweeps.sweep(at=tokyo("2026-11-23 23:59:59")).resurfaced == 0
    assert sweeps.sweep(at=midnight).resurfaced == 1
    assert sweeps.sweep(at=midnight).resurfaced == 0
    assert Lead.objects.get(pk=waiting.pk).stage in ("mal", "mql")


def test_one_sweep_takes_all_that_is_due_however_much(people, monkeypatch):
    monkeypatch.setattr(sweeps, "MOST", 2)
    for _ in range(5):
        rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)

    assert sweeps.sweep(at=tokyo("2026-11-16 10:08")).moments == 5
    assert not Clock.objects.filter(next_event_at__lte=tokyo("2026-11-16 10:08")).exists()


def test_one_handoff_that_fails_does_not_stop_the_others(people):
    bad = rows.offered(people, tokyo("2026-11-16 09:00"), to=people.sato)
    good = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.otto, team=people.other_field)
    Clock.objects.filter(handoff=bad, kind="answer").update(events=[["breach"]])

    swept = sweeps.sweep(at=tokyo("2026-11-16 10:08"))

    assert swept.failed == 1
    assert alerts(good) == [(50, {"otto"})]


def test_one_resting_lead_that_fails_does_not_stop_the_others(people, monkeypatch):
    midnight = tokyo("2026-11-24 00:00")
    rest = {"stage": "nurture", "due_kind": "resurface", "due_at": midnight, "not_before": midnight}
    bad, *good = [rows.lead(midnight - timedelta(days=9), owner=people.mia, **rest) for _ in range(3)]
    resurface = eligibility.resurface

    def stumble(*, lead_ids, at):
        resurface(lead_ids=lead_ids, at=at)
        if bad.pk in lead_ids:
            raise ValueError("cannot be taken up")

    monkeypatch.setattr(eligibility, "resurface", stumble)

    swept = sweeps.sweep(at=midnight)

    assert (swept.resurfaced, swept.failed) == (2, 1)
    assert set(Lead.objects.filter(stage="nurture").values_list("pk", flat=True)) == {bad.pk}


def test_a_lease_has_one_holder_until_it_ends():
    at = tokyo("2026-11-16 10:00")

    assert leases.hold(name="sweep", holder="worker", at=at, seconds=30)
    assert not leases.hold(name="sweep", holder="watchdog", at=at + timedelta(seconds=29), seconds=30)
    assert leases.hold(name="sweep", holder="worker", at=at + timedelta(seconds=29), seconds=30)
    assert not leases.hold(name="sweep", holder="watchdog", at=at + timedelta(seconds=30), seconds=30)
    assert leases.hold(name="sweep", holder="watchdog", at=at + timedelta(seconds=59), seconds=30)


def test_a_heartbeat_tells_its_age_and_never_goes_back():
    at = tokyo("2026-11-16 10:00")
    assert heartbeats.age(name="worker", at=at) is None

    heartbeats.beat(name="worker", at=at)
    heartbeats.beat(name="worker", at=at - timedelta(seconds=30))

    assert heartbeats.age(name="worker", at=at + timedelta(seconds=20)) == timedelta(seconds=20)

"""Meetings set and contacts made in time: owed by a policy only (AR-36, AR-54)."""

import pytest

from handoff.models import Alert, Clock, SlaPolicy
from handoff.queries import policies as promises
from handoff.services import clocks, contacts, handoffs, policies, sweeps
from handoff.services import results as result_service
from leads.services import activities
from reports.domain.periods import latest_days
from reports.queries.scope import Question
from reports.queries.sla import sla
from tests.cast import TOKYO, person, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")


@pytest.fixture
def people():
    return stories.small()


def promise(kind, days=5, **values):
    return policies.set_policy(kind=kind, by=None, at=START, working_days=days, **values)


def called(handoff, by, at, result="no_answer", method="call"):
    return contacts.contact(handoff=handoff, by=by, at=at, method=method, result=result)


def clock(kind):
    return Clock.objects.filter(kind=kind).latest("id")


def test_nothing_is_owed_without_a_policy(people):
    stories.accepted(people, to=people.sato, at=START)

    assert set(Clock.objects.values_list("kind", flat=True)) == {"answer", "contact"}
    assert promises.promise_if_any(kind="depth", leg="marketing_to_field", band="high") is None
    with pytest.raises(LookupError):
        promises.promise_for(kind="meeting", leg="marketing_to_field", band="high")


def test_ar_54_depth_is_met_by_the_nth_contact_reached_or_not(people):
    promise("depth", touches=3)
    handoff = stories.accepted(people, to=people.sato, at=START)

    called(handoff, people.sato, tokyo("2026-11-16 11:00"))
    called(handoff, people.sato, tokyo("2026-11-17 11:00"), method="mail", result="talked")
    assert (clock("depth").state, clock("depth").due_at) == ("running", tokyo("2026-11-24 18:00"))

    activities.record(
        lead=handoff.lead,
        type="meeting",
        occurred_at=tokyo("2026-11-18 15:00"),
        by=people.sato,
        at=START.replace(day=19),
    )
    assert (clock("depth").state, clock("depth").ended_at) == ("met", tokyo("2026-11-18 15:00"))


def test_ar_54_depth_counts_only_the_receiving_side_since_the_offer(people):
    promise("depth", touches=1)
    lead = stories.lead(at=START)
    activities.record(lead=lead, type="call", occurred_at=tokyo("2026-11-16 09:40"), by=people.sato, at=START)
    handoff = handoffs.offer(lead=lead, by=people.mia, to=people.sato, at=START)

    for by in (people.mia, people.otto):
        activities.record(
            lead=lead, type="call", occurred_at=tokyo("2026-11-16 10:30"), by=by, at=tokyo("2026-11-16 11:00")
        )
    activities.record(
        lead=lead, type="site_visit", occurred_at=tokyo("2026-11-16 10:30"), by=None, at=tokyo("2026-11-16 11:00")
    )

    assert clock("depth").state == "running"
    called(handoff, people.sato, tokyo("2026-11-16 11:10"))
    assert clock("depth").state == "met"


def test_ar_54_depth_too_late_is_a_breach_and_tells_the_administrator_at_twice_the_time(people):
    promise("depth", days=1, touches=2)
    handoff = stories.accepted(people, to=people.sato, at=START)
    called(handoff, people.sato, tokyo("2026-11-16 10:20"))

    sweeps.sweep(at=tokyo("2026-11-20 09:00"))
    called(handoff, people.sato, tokyo("2026-11-20 10:00"))

    told = Alert.objects.filter(clock=clock("depth")).order_by("level")
    assert [(alert.kind, alert.level) for alert in told] == [
        ("warning", 50),
        ("warning", 80),
        ("breach", 100),
        ("escalation", 200),
    ]
    assert {user.pk for user in told[2].people.all()} == {people.sato.pk, people.maki.pk}
    assert {user.pk for user in told[3].people.all()} == {people.ada.pk}
    assert (clock("depth").state, clock("depth").ended_at) == ("breached", tokyo("2026-11-20 10:00"))


@pytest.mark.parametrize(("method", "result"), [("call", "appointment"), ("meeting", "talked")])
def test_ar_36_a_meeting_is_set_by_an_appointment_or_a_meeting(people, method, result):
    promise("meeting")
    handoff = stories.accepted(people, to=people.sato, at=START)
    called(handoff, people.sato, tokyo("2026-11-16 10:20"))
    assert clock("meeting").state == "running"

    called(handoff, people.sato, tokyo("2026-11-17 10:20"), method=method, result=result)

    assert (clock("meeting").state, clock("meeting").ended_at) == ("met", tokyo("2026-11-17 10:20"))


@pytest.mark.parametrize(("result", "reason", "state"), [("opportunity", "", "met"), ("lost", "timing", "cancelled")])
def test_a_deal_proves_a_meeting_another_result_ends_what_is_owed(people, result, reason, state):
    promise("meeting")
    promise("depth", touches=5)
    handoff = stories.accepted(people, to=people.sato, at=START)
    called(handoff, people.sato, tokyo("2026-11-16 10:20"))

    result_service.apply_result(
        handoff=handoff,
        lead=handoff.lead,
        result=result,
        reason=reason,
        next_action_on=None,
        by=people.sato,
        at=tokyo("2026-11-17 10:00"),
    )

    assert (clock("meeting").state, clock("depth").state) == (state, "cancelled")


def test_a_reroute_cancels_and_begins_anew_what_was_not_met(people):
    person("kato", "加藤", "直", ["rep"], people.field)
    promise("depth", touches=2)
    promise("meeting")
    handoff = stories.offered(people, to=people.sato, at=START)
    called(handoff, people.sato, tokyo("2026-11-16 10:05"), result="appointment")

    sweeps.sweep(at=tokyo("2026-11-16 10:30"))

    found = list(Clock.objects.filter(kind__in=("depth", "meeting")).order_by("id").values_list("kind", "state"))
    assert found == [("meeting", "met"), ("depth", "cancelled"), ("depth", "running")]
    assert clock("depth").started_at == tokyo("2026-11-16 10:30")


def test_the_policy_of_a_leg_and_band_holds_for_no_other(people):
    promise("depth", touches=3, leg="marketing_to_field", band="high")

    assert promises.asked_for(leg="marketing_to_field", band="high") == ["depth"]
    assert promises.asked_for(leg="marketing_to_field", band="low") == []
    assert promises.asked_for(leg="inside_to_field", band="high") == []


def test_fewer_contacts_asked_for_may_be_made_already(people):
    promise("depth", touches=4)
    handoff = stories.accepted(people, to=people.sato, at=START)
    for day in (16, 17):
        called(handoff, people.sato, START.replace(day=day, hour=11))

    promise("depth", days=7, touches=2)

    assert (clock("depth").state, clock("depth").touches) == ("met", 2)
    assert clock("depth").ended_at == START.replace(day=17, hour=11)


def test_a_policy_that_goes_calls_off_what_runs_and_leaves_what_was_broken(people):
    policy = promise("depth", days=1, touches=2)
    late = stories.accepted(people, to=people.sato, at=START)
    sweeps.sweep(at=tokyo("2026-11-18 09:00"))
    stories.accepted(people, to=people.sato, at=tokyo("2026-11-18 10:00"))

    policies.remove_policy(policy=policy, by=None, at=tokyo("2026-11-18 11:00"))

    assert set(Clock.objects.filter(kind="depth").values_list("handoff", "state")) == {
        (late.pk, "breached"),
        (late.pk + 1, "cancelled"),
    }
    assert not Clock.objects.filter(kind="depth", ended_at__isnull=True).exists()


def test_a_changed_calendar_leaves_what_was_promised(people):
    promise("depth", touches=3)
    handoff = stories.accepted(people, to=people.sato, at=START)

    assert clocks.recompute(clocks=clocks.unfinished().filter(handoff=handoff), at=START) == 0
    assert (clock("depth").touches, clock("depth").working_days) == (3, 5)


@pytest.mark.parametrize(
    "values", [{"kind": "depth"}, {"kind": "depth", "touches": 51}, {"kind": "meeting", "touches": 2}]
)
def test_only_depth_counts_contacts_and_it_must(people, values):
    with pytest.raises(policies.BadPolicy):
        policies.set_policy(by=None, at=START, working_days=5, **values)


def test_ar_54_the_report_shows_the_depth_by_name(client, people):
    promise("depth", days=1, touches=1)
    handoff = stories.accepted(people, to=people.sato, at=START)
    stories.accepted(people, to=people.sato, at=START)
    called(handoff, people.sato, tokyo("2026-11-16 10:20"))
    at = tokyo("2026-11-18 09:00")
    sweeps.sweep(at=at)

    kept = sla(Question(latest_days(at.date(), 30, TOKYO), at)).by_kind["depth"]
    client.force_login(people.sato)
    page = client.get(f"/handoffs/{handoff.pk}/").content.decode()

    assert (kept.numerator, kept.denominator) == (1, 2)
    assert "<dt>接触回数</dt>" in page
    assert "に完了" in page


def test_the_settings_set_and_remove_what_is_promised_by_leg(client, people):
    client.force_login(people.ada)
    address = "/settings/deadlines/change/"
    values = {"kind": "depth", "leg": "marketing_to_field", "band": "", "unit": "working_days", "amount": "10"}

    client.post(address, values)
    assert not SlaPolicy.objects.filter(kind="depth").exists()

    client.post(address, values | {"touches": "5"})
    policy = SlaPolicy.objects.get(kind="depth")
    page = client.get("/settings/deadlines/").content.decode()
    assert (policy.leg, policy.band, policy.touches, policy.working_days) == ("marketing_to_field", "", 5, 10)
    assert 'id="t-depth-marketing_to_field" type="number" name="touches" min="1" max="50" required value="5"' in page

    client.post(address, {"kind": "depth", "leg": "marketing_to_field", "band": "", "reset": "1"})
    assert not SlaPolicy.objects.filter(kind="depth").exists()

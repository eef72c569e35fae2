"""Accepting, rejecting for each reason, contacts: what follows is the product."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from handoff.models import Calendar, Clock, Episode, Handoff, RejectReason
from handoff.services import handoffs, rerouting, withdrawals
from handoff.services.answers import AlreadyAnswered, NobodyNamed, NotReceiver, UnknownReason
from handoff.services.contacts import BadContact, NotHolder
from handoff.services.reassigning import NotManager
from journal.models import Event
from leads.models import Activity
from leads.services import activities
from tests.cast import NOON, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = tokyo("2026-11-20 13:10")
SETTINGS = ("handoff_calendar", "handoff_closingday", "handoff_slapolicy")


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def mid():
    return stories.mid()


def test_ar_37_accepting_asks_for_nothing(small):
    handoff = stories.offered(small)

    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.owner, lead.due_kind) == ("sal", small.sato, "contact")
    assert lead.due_at == handoff.contact_due_at == tokyo("2026-11-20 13:30")
    episode = Episode.objects.get()
    assert (episode.accepted_at, episode.answer_minutes) == (LATER, 10)
    assert Clock.objects.get(kind="answer").state == "met"
    assert Clock.objects.get(kind="contact").state == "running"


def test_the_second_answer_hears_who_was_faster(small):
    handoff = stories.offered(small)
    stale = Handoff.objects.get(pk=handoff.pk)
    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    with pytest.raises(AlreadyAnswered, match="佐藤 翔太"):
        handoffs.accept(handoff=stale, by=small.otto, at=LATER)


@pytest.mark.parametrize("answer", [handoffs.accept, partial(handoffs.reject, reason="not_now")])
@pytest.mark.parametrize("is_stale", [True, False])
def test_who_answers_twice_hears_that_they_did_not_that_somebody_was_faster(small, answer, is_stale):
    handoff = stories.offered(small)
    stale = Handoff.objects.get(pk=handoff.pk)
    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    with translation.override("ja"), pytest.raises(AlreadyAnswered) as refusal:
        answer(handoff=stale if is_stale else handoff, by=small.sato, at=LATER)

    assert refusal.value.code == "already_answered"
    with translation.override("ja"):
        assert str(refusal.value) == "この引き渡しにはすでに回答しています（受諾）。"


def test_who_withdraws_twice_is_not_told_their_own_name(small):
    handoff = stories.offered(small)
    handoffs.withdraw(handoff=handoff, by=small.mia, at=LATER)

    with pytest.raises(AlreadyAnswered) as refusal:
        handoffs.withdraw(handoff=handoff, by=small.mia, at=LATER)
    assert small.mia.name not in str(refusal.value)


@pytest.mark.parametrize("answer", [handoffs.accept, partial(handoffs.reject, reason="not_now")])
def test_who_reads_that_it_is_answered_waits_for_nobody(small, answer):
    handoff = stories.offered(small)
    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)
    seen = Handoff.objects.select_related("answered_by").get(pk=handoff.pk)

    with CaptureQueriesContext(connection) as asked, pytest.raises(AlreadyAnswered, match="佐藤 翔太"):
        answer(handoff=seen, by=small.otto, at=LATER)

    assert [query["sql"].split()[0] for query in asked] == ["SELECT"]


def test_an_offer_that_stands_again_can_be_answered_whatever_was_seen(small):
    handoff = stories.offered(small)
    handoff.state = "withdrawn"

    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    assert stories.fresh(handoff.lead).stage == "sal"


def test_taking_from_a_queue_reads_no_calendar_or_policy_twice(small):
    small.sato.memberships.update(capacity=0)
    handoff = stories.offered(small)
    assert handoff.assigned_to is None

    with CaptureQueriesContext(connection) as asked:
        handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    read = Counter(table for query in asked for table in SETTINGS if f'FROM "{table}"' in query["sql"])
    assert set(read.values()) == {1}


def test_an_answer_after_the_withdrawal_hears_who_withdrew(small):
    handoff = stories.offered(small)
    handoffs.withdraw(handoff=handoff, by=small.mia, at=LATER)

    with pytest.raises(AlreadyAnswered) as refusal:
        handoffs.accept(handoff=handoff, by=small.sato, at=LATER)
    with translation.override("ja"):
        assert str(refusal.value) == "三宅 美亜さんがこの引き渡しを取り下げたため、回答は不要です。"


def test_an_answer_after_the_lead_was_disqualified_names_no_winner(small):
    handoff = stories.offered(small)
    withdrawals.pull_back(handoff=handoff, by=None, at=LATER)

    with pytest.raises(AlreadyAnswered) as refusal:
        handoffs.accept(handoff=handoff, by=small.sato, at=LATER)
    assert small.sato.name not in str(refusal.value)


def test_only_the_receiver_answers(small):
    handoff = stories.offered(small)

    for stranger in (small.otto, small.mia, small.isao):
        with pytest.raises(NotReceiver):
            handoffs.accept(handoff=handoff, by=stranger, at=LATER)

    assert stories.fresh(handoff.lead).stage == "mql"


def test_anybody_of_the_team_takes_from_its_queue(small):
    small.sato.memberships.update(capacity=0)
    handoff = stories.offered(small)
    assert handoff.assigned_to is None
    assert Event.objects.filter(kind="handoff.queued").exists()

    handoffs.accept(handoff=handoff, by=small.sato, at=LATER)

    lead = stories.fresh(handoff.lead)
    assert (lead.owner, handoff.assigned_to) == (small.sato, small.sato)


def test_a_key_names_who_takes_from_a_queue(small):
    small.sato.memberships.update(capacity=0)
    small.isao.is_service = True
    handoff = stories.offered(small)

    with pytest.raises(NobodyNamed):
        handoffs.accept(handoff=handoff, by=small.isao, at=LATER)
    handoffs.accept(handoff=handoff, by=small.isao, at=LATER, user=small.sato)

    assert Handoff.objects.get().assigned_to == small.sato


def reject(people, reason, **more):
    handoff = stories.offered(people)
    return handoffs.reject(handoff=handoff, reason=reason, by=people.sato, at=LATER, **more)


@pytest.mark.parametrize(
    ("reason", "stage", "duty", "due", "owner"),
    [
        ("missing_information", "mql", "hearing", "2026-11-24 18:00", "mia"),
        ("wrong_contact", "mql", "contact_check", "2026-11-24 18:00", "mia"),
        ("unreachable", "nurture", "resurface", "2026-12-21 18:00", "mia"),  # 12/20 is a Sunday
        ("not_now", "nurture", "resurface", "2027-02-18 18:00", "mia"),
        ("no_budget", "nurture", "resurface", "2027-05-19 18:00", "mia"),
        ("duplicate", "mql", "merge_decision", "2026-11-24 18:00", "mia"),
    ],
)
def test_what_follows_each_reason(small, reason, stage, duty, due, owner):
    handoff = reject(small, reason, comment="理由")

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind, lead.due_at) == (stage, duty, tokyo(due))
    assert lead.owner == getattr(small, owner)
    assert handoff.successor == RejectReason.objects.get(code=reason).follows
    assert not Clock.objects.filter(state="running").exists()


def test_out_of_scope_disqualifies_and_leaves_no_duty(small):
    lead = stories.fresh(reject(small, "out_of_scope").lead)

    assert (lead.stage, lead.due_kind, lead.due_at) == ("disqualified", "", None)


def test_nurture_rests_until_midnight_of_its_day(small):
    day = tokyo("2027-01-12 00:00")

    lead = stories.fresh(reject(small, "not_now", resurface_on=day.date()).lead)

    assert lead.not_before == day


def test_midnight_is_the_organisations_whatever_zone_its_calendar_counts_in(small):
    Calendar.objects.update(time_zone="America/New_York")

    lead = stories.fresh(reject(small, "not_now", resurface_on=date(2027, 1, 12)).lead)

    assert lead.not_before == tokyo("2027-01-12 00:00")


def test_the_wrong_person_is_re_routed_to_somebody_who_had_it_not(small):
    colleague = stories.factories.person("toda", "戸田", "健", ["rep"], small.field)
    handoff = stories.offered(small, to=small.sato)

    handoffs.reject(handoff=handoff, reason="wrong_person", by=small.sato, at=LATER)

    successor = Handoff.objects.open().get()
    lead = stories.fresh(handoff.lead)
    assert (successor.assigned_to, successor.reroutes, successor.episode) == (colleague, 1, handoff.episode)
    assert (lead.stage, lead.owner, lead.due_at) == ("mql", colleague, successor.answer_due_at)
    assert successor.answer_due_at == tokyo("2026-11-20 13:25")
    assert Episode.objects.get().answered_at is None


def test_nobody_left_goes_to_the_queue_with_the_manager_accountable(small):
    handoff = stories.offered(small, to=small.sato)

    handoffs.reject(handoff=handoff, reason="wrong_person", by=small.sato, at=LATER)

    successor = Handoff.objects.open().get()
    assert (successor.assigned_to, successor.team) == (None, small.field)
    assert stories.fresh(handoff.lead).owner == small.maki


def test_rejects_pass_it_on_as_long_as_anybody_is_left(small):
    """At most twice is for silence; who says 'not mine' is no silence."""
    for number in range(3):
        stories.factories.person(f"rep{number}", "戸田", f"{number}", ["rep"], small.field)
    stories.offered(small, to=small.sato)

    asked = []
    for _colleague in range(4):
        standing = Handoff.objects.open().get()
        asked.append(standing.assigned_to)
        handoffs.reject(handoff=standing, reason="wrong_person", by=standing.assigned_to, at=LATER)

    assert None not in asked
    assert len(set(asked)) == 4
    assert Handoff.objects.open().get().assigned_to is None


def test_a_later_result_after_a_second_leg_goes_back_to_marketing_s_own_person(mid):
    """The last active marketing owner, though inside sales sent it on since."""
    first = stories.accepted(mid, to=mid.isao)
    lead = stories.qualified(stories.fresh(first.lead), by=mid.isao, at=NOON)
    second = handoffs.offer(lead=lead, by=mid.isao, at=NOON, to=mid.sato)

    handoffs.reject(handoff=second, reason="not_now", by=mid.sato, at=LATER)

    lead = stories.fresh(lead)
    assert (lead.stage, lead.owner, lead.team) == ("nurture", mid.mia, mid.marketing)


def test_who_comes_after_a_withdrawal_hears_who_took_it_back(small):
    handoff = stories.offered(small, to=small.sato)
    stale = Handoff.objects.get(pk=handoff.pk)
    handoffs.withdraw(handoff=handoff, by=small.mia, at=NOON)

    with pytest.raises(AlreadyAnswered, match="三宅 美亜"):
        handoffs.accept(handoff=stale, by=small.sato, at=LATER)


def test_who_comes_after_a_re_route_hears_who_has_it_now(small):
    stories.factories.person("toda", "戸田", "健", ["rep"], small.field)
    handoff = stories.offered(small, to=small.sato)
    rerouting.reroute(handoff=handoff, at=LATER)

    with pytest.raises(AlreadyAnswered, match="戸田 健"):
        handoffs.accept(handoff=handoff, by=small.sato, at=LATER)


def test_an_unknown_reason_names_the_known_ones(small):
    handoff = stories.offered(small)

    with pytest.raises(UnknownReason, match="missing_information"):
        handoffs.reject(handoff=handoff, reason="because", by=small.sato, at=LATER)

    assert Handoff.objects.get().state == "offered"


def test_the_first_contact_starts_the_report_clock_of_field_sales(small):
    handoff = stories.accepted(small, to=small.sato)

    handoffs.contact(handoff=handoff, by=small.sato, at=LATER, method="call", result="no_answer", note="留守")

    lead = stories.fresh(handoff.lead)
    assert (lead.due_kind, lead.due_at) == ("feedback", tokyo("2026-11-26 18:00"))
    assert Clock.objects.get(kind="contact").state == "met"
    assert Episode.objects.get().contact_minutes == 10
    activity = Activity.objects.get()
    assert (activity.type, activity.by, activity.note) == ("call", small.sato, "留守")


def test_the_first_contact_starts_the_qualify_clock_of_inside_sales(mid):
    handoff = stories.accepted(mid, to=mid.isao)

    handoffs.contact(handoff=handoff, by=mid.isao, at=LATER, method="mail", result="talked")

    lead = stories.fresh(handoff.lead)
    assert (lead.due_kind, lead.due_at) == ("qualify", tokyo("2026-11-30 18:00"))


def test_logging_a_call_is_the_contact_but_not_the_answer(small):
    handoff = stories.offered(small, to=small.sato)

    activities.record(lead=stories.fresh(handoff.lead), type="call", occurred_at=LATER, by=small.sato, at=LATER)

    handoff.refresh_from_db()
    assert (handoff.first_contact_at, handoff.state) == (LATER, "offered")
    assert Clock.objects.get(kind="contact").state == "met"
    assert stories.fresh(handoff.lead).due_kind == "answer"

    handoffs.accept(handoff=handoff, by=small.sato, at=LATER + timedelta(minutes=2))
    assert stories.fresh(handoff.lead).due_kind == "feedback"


@pytest.mark.parametrize(
    "meeting", ["2026-11-24T10:00:00+09:00", "2026-11-24T17:00:00+16:00", "2026-11-24T10:00:00.500+09:00:00.5"]
)
def test_an_appointment_logged_as_an_activity_is_known_on_the_handoff(small, meeting):
    handoff = stories.accepted(small, to=small.sato)
    handoffs.contact(handoff=handoff, by=small.sato, at=NOON, method="call", result="no_answer")
    told = {"result": "appointment", "appointment_at": meeting}

    for metadata in (told, {}):
        activities.record(
            lead=stories.fresh(handoff.lead), type="call", occurred_at=LATER, by=small.sato, at=LATER, metadata=metadata
        )

    handoff.refresh_from_db()
    assert (handoff.contact_result, handoff.appointment_at) == ("appointment", tokyo("2026-11-24 10:00"))
    assert handoff.first_contact_at == NOON


@pytest.mark.parametrize(("who", "kind"), [("otto", "call"), ("mia", "email_sent"), ("sato", "note")])
def test_what_others_log_or_what_is_no_contact_stops_no_clock(small, who, kind):
    handoff = stories.offered(small, to=small.sato)

    activities.record(lead=stories.fresh(handoff.lead), type=kind, occurred_at=LATER, by=getattr(small, who), at=LATER)

    assert Clock.objects.get(kind="contact").state == "running"


def test_a_call_before_the_offer_is_no_contact(small):
    handoff = stories.offered(small, to=small.sato)
    before = NOON - timedelta(minutes=1)

    activities.record(lead=stories.fresh(handoff.lead), type="call", occurred_at=before, by=small.sato, at=LATER)

    assert Clock.objects.get(kind="contact").state == "running"


@pytest.mark.parametrize(
    ("method", "result", "minutes", "field"),
    [("fax", "talked", 0, "method"), ("call", "fine", 0, "result"), ("call", "talked", 6, "at")],
)
def test_a_contact_told_wrongly_is_refused(small, method, result, minutes, field):
    handoff = stories.accepted(small, to=small.sato)

    with pytest.raises(BadContact) as refusal:
        handoffs.contact(
            handoff=handoff,
            by=small.sato,
            at=LATER,
            method=method,
            result=result,
            happened_at=LATER + timedelta(minutes=minutes),
        )

    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize(
    ("happened", "meeting", "is_taken"), [(0, 0, False), (0, 1, True), (-5, -2, True), (-5, -5, False)]
)
def test_a_meeting_comes_after_the_contact_that_arranged_it(small, happened, meeting, is_taken):
    handoff = stories.accepted(small, to=small.sato)
    at = LATER + timedelta(minutes=30)
    told = {"happened_at": at + timedelta(minutes=happened), "appointment_at": at + timedelta(minutes=meeting)}

    if is_taken:
        handoffs.contact(handoff=handoff, by=small.sato, at=at, method="call", result="appointment", **told)
    else:
        with pytest.raises(BadContact) as refusal:
            handoffs.contact(handoff=handoff, by=small.sato, at=at, method="call", result="appointment", **told)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("appointment_at", "before_contact")]

    assert Handoff.objects.get(pk=handoff.pk).appointment_at == (told["appointment_at"] if is_taken else None)


def test_an_activity_s_appointment_before_the_activity_is_not_taken_over(small):
    handoff = stories.accepted(small, to=small.sato)
    metadata = {"result": "appointment", "appointment_at": NOON.isoformat()}

    activities.record(
        lead=stories.fresh(handoff.lead), type="call", occurred_at=LATER, by=small.sato, at=LATER, metadata=metadata
    )

    handoff.refresh_from_db()
    assert (handoff.contact_result, handoff.appointment_at) == ("appointment", None)


@pytest.mark.parametrize("offset", ["+00:00", "-10:00"])
def test_a_meeting_later_than_any_engine_keeps_is_refused_and_not_taken_over_from_an_activity(small, offset):
    handoff = stories.accepted(small, to=small.sato)
    far = datetime.fromisoformat(f"9999-12-31T23:59:00{offset}")

    with pytest.raises(BadContact) as refusal:
        handoffs.contact(
            handoff=handoff, by=small.sato, at=LATER, method="call", result="appointment", appointment_at=far
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [("appointment_at", "far")]

    metadata = {"result": "appointment", "appointment_at": far.isoformat()}
    activities.record(
        lead=stories.fresh(handoff.lead), type="call", occurred_at=LATER, by=small.sato, at=LATER, metadata=metadata
    )
    handoff.refresh_from_db()
    assert (handoff.contact_result, handoff.appointment_at) == ("appointment", None)


def test_a_stranger_records_no_contact(small):
    handoff = stories.accepted(small, to=small.sato)

    with pytest.raises(NotHolder):
        handoffs.contact(handoff=handoff, by=small.otto, at=LATER, method="call", result="talked")


def test_reassigning_keeps_row_and_start(small):
    colleague = stories.factories.person("toda", "戸田", "健", ["rep"], small.field)
    handoff = stories.offered(small, to=small.sato)

    handoffs.reassign(handoff=handoff, by=small.maki, at=LATER, user=colleague, reason="休み")

    handoff.refresh_from_db()
    assert (handoff.assigned_to, handoff.offered_at, handoff.state) == (colleague, NOON, "offered")
    assert Clock.objects.get(kind="answer").started_at == NOON
    assert stories.fresh(handoff.lead).owner == colleague


def test_reps_do_not_reassign(small):
    handoff = stories.offered(small, to=small.sato)

    with pytest.raises(NotManager):
        handoffs.reassign(handoff=handoff, by=small.sato, at=LATER, user=small.sato)

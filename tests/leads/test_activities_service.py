"""Recording activities: idempotent, in any order."""

from datetime import timedelta

import pytest

from leads import hooks
from leads.models import Activity, Content, Lead, ScoreDue
from leads.services import activities, staleness
from tests import factories
from tests.cast import NOON, tokyo

pytestmark = pytest.mark.django_db


def record(lead, type="site_visit", occurred_at=NOON, by=None, **more):
    return activities.record(lead=lead, type=type, occurred_at=occurred_at, by=by, at=NOON, **more)


@pytest.fixture
def unmarked(lead):
    """A lead whose score is not owed."""
    ScoreDue.objects.all().delete()
    return lead


def test_record_keeps_local_day_and_content(lead):
    activity = record(
        lead, "document_download", tokyo("2026-11-20 00:30"), content="導入事例", url="https://x.example/a"
    )
    again = record(lead, "document_download", content="導入事例 ")

    assert str(activity.occurred_on) == "2026-11-20"
    assert activity.content == again.content
    assert Content.objects.count() == 1


def test_the_local_day_is_the_organisations(lead):
    factories.organization(time_zone="America/New_York")
    assert str(record(lead, occurred_at=tokyo("2026-11-20 09:00")).occurred_on) == "2026-11-19"


def test_f_8_the_same_event_again_is_one(lead):
    first = record(lead, event_id="e1")
    second = record(lead, event_id="e1", note="again")

    assert first == second
    assert Activity.objects.count() == 1


def test_more_than_five_minutes_ahead_is_refused(lead):
    record(lead, occurred_at=NOON + timedelta(minutes=5))
    with pytest.raises(activities.InvalidActivity) as raised:
        record(lead, occurred_at=NOON + timedelta(minutes=5, seconds=1))
    assert raised.value.errors[0].code == "future"


def test_latest_moments_follow_whatever_the_order(lead, cast):
    record(lead, "page_view", NOON - timedelta(days=1))
    record(lead, "page_view", NOON - timedelta(days=3))
    record(lead, "call", NOON - timedelta(days=2), by=cast.isao)
    record(lead, "note", NOON, by=cast.isao)

    lead.refresh_from_db()
    assert lead.last_activity_at == NOON - timedelta(days=1)
    assert lead.last_contact_at == NOON - timedelta(days=2)


@pytest.mark.parametrize(
    ("age", "came_live", "cause"),
    [
        (timedelta(hours=24), True, "live"),
        (timedelta(hours=24, seconds=1), True, "edit"),
        (timedelta(0), False, "bulk"),
    ],
)
def test_only_what_just_happened_is_live(unmarked, age, came_live, cause):
    record(unmarked, occurred_at=NOON - age, came_live=came_live)

    assert ScoreDue.objects.get(lead=unmarked).cause == cause


def test_the_strongest_cause_stays_and_the_generation_rises(unmarked):
    for cause in ("edit", "live", "bulk"):
        staleness.mark(lead_ids=[unmarked.pk], cause=cause, at=NOON)

    due = ScoreDue.objects.get(lead=unmarked)
    assert (due.cause, due.generation) == ("live", 3)


def test_marking_leaves_out_who_is_not_present(unmarked):
    gone = factories.lead()
    Lead.objects.filter(pk=gone.pk).update(is_present=False)
    ScoreDue.objects.all().delete()

    staleness.mark(lead_ids=[gone.pk, unmarked.pk], cause="bulk", at=NOON)

    assert list(ScoreDue.objects.values_list("lead_id", flat=True)) == [unmarked.pk]


def test_listeners_are_told_once_within_the_transaction(lead, monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "on_activities", [lambda new, at: told.append(([one.event_id for one in new], at))])

    record(lead, event_id="e1")
    record(lead, event_id="e1")

    assert told == [(["e1"], NOON)]


def test_a_listeners_veto_undoes_the_activity(lead, monkeypatch):
    def veto(new, at):
        raise RuntimeError("no")

    monkeypatch.setattr(hooks, "on_activities", [veto])
    with pytest.raises(RuntimeError):
        record(lead)
    assert not Activity.objects.exists()


def test_many_rows_answer_what_became_of_each(cast, lead):
    rows = [
        {"event_id": "1", "lead": str(lead.pk), "type": "site_visit", "occurred_at": "2026-11-20T12:00:00+09:00"},
        {"event_id": "1", "lead": str(lead.pk), "type": "site_visit", "occurred_at": "2026-11-20T12:00:00+09:00"},
        {"lead": {"email": lead.email.upper()}, "type": "call", "occurred_at": NOON, "by": cast.isao.email},
        {"lead": {"email": "new@x.example"}, "type": "site_visit", "occurred_at": NOON},
        {"lead": "999999", "type": "dance", "occurred_at": "soon", "duration_seconds": -1, "extra": 1},
        {"lead": {"email": "nobody"}, "type": "site_visit", "occurred_at": NOON},
    ]

    result = activities.record_many(rows=rows, by=cast.mia, at=NOON, create_missing=True)

    assert (result["accepted"], result["duplicates"]) == (3, 1)
    faults = {error["index"]: {fault.field for fault in error["errors"]} for error in result["errors"]}
    assert faults == {4: {"lead", "type", "occurred_at", "duration_seconds", "extra"}, 5: {"lead.email"}}
    assert Lead.objects.filter(email="new@x.example", stage="lead").exists()
    assert Activity.objects.get(type="call").by == cast.isao


def test_many_rows_take_a_constant_number_of_queries(cast, django_assert_max_num_queries):
    leads = [factories.lead() for _ in range(40)]
    rows = [
        {"lead": str(lead.pk), "type": "document_download", "content": f"資料{number}", "occurred_at": NOON}
        for number, lead in enumerate(leads)
    ]
    with django_assert_max_num_queries(17):
        activities.record_many(rows=rows, by=cast.mia, at=NOON)


def test_shuffled_and_repeated_events_have_one_effect(cast, lead):
    events = [
        {"event_id": f"e{n}", "lead": str(lead.pk), "type": "site_visit", "occurred_at": NOON - timedelta(hours=n)}
        for n in range(20)
    ]
    for batch in (events[::-1], events[5:], events):
        activities.record_many(rows=batch, by=cast.mia, at=NOON)

    lead.refresh_from_db()
    assert Activity.objects.count() == 20
    assert lead.last_activity_at == NOON

"""Assigning and putting aside many leads at once: who is left alone, what an undo puts back, how far a worker is."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from handoff.models import StageTransition
from handoff.services import assigning, bulk_nurturing, handoffs, next_actions
from journal import clock
from journal.models import Event
from leads.domain.choices import Stage
from leads.models import BulkItem, BulkRun, Lead
from leads.services import bulk_runs
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
DAY = (NOON + timedelta(days=30)).date()


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def page(client, cast):
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    return client


def many(number, **values):
    return [factories.lead(company={"name": f"東浜精工{index}"}, **values) for index in range(number)]


def run(action, values, leads, by, *, at=NOON):
    pks = [lead.pk for lead in leads]
    return bulk_runs.start(action=action, values=values, lead_ids=pks, by=by, at=at, now=lambda: at)


def to_user(user):
    return {"user": user.pk, "name": user.last_name}


def owners(*leads):
    return [Lead.objects.get(pk=lead.pk).owner for lead in leads]


def reasons(done):
    return dict(BulkItem.objects.filter(run=done, result="refused").values_list("lead", "reason"))


def test_leads_are_given_to_a_person_and_taken_back_where_nobody_changed_them_since(cast):
    leads = many(3)
    Lead.objects.filter(pk=leads[0].pk).update(owner=cast.mia, team=cast.marketing)
    done = run("assign", to_user(cast.maki), leads, cast.mia)
    assert (done.state, done.changed, done.refused) == ("done", 3, 0)
    assert owners(*leads) == [cast.maki] * 3

    Lead.objects.filter(pk=leads[1].pk).update(owner=cast.ada)
    done = bulk_runs.undo(run=done, by=cast.mia, at=LATER, now=lambda: LATER)
    assert (done.state, done.undone, done.left) == ("undone", 3, 1)
    assert owners(*leads) == [cast.mia, cast.ada, None]
    assert [event.kind for event in Event.objects.filter(kind__startswith="leads.assigned")] == [
        "leads.assigned",
        "leads.assigned_back",
    ]


def test_a_lead_that_went_on_since_is_not_taken_back(cast):
    (lead,) = many(1)
    done = run("assign", to_user(cast.mia), [lead], cast.mia)
    lead.refresh_from_db()
    next_actions.plan(lead=lead, action_at=NOON + timedelta(days=2), kind="call", note="", by=cast.mia, at=NOON)
    done = bulk_runs.undo(run=done, by=cast.mia, at=LATER, now=lambda: LATER)
    assert (done.left, owners(lead)) == (1, [cast.mia])


def test_a_running_handoff_is_left_alone_with_the_reason(cast):
    free, offered, accepted = many(3)
    handoffs.offer(lead=offered, by=cast.mia, at=NOON, to=cast.sato, reason="asked")
    held = handoffs.offer(lead=accepted, by=cast.mia, at=NOON, to=cast.sato, reason="asked")
    handoffs.accept(handoff=held, by=cast.sato, at=NOON)
    done = run("assign", to_user(cast.mia), [free, offered, accepted], cast.mia)
    assert (done.changed, reasons(done)) == (1, {offered.pk: "offered", accepted.pk: "accepted"})
    assert owners(offered, accepted) == [cast.sato, cast.sato]


def test_what_marketing_keeps_does_not_go_to_who_cannot_hand_it_over(cast):
    (lead,) = many(1)
    resting = run("nurture", {"day": DAY.isoformat(), "reason": "not_now"}, [lead], cast.mia)
    assert resting.changed == 1
    assert reasons(run("assign", to_user(cast.sato), [lead], cast.mia)) == {lead.pk: "marketings"}
    queue = run("assign", {"team": cast.marketing.pk, "name": "x"}, [lead], cast.mia)
    assert (queue.changed + queue.unchanged, owners(lead)) == (1, [None])


@pytest.mark.parametrize("who", ["sato", "isao"])
def test_who_may_not_direct_leads_assigns_and_rests_none(cast, who):
    leads, person = many(1), getattr(cast, who)
    with pytest.raises(assigning.MayNotAssign):
        run("assign", to_user(person), leads, person)
    with pytest.raises(bulk_nurturing.MayNotMove):
        run("nurture", {"day": DAY.isoformat(), "reason": "not_now"}, leads, person)
    assert BulkRun.objects.count() == 0


def test_nurture_goes_by_the_table_and_counts_the_refused_by_reason(cast):
    early, offered, won, resting = many(4)
    handoffs.offer(lead=offered, by=cast.mia, at=NOON, to=cast.sato, reason="asked")
    Lead.objects.filter(pk=won.pk).update(stage=Stage.WON)
    run("nurture", {"day": DAY.isoformat(), "reason": "not_now"}, [resting], cast.mia)
    done = run("nurture", {"day": DAY.isoformat(), "reason": "not_now"}, [early, offered, won, resting], cast.mia)

    assert (done.changed, bulk_runs.can_undo(done)) == (1, False)
    assert reasons(done) == {offered.pk: "offered", won.pk: "stage", resting.pk: "rests_already"}
    early.refresh_from_db()
    assert (early.stage, early.due_kind) == ("nurture", "resurface")
    assert early.not_before.astimezone(NOON.tzinfo).date() == DAY
    step = StageTransition.objects.get(lead=early, to_stage="nurture")
    assert (step.reason, step.by) == ("not_now", cast.mia)


def test_a_worker_goes_on_where_another_died_and_each_lead_is_done_once(cast, monkeypatch):
    monkeypatch.setattr(bulk_runs, "CHUNK", 2)
    monkeypatch.setattr(bulk_runs, "AT_ONCE", 4)
    leads = many(5)
    begun = run("assign", to_user(cast.mia), leads, cast.mia)
    assert (begun.state, begun.worked) == ("queued", 0)
    bulk_runs.work(run_id=begun.pk, now=lambda: NOON, chunks=1)
    begun.refresh_from_db()
    assert (begun.state, begun.worked) == ("running", 2)
    BulkRun.objects.filter(pk=begun.pk).update(leased_until=LATER)
    bulk_runs.work(run_id=begun.pk, now=lambda: NOON)  # somebody else's lease
    assert BulkRun.objects.get().worked == 2
    with clock.frozen(LATER + timedelta(minutes=2)):
        bulk_runs.sweep(at=clock.now())
    begun.refresh_from_db()
    assert (begun.state, begun.worked, begun.changed) == ("done", 5, 5)
    assert owners(*leads) == [cast.mia] * 5


def test_assigning_takes_a_constant_number_of_queries(cast, django_assert_max_num_queries):
    leads = many(40)
    with django_assert_max_num_queries(48):
        run("assign", to_user(cast.mia), leads, cast.mia)


def test_resting_takes_a_constant_number_of_queries(cast, django_assert_max_num_queries):
    leads = many(40)
    with django_assert_max_num_queries(60):
        run("nurture", {"day": DAY.isoformat(), "reason": "not_now"}, leads, cast.mia)


def test_the_whole_list_is_meant_beyond_its_page(page, cast):
    inside = many(3, channel="展示会")
    outside = factories.lead(channel="Web広告", email="other@example.jp")
    query = f"channel={inside[0].channel_id}"
    form = {"scope": "list", "query": query, "lead": str(inside[0].pk), "next": f"/leads/?{query}"}
    asked = page.post("/leads/assign/", form).content.decode()
    assert "3 leads" in asked
    answer = page.post("/leads/assign/", form | {"sent": "1", "to": f"user-{cast.mia.pk}"})
    assert answer["Location"] == f"/leads/?{query}"
    assert owners(*inside, outside) == [cast.mia] * 3 + [None]
    shown = page.get(answer["Location"]).content.decode()
    assert "3 leads are now with 三宅" in shown
    undo = re.search(r'action="(/leads/bulk/\d+/undo/)"', shown).group(1)
    page.post(undo, {"next": "/leads/"})
    assert owners(*inside) == [None] * 3
    assert "3 leads restored" in page.get("/leads/").content.decode()


@pytest.mark.parametrize("action", ["assign", "nurture", "offer", "tag"])
def test_a_list_whose_condition_no_longer_holds_together_means_no_lead(page, action):
    lead = many(1)[0]
    query = urlencode({"condition": '{"field":"custom.gone","op":"known"}'})
    answer = page.post(f"/leads/{action}/", {"scope": "list", "query": query, "sent": "1"}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"/leads/?{query}"
    assert "No leads selected." in answer.content.decode()
    assert owners(lead) == [None]


def test_a_review_date_that_is_too_far_away_is_refused_beside_its_field(page):
    form = {"lead": [lead.pk for lead in many(1)], "sent": "1", "reason": "not_now", "day": "9999-12-31"}

    answer = page.post("/leads/nurture/", form)

    assert "between the years 1900 and 2200" in answer.content.decode()
    assert not BulkRun.objects.exists()


def test_long_work_is_left_and_found_again(page, cast, monkeypatch):
    monkeypatch.setattr(bulk_runs, "AT_ONCE", 1)
    monkeypatch.setattr("leads.queries.bulk.AT_ONCE", 1)
    leads = many(2)
    form = {"lead": [lead.pk for lead in leads], "sent": "1", "reason": "not_now", "day": DAY.isoformat()}
    answer = page.post("/leads/nurture/", form)
    begun = BulkRun.objects.get()
    assert answer["Location"] == f"/leads/bulk/{begun.pk}/"
    assert 'id="bulk-progress"' in page.get(answer["Location"]).content.decode()
    assert "0 / 2" in re.sub(r"<[^>]+>", "", page.get("/leads/").content.decode())
    bulk_runs.work(run_id=begun.pk, now=lambda: NOON)
    assert page.get(answer["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "2 leads moved to nurture until" in page.get("/leads/").content.decode()
    assert "2 leads moved to nurture until" in page.get(answer["Location"]).content.decode()
    assert "2 leads moved to nurture until" not in page.get("/leads/").content.decode()


def test_faults_are_said_beside_the_field_and_others_runs_stay_closed(page, cast, client):
    (lead,) = many(1)
    form = {"lead": lead.pk, "sent": "1"}
    assert page.post("/leads/nurture/", form | {"reason": "not_now", "day": "2020-01-01"}).status_code == 400
    assert page.post("/leads/nurture/", form | {"reason": "not_now", "day": "soon"}).status_code == 400
    assert page.post("/leads/assign/", form | {"to": "user-999999"}).status_code == 400
    assert page.post("/leads/assign/", {"sent": "1", "to": "x"}).status_code == 302
    done = run("assign", to_user(cast.mia), [lead], cast.maki)
    assert page.get(f"/leads/bulk/{done.pk}/").status_code == 404
    client.force_login(cast.sato)
    assert client.post("/leads/assign/", form).status_code == 403
    assert client.post("/leads/nurture/", form).status_code == 403

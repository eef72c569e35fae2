"""Nurture tracks on pages and by HTTP: Today, the lead's page, settings, the API."""

import pytest

from handoff.models import NurtureChoice, NurtureRun, NurtureTrack, RejectReason
from handoff.queries import nurture
from handoff.services import sweeps
from journal import clock
from leads.models import Activity, Lead
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.test_nurture import due_step, resting

pytestmark = pytest.mark.django_db
AT = tokyo("2026-11-24 10:00")


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def mia(client, people):
    client.force_login(people.mia)
    client.cookies["handoff_language"] = "en"
    return client


@pytest.fixture
def ada(client, people):
    client.force_login(people.ada)
    client.cookies["handoff_language"] = "en"
    return client


def text(response) -> str:
    return response.content.decode()


# -- Today and the lead's page ----------------------------------------------------------------------
def test_today_shows_the_step_with_its_two_buttons(mia, people):
    lead = due_step(people)
    page = text(mia.get("/"))
    assert "Send content: Send a guide to their problem" in page
    assert f'action="/leads/{lead.pk}/nurture/done/"' in page
    assert f'formaction="/leads/{lead.pk}/nurture/skip/"' in page


def test_today_costs_the_same_for_many_steps(mia, people, django_assert_max_num_queries):
    for number in range(8):
        resting(people, company={"name": f"東浜{number}"})
    sweeps.sweep(at=AT)
    mia.get("/")
    with django_assert_max_num_queries(45):
        assert text(mia.get("/")).count("/nurture/done/") == 8


def test_done_is_one_tap(mia, people):
    lead = due_step(people)
    answer = mia.post(f"/leads/{lead.pk}/nurture/done/", {"step": "1", "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Activity.objects.get(lead=lead).type == "email_sent"
    again = mia.post(f"/leads/{lead.pk}/nurture/done/", {"step": "1", "next": "/"}, follow=True)
    assert "This step has been done or skipped already." in text(again)
    assert Activity.objects.filter(lead=lead).count() == 1


@pytest.mark.parametrize("step", ["", "x", "99", "-1", "9" * 40])
def test_another_step_than_the_present_is_refused(mia, people, step):
    lead = due_step(people)
    assert mia.post(f"/leads/{lead.pk}/nurture/skip/", {"step": step}).status_code == 302
    assert nurture.running(lead).position == 0


def test_somebody_else_is_refused(client, people):
    lead = due_step(people)
    client.force_login(people.otto)
    assert client.post(f"/leads/{lead.pk}/nurture/done/", {"step": "1"}).status_code == 403
    assert client.post(f"/leads/{lead.pk}/nurture/track/", {"track": "none"}).status_code == 403
    assert "/nurture/done/" not in text(client.get(f"/leads/{lead.pk}/nurture/"))


def test_the_panel_says_where_it_stands(mia, people):
    lead = due_step(people)
    page = text(mia.get(f"/leads/{lead.pk}/nurture/"))
    assert "Problems and cases" in page
    assert "Due now" in page
    assert "Invite them to a webinar" in page
    assert mia.post(f"/leads/{lead.pk}/nurture/verb/").status_code == 404
    assert "hf-section" not in text(mia.get(f"/leads/{stories.lead().pk}/nurture/"))


def test_the_panel_takes_a_few_queries(mia, people, django_assert_max_num_queries):
    lead = due_step(people)
    mia.get(f"/leads/{lead.pk}/nurture/")
    with django_assert_max_num_queries(14):
        mia.get(f"/leads/{lead.pk}/nurture/")


def test_the_panel_changes_and_ends_the_track(mia, people):
    lead = due_step(people)
    dormant = NurtureTrack.objects.get(code="dormant")
    mia.post(f"/leads/{lead.pk}/nurture/track/", {"track": str(dormant.pk)})
    assert nurture.running(lead).track == dormant
    mia.post(f"/leads/{lead.pk}/nurture/track/", {"track": "none"})
    assert nurture.running(lead) is None
    page = text(mia.post(f"/leads/{lead.pk}/nurture/track/", {"track": "x"}, follow=True))
    assert "There is no such nurture track." in page
    assert "ended" in text(mia.get(f"/leads/{lead.pk}/nurture/"))
    Lead.objects.filter(pk=lead.pk).update(stage_since=tokyo("2026-11-25 09:00"))
    assert "In no track" in text(mia.get(f"/leads/{lead.pk}/nurture/"))


def test_the_timeline_tells_of_the_track(mia, people):
    lead = due_step(people)
    mia.post(f"/leads/{lead.pk}/nurture/skip/", {"step": "1"})
    mia.post(f"/leads/{lead.pk}/nurture/track/", {"track": "none"})
    page = text(mia.get(f"/leads/{lead.pk}/"))
    assert "Nurture track started: Problems and cases" in page
    assert "Nurture step skipped: Send a guide to their problem" in page
    assert "Nurture track ended: Problems and cases (by hand)" in page


def test_the_gap_board_shows_a_late_step(mia, people):
    due_step(people)
    with clock.frozen(tokyo("2026-11-26 10:00")):
        assert "Send a guide to their problem" in text(mia.get("/gaps/?kind=no_next_action"))


def test_leads_are_filtered_by_track(mia, people):
    lead = resting(people, last_name="山路")
    resting(people, reason="unreachable", last_name="海原")
    page = text(mia.get(f"/leads/?track={nurture.running(lead).track_id}"))
    assert ("山路" in page, "海原" in page) == (True, False)
    assert "in nurture track" in page
    assert mia.get("/leads/?track=x").status_code == 200


def test_bulk_asks_for_the_track(mia, people):
    lead = stories.lead()
    dormant = NurtureTrack.objects.get(code="dormant")
    page = text(mia.post("/leads/nurture/", {"lead": lead.pk}))
    assert "As set for the reason" in page
    values = {"lead": lead.pk, "sent": "1", "reason": "not_now", "day": "2027-02-01", "track": str(dormant.pk)}
    mia.post("/leads/nurture/", values)
    assert nurture.running(Lead.objects.get(pk=lead.pk)).track == dormant


# -- settings ---------------------------------------------------------------------------------------
def form(track=None, **changes):
    rows = nurture.steps_of(track) if track else []
    values = {"name_ja": "試し", "name_en": "Trial", "phase": "dormant", "is_active": "on", "rows": str(len(rows))}
    if track:
        values |= {"name_ja": track.name_ja, "name_en": track.name_en, "phase": track.phase, "version": track.version}
    for number, step in enumerate(rows):
        fields = {"wait_days": step.wait_days, "kind": step.kind, "task_ja": step.task_ja, "task_en": step.task_en}
        values |= {f"s{number}-{name}": value for name, value in (fields | {"owner": step.owner}).items()}
    return values | changes


NEW = {"rows": "1", "s0-wait_days": "3", "s0-kind": "call", "s0-task_ja": "電話する", "s0-owner": "marketing"}


def test_the_settings_show_every_track_and_what_leads_to_it(ada):
    page = text(ada.get("/settings/nurture/"))
    assert "Problems and cases" in page
    assert "Given back: Too early" in page
    assert "Lost: No need" in page
    assert "4 tracks" in text(ada.get("/settings/"))


def test_a_track_is_made_and_changed(ada):
    assert ada.post("/settings/nurture/new/", form(**NEW)).status_code == 302
    track = NurtureTrack.objects.get(name_en="Trial")
    values = form(track, **{"s0-wait_days": "5"})
    assert ada.post(f"/settings/nurture/{track.pk}/", values).status_code == 302
    track.refresh_from_db()
    assert (track.version, nurture.steps_of(track)[0].wait_days) == (2, 5)
    stale = ada.post(f"/settings/nurture/{track.pk}/", values | {"s0-wait_days": "6", "version": "1"})
    assert (stale.status_code, "changed this on" in text(stale)) == (400, True)
    assert 'value="6"' in text(stale)
    assert ada.post(f"/settings/nurture/{track.pk}/", values | {"s0-wait_days": "6", "version": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name_en": "Ready for the next chance"}, "Another track has this name."),
        ({"s0-wait_days": "400"}, "365"),
        ({"s0-task_ja": ""}, "required"),
        ({"s0-owner": "person-999"}, "valid choice"),
        ({"rows": "0"}, "A track has 1 to 12 steps."),
        ({"rows": "x"}, "A track has 1 to 12 steps."),
        ({"rows": "9" * 5000}, "A track has 1 to 12 steps."),
        ({"s0-content": "²"}, "valid choice"),
        ({"s0-content": "9" * 30}, "valid choice"),
        ({"s0-content": "9" * 5000}, "valid choice"),
    ],
)
def test_a_faulty_track_is_refused_in_words(ada, changes, told):
    answer = ada.post("/settings/nurture/new/", form(**NEW) | changes)
    assert (answer.status_code, told in text(answer)) == (400, True)
    assert NurtureTrack.objects.count() == 4


def test_rows_are_added_moved_and_removed_without_saving(ada):
    track = NurtureTrack.objects.get(code="dormant")
    address, first, second = f"/settings/nurture/{track.pk}/", *(s.task_ja for s in nurture.steps_of(track))
    assert "s2-wait_days" in text(ada.post(address, form(track, more="1")))
    moved = text(ada.post(address, form(track, up="1")))
    assert moved.index(second) < moved.index(first)
    removed = text(ada.post(address, form(track, drop="0")))
    assert (first in removed, second in removed) == (False, True)
    assert ada.post(address, form(track, drop="77")).status_code == 302
    assert ada.post(address, form(track, up="9" * 5000)).status_code == 302
    track.refresh_from_db()
    assert track.version == 1


def test_outcomes_are_chosen_and_a_stale_page_is_told(ada):
    page = ada.get("/settings/nurture/outcomes/")
    shown = page.context["form"]["shown"].value()
    dormant = NurtureTrack.objects.get(code="dormant")
    usual = {name: page.context["form"][name].value() for name in page.context["form"].keys}
    values = usual | {"shown": shown, "lost-timing": str(dormant.pk), "by_hand-no_need": "usual"}
    assert ada.post("/settings/nurture/outcomes/", values).status_code == 302
    assert NurtureChoice.objects.get(cause="lost", reason="timing").track == dormant
    assert not NurtureChoice.objects.filter(cause="by_hand", reason="no_need").exists()
    stale = ada.post("/settings/nurture/outcomes/", values | {"lost": ""})
    assert stale.status_code == 400
    assert NurtureChoice.objects.get(cause="lost", reason="").track is not None
    again = values | {"lost": "", "shown": stale.context["form"]["shown"].value()}
    assert ada.post("/settings/nurture/outcomes/", again).status_code == 302
    assert NurtureChoice.objects.get(cause="lost", reason="").track is None


def test_a_reason_names_its_track(ada):
    reason = RejectReason.objects.get(code="not_now")
    dormant = NurtureTrack.objects.get(code="dormant")
    values = {"label_ja": "時期が先", "label_en": "Too early", "follows": "nurture", "resurface_days": "90"}
    ada.post(f"/settings/reasons/{reason.pk}/", values | {"track": str(dormant.pk), "is_active": "on"})
    reason.refresh_from_db()
    assert reason.track == dormant
    assert "Getting in touch again" in text(ada.get("/settings/reasons/"))
    ada.post(f"/settings/reasons/{reason.pk}/", values | {"follows": "disqualify", "track": str(dormant.pk)})
    reason.refresh_from_db()
    assert reason.track is None


def test_a_track_that_is_switched_off_stays_where_it_is_set(ada):
    lost = NurtureTrack.objects.get(code="lost")
    RejectReason.objects.filter(code="not_now").update(track=lost)
    NurtureTrack.objects.filter(pk=lost.pk).update(is_active=False)

    outcomes = ada.get("/settings/nurture/outcomes/")
    shown = {name: outcomes.context["form"][name].value() for name in [*outcomes.context["form"].keys, "shown"]}
    assert f'<option value="{lost.pk}" selected>Ready for the next chance (not used)' in text(outcomes)
    assert ada.post("/settings/nurture/outcomes/", shown).status_code == 302
    assert NurtureChoice.objects.get(cause="lost", reason="").track == lost

    address = f"/settings/reasons/{RejectReason.objects.get(code='not_now').pk}/"
    page = ada.get(address)
    assert f'<option value="{lost.pk}" selected>Ready for the next chance (not used)' in text(page)
    values = {name: field.value() for name in page.context["form"].fields if (field := page.context["form"][name])}
    assert ada.post(address, {**values, "track": lost.pk, "is_active": "on"}).status_code == 302
    assert RejectReason.objects.get(code="not_now").track == lost


def test_only_administrators_change_tracks(mia):
    assert mia.get("/settings/nurture/").status_code == 403
    assert mia.post("/settings/nurture/new/", form(**NEW)).status_code == 403


def test_the_workflow_page_draws_tracks_with_what_follows(mia):
    page = text(mia.get("/workflow/"))
    assert "track “Problems and cases”" in page
    assert "track “Ready for the next chance”" in page
    assert "After 3 days: Send content: Send a guide to their problem (Marketing)" in page


# -- API --------------------------------------------------------------------------------------------
@pytest.fixture
def api(mia):
    def call(address, values=None):
        if values is None:
            return mia.get(address, headers={"accept-language": "en"})
        return mia.post(address, values, content_type="application/json", headers={"accept-language": "en"})

    return call


def test_the_api_reads_the_track(api, people):
    lead = due_step(people)
    told = api(f"/api/v1/leads/{lead.pk}/nurture/").json()
    assert (told["state"], told["phase"], told["name"]) == ("running", "gathering", "Problems and cases")
    assert [step["state"] for step in told["steps"]] == ["due", "planned", "planned", "planned"]
    assert [step["on"] for step in told["steps"]] == ["2026-11-23", "2026-12-07", "2026-12-28", "2027-01-27"]
    none = api(f"/api/v1/leads/{stories.lead().pk}/nurture/").json()
    assert (none["track"], none["state"], none["steps"]) == (None, None, [])
    assert api("/api/v1/leads/999999/nurture/").status_code == 404


def test_the_api_does_and_skips_steps(api, people):
    lead = due_step(people)
    done = api(f"/api/v1/leads/{lead.pk}/nurture/done/", {"step": 1, "note": "喜ばれた"})
    assert (done.status_code, done.json()["steps"][0]["state"]) == (200, "done")
    again = api(f"/api/v1/leads/{lead.pk}/nurture/done/", {"step": 1})
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    skipped = api(f"/api/v1/leads/{lead.pk}/nurture/skip/", {"step": 2}).json()
    assert [step["state"] for step in skipped["steps"]] == ["done", "skipped", "next", "planned"]
    assert api(f"/api/v1/leads/{lead.pk}/nurture/skip/", {"step": "x"}).status_code == 400
    NurtureRun.objects.filter(lead=lead).delete()
    Lead.objects.filter(pk=lead.pk).update(due_kind="resurface")
    assert api(f"/api/v1/leads/{lead.pk}/nurture/done/", {"step": 1}).status_code == 409


@pytest.mark.parametrize("outcome", ["done", "skip"])
def test_the_api_takes_no_step_that_is_not_named(api, people, outcome):
    """Sent twice, it would take the next one too."""
    lead = due_step(people)
    for _time in range(2):
        refused = api(f"/api/v1/leads/{lead.pk}/nurture/{outcome}/", {})
        assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, ["step"])
    steps = api(f"/api/v1/leads/{lead.pk}/nurture/").json()["steps"]
    assert [step["state"] for step in steps] == ["due", "planned", "planned", "planned"]


def test_the_api_filters_by_track(api, people):
    lead = resting(people, at=NOON)
    stories.lead()
    found = api(f"/api/v1/leads/?track={nurture.running(lead).track_id}").json()["results"]
    assert [one["id"] for one in found] == [str(lead.pk)]

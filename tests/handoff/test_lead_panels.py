"""What handing over adds to a lead's page, and the form that hands over."""

import re
from datetime import timedelta

import pytest

from feedback.services import feedback
from handoff.models import Gate, Handoff, RejectReason, StageEntry
from handoff.queries import steps as step_query
from handoff.services import contacts
from journal import clock
from scoring.services import presets
from tests import factories
from tests.cast import NOON
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


def get(client, user, address):
    client.force_login(user)
    return client.get(address)


def test_the_stepper_marks_past_now_and_ahead(client, small):
    handoff = stories.accepted(small, to=small.sato)

    answer = get(client, small.sato, f"/leads/{handoff.lead_id}/steps/")

    assert [item.state for item in answer.context["items"]] == ["past", "past", "past", "now", "", "", ""]


def test_a_stage_entered_again_tells_the_day_of_this_time(small):
    lead = fresh(stories.accepted(small, to=small.sato).lead)
    before = lead.stage_since - timedelta(days=200)
    StageEntry.objects.filter(lead=lead).update(at=before)

    steps = {step.stage: step for step in step_query.steps(lead, at=lead.stage_since + timedelta(days=3))}

    assert (steps["mql"].at, steps["sal"].at, steps["sal"].days) == (before, lead.stage_since, 3)


def test_what_is_missing_is_named_with_its_question(client):
    people = stories.mid()
    handoff = stories.accepted(people, to=people.isao)

    answer = get(client, people.isao, f"/leads/{handoff.lead_id}/need/")

    assert [lack.code for lack in answer.context["lacks"]] == ["need", "timeframe", "any", "decision_process"]
    assert get(client, people.isao, f"/leads/{handoff.lead_id}/actions/").context["is_blocked"]
    for lack in answer.context["lacks"]:
        assert str(lack.question) not in answer.content.decode(), "asked once, at the item below"


def test_whoever_an_answer_is_waited_for_is_led_to_it(client, small):
    handoff = stories.offered(small, to=small.sato)
    address = f"/leads/{handoff.lead_id}/actions/"

    asked = get(client, small.sato, address).content.decode()
    told = get(client, small.mia, address).content.decode()

    assert "回答する" in asked
    assert "佐藤 翔太の回答待ち" in told
    assert "回答する" not in told


def test_whoever_holds_a_lead_sets_its_next_step_and_reports_again_from_its_page(client, small):
    handoff = stories.accepted(small, to=small.sato)
    address = f"/leads/{handoff.lead_id}/actions/"
    plan, report = f"/gaps/next-action/{handoff.lead_id}/", f"/handoffs/{handoff.pk}/feedback/"
    before = get(client, small.sato, address).content.decode()
    contacts.contact(handoff=handoff, method="call", result="talked", by=small.sato, at=NOON)
    owed = get(client, small.sato, address).content.decode()
    feedback.give(handoff=handoff, result="opportunity", by=small.sato, at=NOON)

    text = get(client, small.sato, address).content.decode()

    assert plan not in before
    assert report not in before, "first the contact"
    assert plan not in owed, "the report comes first"
    assert report in owed
    assert plan in text
    assert report in text
    assert plan not in get(client, small.mia, address).content.decode()
    form = client.get(plan).content.decode()
    assert f'name="next" value="/leads/{handoff.lead_id}/"' in form
    client.force_login(small.sato)
    values = {"on": "2026-11-27", "kind": "call", "note": "見積もり", "next": f"/leads/{handoff.lead_id}/"}
    assert client.post(plan, values).url == f"/leads/{handoff.lead_id}/"
    assert fresh(handoff.lead).due_note == "call: 見積もり"


def test_the_lead_s_handoffs_are_listed(client, small):
    handoff = stories.offered(small, to=small.sato)
    stories.handoffs.reject(handoff=handoff, reason="not_now", by=small.sato, at=NOON, comment="来期")

    text = get(client, small.mia, f"/leads/{handoff.lead_id}/handoffs/").content.decode()

    assert "来期" in text
    assert "佐藤 翔太" in text


def test_handing_over_from_the_page(client, small):
    lead = stories.lead()
    address = f"/leads/{lead.pk}/offer/"
    assert get(client, small.mia, address).status_code == 200

    client.post(address, {"to": f"user-{small.otto.pk}", "note": "紹介です"})
    assert "大戸さんへ引き渡しました。" in client.get("/inbox/").content.decode()

    handoff = Handoff.objects.get()
    assert (handoff.assigned_to, handoff.note) == (small.otto, "紹介です")


def test_no_form_opens_for_a_lead_that_waits_for_an_answer(client, small):
    handoff = stories.offered(small, to=small.sato)

    answer = get(client, small.mia, f"/leads/{handoff.lead_id}/offer/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/leads/{handoff.lead_id}/"


def test_a_refusal_stands_on_the_form(client, small):
    Gate.objects.filter(kind="mql").update(
        mode="block", condition={"field": "company.employee_count", "op": "gte", "value": 50}
    )
    lead = stories.lead()
    client.force_login(small.mia)

    answer = client.post(f"/leads/{lead.pk}/offer/", {"to": f"user-{small.otto.pk}"})
    assert answer.status_code == 400
    assert answer.context["needs_reason"]
    assert f'href="/leads/{lead.pk}/edit/"' in answer.content.decode(), "the way to mend it stays"
    assert f'<option value="user-{small.otto.pk}" selected>' in answer.content.decode(), "so does who was chosen"

    client.post(f"/leads/{lead.pk}/offer/", {"to": "", "reason": "社長の紹介"})
    assert fresh(lead).stage == "mql"


def test_the_button_to_press_is_the_one_that_leads_on(client, small):
    lead = stories.lead()
    shut = (
        f'<a class="btn btn-primary" href="/leads/{lead.pk}/qualification/">',
        '<button class="btn btn-big" type="submit">',
    )

    for mode, is_shut in (("warn", False), ("block", True)):
        Gate.objects.filter(kind="mql").update(mode=mode, condition=None, required=[{"item": "need"}])
        text = get(client, small.mia, f"/leads/{lead.pk}/offer/").content.decode()
        assert [button in text for button in shut] == [is_shut, is_shut]
        assert text.count("btn-primary") == 1


def test_a_rep_has_no_such_form(client, small):
    assert get(client, small.sato, f"/leads/{stories.lead().pk}/offer/").status_code == 403


def test_ar_52_handing_over_all_at_once_is_refused_by_the_gate(client, small):
    Gate.objects.filter(kind="mql").update(
        mode="block", condition={"field": "company.employee_count", "op": "gte", "value": 50}
    )
    small_ones = [stories.lead() for _number in range(3)]
    large = stories.lead(company=factories.company(employee_count=80))
    client.force_login(small.mia)

    client.post("/leads/offer/", {"lead": [lead.pk for lead in [*small_ones, large]], "reason": "全部"})

    assert list(Handoff.objects.values_list("lead", flat=True)) == [large.pk]
    assert {fresh(lead).stage for lead in small_ones} == {"lead"}


def test_the_names_we_ship_are_english_in_the_english_workflow(client, small):
    presets.install(by=None, at=NOON)
    small.mia.language = "en"
    small.mia.save()

    text = get(client, small.mia, "/workflow/").content.decode()

    assert "Excel starter" in text
    assert "Hand over once the criteria are met" in text
    assert "スターター" not in text
    assert "基準に達したら" not in text


def test_ar_45_the_workflow_page_draws_the_live_settings(client, small):
    RejectReason.objects.filter(code="not_now").update(resurface_days=45, label_ja="来期以降")
    presets.install(by=None, at=NOON)

    answer = get(client, small.mia, "/workflow/")

    text = answer.content.decode()
    assert "来期以降" in text
    assert "45日後に再び候補" in text
    assert len(answer.context["reasons"]) == 8
    assert [len(lines) for _leg, lines in answer.context["speeds"]] == [3]
    assert answer.context["scoring"]


def test_the_workflow_leads_to_what_both_departments_agreed(client, small):
    assert 'href="/settings/agreement/"' in get(client, small.maki, "/workflow/").content.decode()


def test_the_questions_before_handing_on_are_those_of_the_items_named(client):
    people = stories.mid()
    lead = stories.accepted(people, to=people.isao).lead

    text = get(client, people.isao, f"/leads/{lead.pk}/offer/").content.decode()

    assert "必要性、導入時期、決裁の流れ" in text
    assert re.search(r"hf-questions.*?</ul>", text, re.S)[0].count("<li>") == 3


def test_a_criterion_that_no_question_meets_leads_to_the_lead_s_own_fields(client, small):
    Gate.objects.filter(kind="mql").update(
        mode="block", condition={"field": "company.employee_count", "op": "gte", "value": 50}, required=[]
    )
    lead = stories.lead()

    panel = get(client, small.mia, f"/leads/{lead.pk}/need/")
    form = get(client, small.mia, f"/leads/{lead.pk}/offer/")

    for page in (panel, form):
        text = page.content.decode()
        assert f'href="/leads/{lead.pk}/edit/"' in text
        assert "/qualification/" not in text
        assert "50" in text, "what is missing is said, not only that a criterion is not met"


def test_what_the_other_items_fill_is_neither_named_nor_counted_again(client):
    people = stories.mid()
    handoff = stories.accepted(people, to=people.isao)

    answer = get(client, people.isao, f"/leads/{handoff.lead_id}/need/")

    assert answer.context["names"] == "必要性、導入時期、決裁の流れ"
    assert len(answer.context["told"]) == 3


def test_the_last_receiver_is_not_told_of_a_handover(client, small):
    handoff = stories.accepted(small, to=small.sato)

    text = get(client, small.sato, f"/leads/{handoff.lead_id}/need/").content.decode()

    assert "商談化を報告する前に" in text
    assert "渡せます" not in text


def test_what_a_contact_is_told_with_stands_above_its_buttons(client, small):
    handoff = stories.accepted(small, to=small.sato)

    text = get(client, small.sato, f"/handoffs/{handoff.pk}/contact/").content.decode()

    order = ['name="method"', 'name="note"', 'value="no_answer"', 'value="talked"', 'name="appointment_at"']
    places = [text.index(part) for part in [*order, 'value="appointment"']]
    assert places == sorted(places)


def test_what_was_handed_over_from_the_list_comes_back_at_a_touch_while_unanswered(client, small):
    leads = [stories.lead() for _ in range(3)]
    client.force_login(small.mia)
    listed = client.post("/leads/offer/", {"lead": [lead.pk for lead in leads], "next": "/leads/"}, follow=True)
    undo = re.search(r"/leads/offer/(\d+)/undo/", listed.content.decode())[1]
    first = Handoff.objects.order_by("pk").first()
    stories.handoffs.accept(handoff=first, by=small.sato, at=NOON)
    client.force_login(small.sato)
    client.post(f"/leads/offer/{undo}/undo/")
    assert Handoff.objects.filter(state="withdrawn").count() == 0, "another's handoffs stay"
    client.force_login(small.mia)

    answer = client.post(f"/leads/offer/{undo}/undo/", {"next": "/leads/?stage=mql"}, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/leads/?stage=mql"
    assert "2件の引き渡しを取り下げました" in text
    assert "1件はすでに回答済み" in text
    assert sorted(Handoff.objects.values_list("state", flat=True)) == ["accepted", "withdrawn", "withdrawn"]
    assert client.post("/leads/offer/99999999999999999999999/undo/").status_code == 404


def test_a_second_undo_of_handing_over_calls_nothing_answered(client, small):
    client.force_login(small.mia)
    listed = client.post("/leads/offer/", {"lead": [stories.lead().pk], "next": "/leads/"}, follow=True)
    undo = re.search(r"/leads/offer/(\d+)/undo/", listed.content.decode())[0]
    client.post(undo)

    text = client.post(undo, follow=True).content.decode()

    assert "取り下げられる引き渡しはありません" in text
    assert "回答済み" not in text


def test_one_handover_from_the_lead_s_page_can_be_undone_too(client, small):
    lead = stories.lead()
    client.force_login(small.mia)
    page = client.post(f"/leads/{lead.pk}/offer/", {"to": f"user-{small.sato.pk}"}, follow=True).content.decode()
    assert "/undo/" in page


def given_back(people, *, reason="missing_information", comment=""):
    handoff = stories.offered(people, to=people.isao)
    stories.handoffs.reject(handoff=handoff, reason=reason, by=people.isao, at=NOON, comment=comment)
    return handoff


def test_a_lead_that_came_back_says_who_gave_it_back_why_and_what_to_do_by_when(client):
    people = stories.mid()
    handoff = given_back(people, comment="予算が<空>です")

    text = get(client, people.mia, f"/leads/{handoff.lead_id}/need/").content.decode()

    assert "井坂さんから差し戻し（今日 12:30）：情報が足りない" in text
    assert "「予算が&lt;空&gt;です」<br>足りない情報を聞き、11/24(火) 18:00までにもう一度引き渡してください。" in text
    assert f'class="btn btn-primary" href="/leads/{handoff.lead_id}/qualification/"' in text
    assert "btn-primary" not in get(client, people.mia, f"/leads/{handoff.lead_id}/actions/").content.decode()


def test_a_lead_given_back_for_its_contact_leads_to_who_is_asked_there(client):
    people = stories.mid()
    handoff = given_back(people, reason="wrong_contact")

    text = get(client, people.mia, f"/leads/{handoff.lead_id}/need/").content.decode()

    assert "正しい窓口を確かめ、" in text
    assert f'class="btn btn-primary" href="/leads/{handoff.lead_id}/edit/"' in text


def test_what_came_back_is_told_only_while_it_is_to_be_seen_to(client):
    people = stories.mid()
    handoff = given_back(people)
    stories.handoffs.offer(lead=fresh(handoff.lead), by=people.mia, at=NOON, to=people.isao)

    assert "差し戻し" not in get(client, people.mia, f"/leads/{handoff.lead_id}/need/").content.decode()
    answer = get(client, people.mia, f"/leads/{given_back(people, reason='not_now').lead_id}/need/")
    assert "差し戻し" not in answer.content.decode()

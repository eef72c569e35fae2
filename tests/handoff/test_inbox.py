"""The inbox, the handoff's page and its sheet as people press them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from handoff.models import Calendar, Handoff
from handoff.queries import calendars, gaps, inbox, today
from handoff.services import contacts, handoffs, sweeps
from handoff.services.offers import GateRefused
from handoff.web import cards, gap_sentences, sheet_words
from journal import clock
from leads.models import Company, Lead
from leads.services import activities
from tests.cast import NOON, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def small():
    return stories.small()


def page(client, user, address="/inbox/", **headers):
    client.force_login(user)
    return client.get(address, headers=headers)


def post(client, user, handoff, verb, **values):
    client.force_login(user)
    return client.post(f"/handoffs/{handoff.pk}/answer/{verb}/", values, follow=True)


def test_cards_stand_by_time_left_with_what_is_owed(client, small, django_assert_max_num_queries):
    urgent = stories.offered(small, to=small.sato, band="high")
    calm = stories.offered(small, to=small.sato, band="low")
    accepted = stories.accepted(small, to=small.sato, band="middle")

    with django_assert_max_num_queries(60):
        answer = page(client, small.sato)

    order = [answer.content.decode().index(f'id="handoff-{one.pk}"') for one in (urgent, accepted, calm)]
    assert order[0] < order[1]
    assert order[0] < order[2]
    assert [tab.number for tab in answer.context["tabs"]] == [3, 2, 1]
    assert page(client, small.sato, "/inbox/?kind=contact").content.count(b"hf-task-who") == 1


def test_a_late_card_names_who_was_told_once_they_were(client, small):
    handoff = stories.offered(small, to=small.sato)
    late = handoff.answer_due_at + timedelta(seconds=30)
    (card,) = inbox.cards(user=small.sato, at=late)
    assert (card.moves_at is not None, card.told) == (True, ())
    with clock.frozen(late):
        before = page(client, small.sato, "/inbox/?part=cards")
        assert small.maki.last_name not in before.content.decode()

        sweeps.sweep(at=late)

        after = page(client, small.sato, "/inbox/?part=cards", **{"If-None-Match": before["ETag"]})
        (card,) = inbox.cards(user=small.sato, at=late)
    assert (after.status_code, card.told) == (200, (small.maki.last_name,))
    assert small.maki.last_name in after.content.decode()


def test_a_late_card_says_on_which_day_it_moves_unless_that_is_today(client, small):
    friday = stories.offered(small, to=small.sato, at=tokyo("2026-11-20 17:40"))
    late = friday.answer_due_at + timedelta(seconds=30)
    (card,) = inbox.cards(user=small.sato, at=late)

    with clock.frozen(late):
        shown = page(client, small.sato).content.decode()

    assert card.moves_at == tokyo("2026-11-24 09:10")  # after a weekend and a holiday
    assert "11/24(火) 9:10に別の担当へ移ります" in shown


def test_late_cards_cost_as_much_however_many_there_are(small, django_assert_num_queries):
    late = stories.offered(small, to=small.sato).answer_due_at + timedelta(minutes=1)
    sweeps.sweep(at=late)
    inbox.cards(user=small.sato, at=late)  # the holidays are read once in all
    with CaptureQueriesContext(connection) as one:
        inbox.cards(user=small.sato, at=late)
    for _number in range(2):
        stories.offered(small, to=small.sato)
    sweeps.sweep(at=late)
    with django_assert_num_queries(len(one)):
        cards = inbox.cards(user=small.sato, at=late)
    assert [card.told for card in cards] == [(small.maki.last_name,)] * 3


def test_others_see_an_empty_inbox(client, small):
    stories.offered(small, to=small.sato)

    assert page(client, small.otto).content.count(b"hf-task-who") == 0


def test_nothing_new_is_a_304(client, small):
    stories.offered(small, to=small.sato)
    first = page(client, small.sato, "/inbox/?part=cards")

    again = page(client, small.sato, "/inbox/?part=cards", **{"If-None-Match": first["ETag"]})
    stories.offered(small, to=small.sato)
    newer = page(client, small.sato, "/inbox/?part=cards", **{"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, newer.status_code) == (200, 304, 200)


def test_accepting_is_one_press(client, small):
    handoff = stories.offered(small, to=small.sato)

    answer = post(client, small.sato, handoff, "accept")

    assert answer.redirect_chain[0][0] == "/inbox/"
    assert Handoff.objects.get().state == "accepted"


def test_who_is_second_reads_the_winner_s_name(client, small):
    small.sato.memberships.update(capacity=0)
    toda = stories.factories.person("toda", "戸田", "健", ["rep"], small.field)
    toda.memberships.update(capacity=0)
    handoff = stories.offered(small)
    post(client, toda, handoff, "accept")

    answer = post(client, small.sato, handoff, "accept")

    assert "戸田 健" in answer.content.decode()
    assert Handoff.objects.get().assigned_to == toda


def test_each_reason_says_what_follows_and_rejects_in_one_press(client, small):
    handoff = stories.offered(small, to=small.sato)

    text = page(client, small.sato).content.decode()
    assert text.count('class="hf-choice" type="submit" name="reason"') == 8
    answer = post(client, small.sato, handoff, "reject", reason="not_now")

    assert f"/handoffs/{handoff.pk}/#word" in answer.content.decode()
    assert Handoff.objects.get().reject_reason == "not_now"
    post(client, small.sato, handoff, "comment", comment="移転が未定")
    assert Handoff.objects.get().reject_comment == "移転が未定"


def test_a_contact_is_told_with_its_appointment(client, small):
    handoff = stories.accepted(small, to=small.sato)

    post(client, small.sato, handoff, "contact", method="call", result="appointment", appointment_at="2026-11-27T10:00")

    handoff.refresh_from_db()
    assert (handoff.contact_result, handoff.appointment_at) == ("appointment", tokyo("2026-11-27 10:00"))


@pytest.mark.parametrize("meeting", ["2026-11-19T18:00", "2026-11-20T12:30"])
def test_an_appointment_in_the_past_is_refused_beside_its_field_with_what_was_typed(client, small, meeting):
    handoff = stories.accepted(small, to=small.sato)
    told = {
        "method": "meeting",
        "result": "appointment",
        "appointment_at": meeting,
        "note": "棚卸の件",
        "next": "/today/",
    }

    answer = post(client, small.sato, handoff, "contact", **told)

    handoff.refresh_from_db()
    text = answer.content.decode()
    assert (answer.status_code, handoff.first_contact_at, handoff.appointment_at) == (400, None, None)
    field = re.search(r'<div class="hf-field"><label for="appointment-.*?</div></div>', text, re.S)[0]
    assert "連絡より後の日時を入れてください" in field
    assert 'min="2026-11-20T12:30"' in field
    for kept in (f'value="{meeting}"', 'value="棚卸の件"', 'value="meeting" checked', 'name="next" value="/today/"'):
        assert kept in text


def test_an_appointment_with_an_odd_offset_is_kept(client, small):
    handoff = stories.accepted(small, to=small.sato)

    post(
        client,
        small.sato,
        handoff,
        "contact",
        method="call",
        result="appointment",
        appointment_at="2026-11-24T17:00+16:00",
    )

    handoff.refresh_from_db()
    assert handoff.appointment_at == tokyo("2026-11-24 10:00")


@pytest.mark.parametrize("meeting", ["来週の火曜", "2026-13-40T10:00", "0001-01-01T00:00+16:00"])
def test_an_appointment_that_is_no_date_and_time_is_refused_and_nothing_is_recorded(client, small, meeting):
    handoff = stories.accepted(small, to=small.sato)

    answer = post(client, small.sato, handoff, "contact", method="call", result="appointment", appointment_at=meeting)

    handoff.refresh_from_db()
    assert (answer.status_code, handoff.first_contact_at, handoff.contact_result) == (400, None, "")
    assert "アポの日時が読み取れません" in answer.content.decode()


@pytest.mark.parametrize(("story", "receiver"), [(stories.small, "sato"), (stories.mid, "isao")])
def test_who_reached_nobody_records_the_next_call_from_the_card_and_the_handoffs_page(client, story, receiver):
    people = story()
    person = getattr(people, receiver)
    handoff = stories.accepted(people, to=person)
    contacts.contact(handoff=handoff, method="call", result="no_answer", by=person, at=NOON)
    sheet, post_to = f'data-opens="contact-{handoff.pk}"', f"/handoffs/{handoff.pk}/answer/contact/"
    due = stories.fresh(handoff.lead).due_at

    with clock.frozen(tokyo("2026-11-24 10:00")):
        for address in ("/inbox/", f"/handoffs/{handoff.pk}/"):
            text = page(client, person, address).content.decode()
            assert "11/20(金)に連絡、つながらず。" in text
            assert (text.count(sheet), text.count(post_to)) == (1, 1)
            assert "初回連絡になります" not in text
        post(client, person, handoff, "contact", method="call", result="talked")
        again = page(client, person).content.decode()

    handoff.refresh_from_db()
    assert (handoff.contact_result, handoff.first_contact_at) == ("talked", NOON)
    assert stories.fresh(handoff.lead).due_at == due
    assert "11/24(火)に会話。" in again


@pytest.mark.parametrize(
    ("result", "told"),
    [("no_answer", "11/20(金)にメール送信、返信待ち。"), ("talked", "11/20(金)のメールに返信あり。")],
)
def test_a_card_tells_an_email_as_one_and_not_as_a_call_that_nobody_answered(client, small, result, told):
    handoff = stories.accepted(small, to=small.sato)
    contacts.contact(handoff=handoff, method="mail", result=result, by=small.sato, at=NOON)

    text = page(client, small.sato).content.decode()

    assert told in text
    assert "つながらず" not in text
    assert "に会話" not in text


@pytest.mark.parametrize(
    ("language", "told"), [("ja", "「棚卸を半日で終える」で接点"), ("en", "Came via “棚卸を半日で終える”")]
)
def test_what_a_lead_came_through_stands_in_quotes_as_other_titles_do(client, small, language, told):
    User.objects.update(language=language)
    stories.offered(small, to=small.sato, channel="棚卸を半日で終える")

    assert told in page(client, small.sato).content.decode()


@pytest.mark.parametrize(
    ("language", "told", "missed"),
    [
        ("ja", "アポ取得 11/24(火) 10:00・来社希望", "出ない"),
        (
            "en",
            "Meeting booked Tue\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}Nov 10:00\N{NO-BREAK SPACE}· 来社希望",
            "No answer",
        ),
    ],
)
def test_the_appointment_that_inside_sales_made_travels_on_to_the_rep(client, language, told, missed):
    people = stories.mid()
    User.objects.update(language=language)
    first = stories.accepted(people, to=people.isao)
    contacts.contact(handoff=first, method="call", result="no_answer", by=people.isao, at=NOON)
    made = {"result": "appointment", "appointment_at": tokyo("2026-11-24 10:00"), "note": "来社希望"}
    contacts.contact(handoff=first, method="call", by=people.isao, at=NOON + timedelta(minutes=5), **made)
    lead = stories.qualified(stories.fresh(first.lead), by=people.isao, at=NOON + timedelta(minutes=9))

    handoff = handoffs.offer(lead=lead, by=people.isao, at=NOON + timedelta(minutes=10), to=people.sato)

    for address in (f"/handoffs/{handoff.pk}/", f"/handoffs/{handoff.pk}/sheet/"):
        text = page(client, people.sato, address).content.decode()
        assert told in text
        assert missed in text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ja", "11/24(火) 10:00のアポが取れています。"),
        ("en", "A meeting is booked for Tue\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}Nov 10:00."),
    ],
)
@pytest.mark.parametrize(("days", "stands"), [(0, True), (7, False)])
def test_the_sheet_advises_the_appointment_as_long_as_it_lies_ahead(client, language, told, days, stands):
    people = stories.mid()
    User.objects.update(language=language)
    first = stories.accepted(people, to=people.isao)
    made = {"result": "appointment", "appointment_at": tokyo("2026-11-24 10:00")}
    contacts.contact(handoff=first, method="call", by=people.isao, at=NOON, **made)
    at = NOON + timedelta(days=days, minutes=10)
    lead = stories.qualified(stories.fresh(first.lead), by=people.isao, at=at)

    handoff = handoffs.offer(lead=lead, by=people.isao, at=at, to=people.sato)

    text = page(client, people.sato, f"/handoffs/{handoff.pk}/sheet/").content.decode()
    assert (told in text) is stands


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({"result": "talked"}, "話せた・アポ 11/24(火) 10:00・来社希望"),
        ({}, "アポ 11/24(火) 10:00・来社希望"),
    ],
)
def test_an_appointment_told_beside_another_result_is_not_read_as_the_time_of_the_talk(client, metadata, told):
    people = stories.mid()
    first = stories.accepted(people, to=people.isao)
    made = metadata | {"appointment_at": "2026-11-24T10:00:00+09:00"}
    activities.record(
        lead=first.lead, type="call", occurred_at=NOON, by=people.isao, at=NOON, note="来社希望", metadata=made
    )
    at = NOON + timedelta(minutes=10)
    lead = stories.qualified(stories.fresh(first.lead), by=people.isao, at=at)

    handoff = handoffs.offer(lead=lead, by=people.isao, at=at, to=people.sato)

    assert f"<td>{told}" in page(client, people.sato, f"/handoffs/{handoff.pk}/sheet/").content.decode()


@pytest.mark.parametrize(("story", "receiver"), [(stories.small, "sato"), (stories.mid, "isao")])
def test_who_reached_nobody_calls_again_from_the_card_and_from_the_sheet(client, story, receiver):
    people = story()
    person = getattr(people, receiver)
    handoff = stories.accepted(people, to=person, phone="0268-00-5678")
    call = f'href="tel:{handoff.lead.phone.replace("-", "")}"'
    texts = [page(client, person).content.decode()]
    contacts.contact(handoff=handoff, method="call", result="no_answer", by=person, at=NOON)

    addresses = ("/inbox/", f"/handoffs/{handoff.pk}/", f"/handoffs/{handoff.pk}/sheet/")
    texts += [page(client, person, address).content.decode() for address in addresses]

    assert [text.count(call) for text in texts] == [1, 1, 1, 1]


def test_a_contact_told_on_the_handoffs_page_stays_with_that_lead(client, small):
    handoff = stories.accepted(small, to=small.sato)
    address = f"/handoffs/{handoff.pk}/"
    form = re.search(r'<form class="hf-contact".*?</form>', page(client, small.sato, address).content.decode(), re.S)
    [place] = re.findall(r'name="next" value="([^"]+)"', form[0])

    answer = post(client, small.sato, handoff, "contact", method="call", result="talked", next=place)

    assert answer.redirect_chain == [(address, 302)]


def test_a_result_told_from_the_inbox_leads_back_to_it(client, small):
    handoff = stories.accepted(small, to=small.sato)
    contacts.contact(handoff=handoff, method="call", result="talked", by=small.sato, at=NOON)
    [address] = re.findall(r'href="(/handoffs/\d+/feedback/[^"]*)"', page(client, small.sato).content.decode())

    assert address == f"/handoffs/{handoff.pk}/feedback/?next=/inbox/"
    assert client.post(address, {"result": "lost", "reason": "budget"}).headers["Location"] == "/inbox/"


def test_a_deadline_at_the_end_of_a_day_open_until_midnight_is_written_24_00(client, small):
    Calendar.objects.create(
        name="夜まで", weekly={str(day): [["09:00", "24:00"]] for day in range(7)}, team=small.field
    )
    with clock.frozen(tokyo("2026-11-20 23:45")):
        handoff = stories.offered(small, to=small.sato, at=clock.now(), band="high")

        text = page(client, small.sato).content.decode()

    assert handoff.answer_due_at == tokyo("2026-11-21 00:00")
    assert "回答期限 24:00" in text


@pytest.mark.parametrize(
    ("numbers", "method"),
    [
        ({}, "call"),
        ({"phone": ""}, "mail"),
        ({"phone": "", "email": ""}, "call"),
        ({"phone": "", "mobile": "090"}, "call"),
    ],
)
def test_a_contact_begins_as_a_mail_where_there_is_no_number_to_call(client, small, numbers, method):
    handoff = stories.accepted(small, to=small.sato)
    Lead.objects.filter(pk=handoff.lead_id).update(
        **{"phone": "03-1234-5678", "email": "a@b.example", "mobile": ""} | numbers
    )

    for address in ("/inbox/", f"/handoffs/{handoff.pk}/", f"/handoffs/{handoff.pk}/contact/"):
        text = page(client, small.sato, address).content.decode()
        assert re.findall(r'name="method" value="(\w+)" checked', text) == [method]


def test_what_one_may_not_see_is_not_there(client, small):
    handoff = stories.offered(small, to=small.sato)

    for address in (f"/handoffs/{handoff.pk}/", f"/handoffs/{handoff.pk}/sheet/"):
        assert page(client, small.otto, address).status_code == 404
        assert page(client, small.sato, address).status_code == 200
    assert post(client, small.otto, handoff, "accept").status_code == 404
    assert Handoff.objects.get().state == "offered"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_ar_31_the_sheet_is_one_page_in_both_languages(client, small, language):
    lead = stories.qualified(stories.lead(), by=small.isao, at=NOON)
    handoff = stories.handoffs.offer(lead=lead, by=small.mia, at=NOON, note="棚卸に月40時間")
    client.cookies["handoff_language"] = language

    text = page(client, small.sato, f"/handoffs/{handoff.pk}/sheet/").content.decode()

    assert "hf-paper" in text
    for known in (lead.name, "棚卸に月40時間", *stories.ANSWERS.values()):
        assert known in text


def test_the_same_act_of_a_day_is_one_line_of_the_sheet(client, small):
    lead = stories.lead()
    for moment in ("2026-11-18 08:00", "2026-11-19 08:00", "2026-11-19 09:00"):
        activities.record(lead=lead, type="site_visit", occurred_at=tokyo(moment), by=None, at=NOON)
    handoff = stories.handoffs.offer(lead=stories.fresh(lead), by=small.mia, at=NOON, to=small.sato)

    text = page(client, small.sato, f"/handoffs/{handoff.pk}/sheet/").content.decode()

    assert text.count("サイト訪問（2回）") == 1
    assert text.count("<td>サイト訪問</td>") == 1


def test_briefed_in_person_is_ticked_with_a_time(client, small):
    handoff = stories.offered(small, to=small.sato)

    post(client, small.mia, handoff, "briefed")

    assert Handoff.objects.get().briefed_in_person_at == NOON


@pytest.mark.parametrize("path", ["reject", "contact"])
def test_every_sheet_is_a_page_as_well(client, small, path):
    handoff = stories.accepted(small, to=small.sato)

    assert page(client, small.sato, f"/handoffs/{handoff.pk}/{path}/").status_code == 200


def test_only_the_receiver_is_asked_for_the_answer(client, small):
    handoff = stories.offered(small, to=small.sato)
    small.otto.memberships.create(team=small.field)
    accept = reverse("handoff-answer", args=[handoff.pk, "accept"])

    asked = page(client, small.sato, f"/handoffs/{handoff.pk}/").content.decode()
    watched = page(client, small.maki, f"/handoffs/{handoff.pk}/").content.decode()

    assert accept in asked
    assert accept not in watched, "a button that would be refused"
    assert "#reassign" not in asked
    assert 'href="#reassign"' in watched
    assert 'id="reassign"' in watched
    assert "hf-task-clock" in watched


def test_who_may_not_act_on_a_handoff_hears_403(client, small):
    handoff = stories.offered(small, to=small.sato)
    client.force_login(small.mia)
    assert client.post(reverse("handoff-answer", args=[handoff.pk, "accept"])).status_code == 403
    assert Handoff.objects.get().state == "offered"


def test_a_refused_handover_is_due_on_the_card_as_on_today_and_the_gap_board(client):
    people = stories.mid()
    handoff = stories.accepted(people, to=people.isao)
    contacts.contact(handoff=handoff, method="call", result="talked", by=people.isao, at=NOON)
    with pytest.raises(GateRefused):
        handoffs.offer(lead=stories.fresh(handoff.lead), by=people.isao, at=NOON)
    due_at = stories.fresh(handoff.lead).due_at
    late = due_at + timedelta(days=6)
    people.isao.refresh_from_db()

    (card,) = inbox.cards(user=people.isao, at=late)
    (timed,) = today.first_things(user=people.isao, at=late, whole_team=False)
    (gap,) = gaps.board(user=people.isao, at=late, kind="no_next_action").rows

    assert stories.fresh(handoff.lead).due_kind == "hearing"
    assert (card.due_at, timed.face.due_at, gap.due_at) == (due_at, due_at, due_at)
    assert card.face.total > 0
    days = gap_sentences.stuck(due_at, at=late, calendar=calendars.default()).days
    assert {-face.remaining // face.day_minutes for face in (card.face, timed.face)} == {days}


@pytest.mark.parametrize(
    ("language", "most", "about"),
    [
        ("ja", 320, "東浜精工株式会社・製造業 320名"),
        ("en", 320, "東浜精工株式会社\N{NO-BREAK SPACE}· 製造業, 320 people"),
        ("ja", 500, "東浜精工株式会社・製造業 320–500名"),
        ("en", None, "東浜精工株式会社\N{NO-BREAK SPACE}· 製造業, 320 people or more"),
    ],
)
def test_a_card_says_what_company_it_is(language, most, about):
    company = Company(name="東浜精工株式会社", industry="製造業", employee_count=320, employee_count_max=most)
    with translation.override(language):
        assert cards.about(Lead(company=company)) == about


@pytest.mark.parametrize(
    ("language", "stored", "said"),
    [
        ("ja", "静岡県浜松市", "静岡県浜松市"),
        ("en", "静岡県浜松市", "浜松市, Shizuoka"),
        ("en", "静岡県", "Shizuoka"),
        ("en", "Hong Kong", "Hong Kong"),
        ("en", "", ""),
    ],
)
def test_a_sheet_writes_the_prefecture_as_its_reader_does(language, stored, said):
    with translation.override(language):
        assert sheet_words.about({"place": stored}) == said

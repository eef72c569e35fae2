"""The list and one lead's page."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from journal import clock
from leads.models import Activity, ActivityType, CustomField, DuplicatePair, Lead, LeadScore, LeadTag, Segment
from leads.queries.keyset import Cursor
from leads.services import activities, segments, tags
from leads.web import list_columns, saved_lists
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LIST = "/leads/"


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def page(client, cast):
    """The browser of Mia, in English, so that texts stand still."""
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    return client


def text_of(response):
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def score(lead, total, band="middle"):
    LeadScore.objects.create(lead=lead, total=total, band=band, as_of=NOON.date(), computed_at=NOON)


def names(response):
    return re.findall(r"<b>(中村 健\d+|杉本 \w+)</b>", text_of(response))


def test_the_empty_list_offers_the_next_step(page):
    assert "No leads yet" in text_of(page.get(LIST))


def test_nothing_found_offers_all_leads(page, lead):
    assert "No leads match these filters" in text_of(page.get(f"{LIST}?stage=won"))


def test_nothing_found_says_what_the_search_covers(page, lead):
    body = text_of(page.get(f"{LIST}?q=部長"))
    assert "The search covers names, companies, email addresses and phone numbers." in body
    assert "The search covers" not in text_of(page.get(f"{LIST}?stage=won"))


@pytest.mark.parametrize("is_backward", [True, False])
def test_a_page_whose_leads_are_gone_leads_to_the_first(page, lead, is_backward):
    cursor = Cursor("id", is_backward, lead.pk, lead.pk).encode()
    answer = page.get(f"{LIST}?stage=lead&ordering=id&cursor={cursor}&from=51")
    assert answer.status_code == 302
    assert answer.url == f"{LIST}?stage=lead&ordering=id"


def test_filters_read_as_a_sentence(page, lead):
    body = text_of(page.get(f"{LIST}?stage=lead,mal&band=high&q=x"))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
    assert "in stage" in words
    assert "Lead or MAL" in words


@pytest.mark.parametrize(
    "query", ["stage=boss", "ordering=password", "cursor=abc", "score_min=x", "q=%00", "from=x&cursor=%F0"]
)
def test_a_faulty_address_is_told_not_a_500(page, lead, query):
    assert page.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("condition", ["{", '{"field":"custom.gone","op":"known"}'])
def test_export_of_a_faulty_condition_goes_back_to_the_list_that_tells_it(page, lead, condition):
    for send in (page.get, page.post):
        answer = send(f"{reverse('leads-export')}?{urlencode({'condition': condition})}", follow=True)
        assert answer.request["PATH_INFO"] == LIST
        assert "Show all leads" in text_of(answer)


def test_pages_go_forth_and_back(page):
    for number in range(53):
        lead = factories.lead()
        if number % 2:
            score(lead, number)
    first = page.get(LIST)
    following = re.search(r'rel="next" href="([^"]+)"', text_of(first)).group(1).replace("&amp;", "&")
    second = page.get(LIST + following)
    assert (len(names(first)), len(names(second))) == (50, 3)
    assert "51–53" in text_of(second)
    back = re.search(r'rel="prev" href="([^"]+)"', text_of(second)).group(1).replace("&amp;", "&")
    assert names(page.get(LIST + back)) == names(first)


def test_the_list_takes_a_constant_number_of_queries(page, cast, django_assert_max_num_queries):
    for _ in range(10):
        lead = factories.lead(company={"name": "東浜精工"}, channel="展示会")
        activities.record(lead=lead, type="document_download", content="事例", occurred_at=NOON, by=None, at=NOON)
        score(lead, 5)
    page.get(LIST)
    with django_assert_max_num_queries(23):
        assert len(names(page.get(LIST))) == 10


def test_ar_12_the_list_shows_who_handled_which_lead_how_far(page, cast):
    lead = factories.lead(company={"name": "東浜精工"}, channel="展示会", mobile="090-1234-5678")
    Lead.objects.filter(pk=lead.pk).update(owner=cast.isao)
    activities.record(lead=lead, type="call", occurred_at=NOON - timedelta(days=3), by=cast.isao, at=NOON)
    activities.record(lead=lead, type="business_card", occurred_at=NOON, by=cast.isao, at=NOON)

    body = text_of(page.get(LIST))
    for expected in ("東浜精工", lead.name, "展示会", "3 days ago", "Business card exchanged", "井坂 勲", "Lead"):
        assert expected in body, expected


@pytest.mark.parametrize(
    ("days", "age"), [(None, "none"), (0, "week"), (7, "week"), (8, "month"), (30, "month"), (31, "old")]
)
def test_ar_55_last_contact_is_marked_by_age(page, cast, lead, days, age):
    if days is not None:
        at = NOON - timedelta(days=days)
        activities.record(lead=lead, type="call", occurred_at=at, by=cast.isao, at=NOON)
    assert f'data-age="{age}"' in text_of(page.get(LIST))


def test_box_of_a_nameless_lead_says_what_it_selects(page):
    factories.lead(last_name="", first_name="", email="a@example.jp")
    assert 'aria-label="Select (no name)"' in text_of(page.get(LIST))


def test_columns_are_chosen(page, lead):
    page.post("/leads/columns/", {"column": ["score", "acquired"], "next": LIST})
    body = text_of(page.get(LIST))
    assert 'class="c-acquired' in body
    # On a phone, where there is no head, the cell tells what it is.
    assert 'data-label="Acquired"' in body
    assert 'class="c-channel' not in body
    assert page.post("/leads/columns/", {"next": "https://evil.example/"})["Location"] == LIST


def test_every_column_is_drawn(page, cast):
    lead = factories.lead(by=cast.mia)
    where = {"prefecture": "愛知県", "address": "名古屋市中区1-2-3", "phone": "052-555-6666"}
    about = {"url": "https://higashihama.example", "corporate_number": "1010001000001"}
    company = factories.company("東浜精工", industry="製造業", employee_count=120, **where, **about)
    CustomField.objects.create(key="size", label="Size", kind="number")
    Lead.objects.filter(pk=lead.pk).update(
        email="emma@example.com",
        phone="03-1111-2222",
        mobile="090-3333-4444",
        seniority="director",
        company=company,
        channel=factories.channel("展示会"),
        owner=cast.sato,
        stage="sal",
        due_at=NOON,
        due_kind="contact",
        stage_since=NOON - timedelta(days=3),
        custom={"size": 7},
    )
    LeadTag.objects.create(lead=lead, tag=tags.named("<em>見学", at=NOON), added_at=NOON)
    activities.record(lead=lead, type="webinar_attended", occurred_at=NOON, by=cast.isao, at=NOON)
    score(lead, 42, "high")
    page.post("/leads/columns/", {"column": [column.name for column in list_columns.offered()], "next": LIST})
    row = re.search(r"<tr data-pk.*?</tr>", text_of(page.get(LIST)), re.S)[0]
    cells = dict(re.findall(r'<td class="(c-\w+)[^>]*>(.*?)</td>', row, re.S))
    told = {name: html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for name, cell in cells.items()}
    assert told.pop("c-who").startswith("東浜精工")
    assert told == {
        "c-check": "",
        "c-score": "42High",
        "c-stage": "SAL 3 days",
        "c-touch": "Not contacted",
        "c-act": "Webinar attendedToday 12:30",
        "c-channel": "展示会",
        "c-due": "First contactToday 12:30",
        "c-industry": "製造業",
        "c-employees": "120–320",
        "c-prefecture": "Aichi",
        "c-campaign": "",
        "c-email": "emma@example.com",
        "c-phone": "03-1111-2222",
        "c-mobile": "090-3333-4444",
        "c-seniority": "Director (department)",
        "c-address": "名古屋市中区1-2-3",
        "c-switchboard": "052-555-6666",
        "c-website": "https://higashihama.example",
        "c-number": "1010001000001",
        "c-acquired": "Today",
        "c-tags": "<em>見学",
        "c-owner": "佐藤 翔太",
        "c-own": "7",
    }


@pytest.mark.parametrize(
    ("low", "high", "told"), [(1200, 1200, "1,200"), (101, 300, "101–300"), (50, None, "50+"), (None, None, "–")]
)
def test_a_range_of_employees_is_drawn_as_one(page, cast, low, high, told):
    company = factories.company("東浜精工", employee_count=low, employee_count_max=high)
    factories.lead(by=cast.mia, company=company)
    page.post("/leads/columns/", {"column": ["employees"], "next": LIST})
    cell = re.search(r'<td class="c-employees[^>]*>(.*?)</td>', text_of(page.get(LIST)))[1]
    assert cell == told


def test_not_signed_in_goes_to_the_login(client, lead):
    for url in (
        LIST,
        "/leads/new/",
        f"/leads/{lead.pk}/",
        f"/leads/{lead.pk}/edit/",
        f"/leads/{lead.pk}/qualification/",
    ):
        assert client.get(url).status_code == 302


def test_not_visible_is_404_everywhere(client, cast, lead):
    factories.organization(reps_see_own_team_only=True)
    client.force_login(cast.otto)
    for tail in ("", "edit/", "qualification/", "qualification/need/", "timeline/", "activities/new/"):
        assert client.get(f"/leads/{lead.pk}/{tail}").status_code == 404
    assert client.post(f"/leads/{lead.pk}/do-not-contact/").status_code == 404
    assert client.get("/leads/99999999999999999999999999/").status_code == 404


def test_the_lead_page_shows_what_is_known_and_asks_for_the_rest(page, cast, lead):
    activities.record(lead=lead, type="page_view", occurred_at=NOON, by=None, at=NOON, url="https://x.example/price")
    page.post(f"/leads/{lead.pk}/qualification/", {"need": "在庫の見える化", "temperature": "4"})

    body = text_of(page.get(f"/leads/{lead.pk}/"))
    for expected in (
        "東浜精工株式会社",
        "生産管理部 部長",
        "在庫の見える化",
        "4 of 5",
        "Who makes the decision?",
        "https://x.example/price",
    ):
        assert expected in body, expected


def test_the_lead_page_takes_a_bounded_number_of_queries(page, lead, django_assert_max_num_queries):
    for number in range(12):
        factories.lead(company=lead.company)
        activities.record(lead=lead, type="page_view", occurred_at=NOON, by=None, at=NOON, content=f"頁{number}")
    page.get(f"/leads/{lead.pk}/")
    with django_assert_max_num_queries(29):
        page.get(f"/leads/{lead.pk}/")


def test_one_value_is_edited_in_place(page, cast, lead):
    url = f"/leads/{lead.pk}/qualification/need/"
    head = {"HX-Request": "true"}
    assert 'name="need"' in text_of(page.get(url, headers=head))
    saved = page.post(url, {"need": "在庫の見える化"}, headers=head)
    assert "在庫の見える化" in text_of(saved)
    assert saved["HX-Trigger"] == "hf:qualified"
    lead.refresh_from_db()
    assert lead.qualification.need == "在庫の見える化"
    assert lead.qualification.updated_by == cast.mia
    assert page.get(f"/leads/{lead.pk}/qualification/stage/", headers=head).status_code == 404


def test_a_second_press_records_one_activity(page, lead):
    form = {"type": "call", "note": "4月稼働が希望", "event_id": "abc"}
    for _ in range(2):
        assert page.post(f"/leads/{lead.pk}/activities/new/", form).status_code == 302
    activity = Activity.objects.get()
    assert (activity.type, activity.note, activity.occurred_at) == ("call", "4月稼働が希望", NOON)
    assert "4月稼働が希望" in text_of(page.get(f"/leads/{lead.pk}/"))


def test_a_future_activity_is_told_beside_the_field(page, lead):
    answer = page.post(f"/leads/{lead.pk}/activities/new/", {"type": "call", "occurred_at": "2026-12-01T10:00"})
    assert answer.status_code == 400
    assert "This time is in the future. Enter when it happened." in answer.content.decode()


def test_a_new_lead_by_hand(page, cast):
    form = {
        "last_name": "中村",
        "company_name": "東浜精工",
        "employees": "101〜300名",
        "email": "n@x.example",
        "channel": "展示会",
    }
    answer = page.post("/leads/new/", form)
    lead = Lead.objects.get()
    assert answer["Location"] == f"/leads/{lead.pk}/"
    assert (lead.company.employee_count, lead.company.employee_count_max, lead.channel.name) == (101, 300, "展示会")


def test_a_known_person_is_named_with_the_way_there(page, lead):
    answer = page.post("/leads/new/", {"last_name": "別人", "email": lead.email})
    assert answer.status_code == 400
    assert f'href="/leads/{lead.pk}/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"last_name": "x" * 81}, "last_name"),
        ({"email": "no"}, "email"),
        ({"employees": "many", "last_name": "x"}, "employees"),
        ({}, "last_name"),
    ],
)
def test_errors_stand_beside_their_fields(page, form, field):
    answer = page.post("/leads/new/", form)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_editing_changes_only_what_was_touched_and_refuses_a_stale_form(page, lead):
    url = f"/leads/{lead.pk}/edit/"
    form = {name: value for name, value in page.get(url).context["form"].initial.items() if value}
    assert page.post(url, form | {"title": "取締役"}).status_code == 302
    lead.refresh_from_db()
    assert (lead.title, lead.seniority, lead.version) == ("取締役", "executive", 2)
    stale = page.post(url, form | {"title": "主任"})
    assert stale.status_code == 400
    assert "Someone else has changed this" in stale.content.decode()


def test_opting_out_by_button(page, lead):
    assert page.post(f"/leads/{lead.pk}/opted-out/").status_code == 302
    lead.refresh_from_db()
    assert lead.opted_out
    assert "Unsubscribed from email" in text_of(page.get(f"/leads/{lead.pk}/"))


def test_colleagues_hidden_from_a_rep_are_counted_by_team(client, cast, lead):
    mate = factories.lead(company=lead.company, last_name="杉本", first_name="玲奈")
    Lead.objects.filter(pk=lead.pk).update(team=cast.field)
    Lead.objects.filter(pk=mate.pk).update(team=cast.other_field)
    factories.organization(reps_see_own_team_only=True)
    client.force_login(cast.sato)
    body = text_of(client.get(f"/leads/{lead.pk}/"))
    assert "杉本" not in body
    assert "営業2部" in body


def test_a_probable_duplicate_is_said(page, lead):
    other = factories.lead(company=lead.company, last_name="中村", first_name="K")
    DuplicatePair.objects.create(a=lead, b=other, created_at=NOON)
    assert "Possible duplicates" in text_of(page.get(f"/leads/{lead.pk}/"))


def test_older_entries_are_loaded(page, lead):
    for number in range(30):
        moment, note = NOON - timedelta(minutes=number), f"page {number}"
        activities.record(lead=lead, type="page_view", occurred_at=moment, note=note, by=None, at=NOON)
    body = text_of(page.get(f"/leads/{lead.pk}/"))
    link = re.search(r'hx-get="([^"]+before=[^"]+)"', body).group(1).replace("&amp;", "&")
    more = page.get(link, headers={"HX-Request": "true"})
    assert text_of(more).count("<li") == 12


def test_texts_in_a_lead_are_never_markup(page):
    hostile = "<script>alert(1)</script>"
    lead = factories.lead(
        last_name=hostile, title=hostile, company={"name": hostile}, qualification={"need": hostile}, channel=hostile
    )
    activities.record(lead=lead, type="note", note=hostile, occurred_at=NOON, by=None, at=NOON, content=hostile)
    for url in (
        LIST,
        f"/leads/{lead.pk}/",
        f"/leads/{lead.pk}/edit/",
        f"/leads/{lead.pk}/qualification/",
        f"{LIST}?q={hostile}",
    ):
        assert hostile not in text_of(page.get(url))


@pytest.mark.parametrize("tail", ["", "edit/", "qualification/", "activities/new/"])
def test_pages_speak_japanese(page, lead, tail):
    page.cookies["handoff_language"] = "ja"
    body = text_of(page.get(f"/leads/{lead.pk}/{tail}"))
    assert '<html lang="ja"' in body


def test_a_saved_list_is_offered_for_saving_only_once_it_was_changed(page, cast, client):
    row = segments.save(
        values={
            "name": "Mine",
            "filters": {"stage": "lead"},
            "condition": {"field": "title", "op": "eq", "value": "部長"},
            "is_shared": True,
        },
        by=cast.mia,
        at=NOON,
    )
    there = saved_lists.address(row)
    client.cookies["handoff_language"] = "en"

    def offered(who, address):
        client.force_login(who)
        body = text_of(client.get(address))
        return [word for word in ("Save list", "Edit list") if word in body]

    assert offered(cast.mia, there) == ["Edit list"]
    assert offered(cast.isao, there) == []
    assert offered(cast.isao, there.replace("stage=lead", "stage=mal")) == ["Save list"]
    assert offered(cast.mia, f"{there}&ordering=-acquired_at") == ["Save list"]


def test_a_list_is_saved_under_a_name_and_opened_by_its_tab(page, cast, client):
    factories.lead(company=factories.company(), title="部長")
    condition = '{"field":"title","op":"eq","value":"部長"}'
    query = {"stage": "lead,mal", "condition": condition, "ordering": "-acquired_at"}
    form = text_of(page.get("/leads/save/", query))
    assert "Save list" in form

    posted = {"name": "部長だけ", "is_shared": "on", "query": re.search(r'name="query" value="([^"]*)"', form).group(1)}
    posted["query"] = html.unescape(posted["query"])
    there = page.post("/leads/save/", posted, follow=True)

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(there)))
    assert "部長だけ" in words
    assert "in stage" in words
    assert "Job title is 部長" in words
    segment = Segment.objects.get()
    assert (segment.filters, segment.ordering, segment.is_shared) == ({"stage": "lead,mal"}, "-acquired_at", True)
    client.force_login(cast.sato)
    assert "部長だけ" in text_of(client.get(LIST))
    assert client.post(f"/leads/lists/{segment.pk}/delete/").status_code == 403


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": "田中"}, "検索語が「 田中 」のリード"),
        ({"condition": '{"field":"title","op":"known","value":true}'}, "条件が「 役職が分かっている 」のリード"),
    ],
)
def test_the_filters_read_as_one_japanese_sentence(page, query, sentence):
    page.cookies["handoff_language"] = "ja"
    drop = re.search(r'<span class="hf-sentence-words">(.*?)<b ', text_of(page.get(LIST, query)), re.S).group(1)
    summaries = re.sub(r"<details.*?<summary[^>]*>(.*?)</summary>.*?</details>", r" \1 ", drop, flags=re.S)

    assert re.sub(r"<[^>]+>", " ", summaries).strip() == sentence


def test_the_list_and_the_chosen_are_exported_as_shown(page):
    chosen, other = factories.lead(company=factories.company()), factories.lead()
    assert "2 leads will be exported" in text_of(page.get("/leads/export/"))
    asked = page.post("/leads/export/", {"lead": [chosen.pk], "next": "/leads/"})
    assert "1 lead will be exported" in text_of(asked)
    given = {"lead": [chosen.pk], "layout": "everything", "file_format": "csv"}
    sent = page.post("/leads/export/", given)
    body = b"".join(sent.streaming_content).decode("utf-8-sig")
    assert chosen.email in body
    assert other.email not in body
    assert sent["Content-Disposition"].startswith("attachment")


def test_what_is_heard_of_a_lead_is_recorded_in_two_clicks(page, lead):
    text = text_of(page.get(reverse("lead", args=[lead.pk])))
    sheet = text[text.index('id="log-learned"') :]
    offered = re.findall(r'<button class="btn" type="submit" name="type" value="([a-z_]+)"', sheet)
    assert offered == [
        "document_download",
        "webinar_attended",
        "event_attended",
        "demo_request",
        "business_card",
        "other",
    ]
    event_id = re.search(r'name="event_id" value="([^"]+)"', sheet).group(1)
    for kind in ("webinar_attended", "webinar_attended", "event_attended"):
        page.post(
            reverse("lead-activity", args=[lead.pk]), {"type": kind, "event_id": event_id, "note": "電話で聞いた"}
        )
    assert sorted(lead.activities.values_list("type", flat=True)) == ["event_attended", "webinar_attended"]
    lead.refresh_from_db()
    assert lead.last_activity_at
    assert lead.last_contact_at is None


def test_what_a_lead_saw_is_recorded_by_its_name(page, lead):
    address = reverse("lead-activity", args=[lead.pk])
    page.post(address, {"type": "webinar_attended", "event_id": "x", "content": "棚卸を半日で終える"})
    assert lead.activities.get().content.title == "棚卸を半日で終える"
    for shown in (address, reverse("lead", args=[lead.pk])):
        assert list(page.get(shown).context["known_contents"]) == ["棚卸を半日で終える"]


def test_what_only_a_machine_sees_is_not_recorded_by_hand(page, lead):
    answer = page.post(reverse("lead-activity", args=[lead.pk]), {"type": "email_open", "event_id": "x"})
    assert answer.status_code == 400
    assert not lead.activities.exists()


def test_a_kind_of_ones_own_is_recorded_by_hand_unless_it_says_otherwise(page, lead):
    ActivityType.objects.create(code="showroom", label_ja="ショールーム来場", label_en="Showroom visit")
    ActivityType.objects.create(code="beacon", label_ja="ビーコン", label_en="Beacon", is_by_hand=False)
    text = text_of(page.get(reverse("lead-activity", args=[lead.pk])))
    assert "Showroom visit" in text
    assert "Beacon" not in text


def test_a_note_says_something(client, cast):
    lead = factories.lead()
    client.force_login(cast.mia)
    answer = client.post(reverse("lead-activity", args=[lead.pk]), {"type": "note", "note": "  "})
    assert answer.status_code == 400
    assert "メモを書いてください" in answer.content.decode()
    assert not lead.activities.exists()


def test_the_field_of_an_industry_suggests_those_there_are(client, cast):
    for number, industry in enumerate(("食品", "製造業", "製造業", "<b>")):
        factories.lead(company=factories.company(f"東浜{number}", industry=industry))
    factories.company("誰もいない会社", industry="農業")
    client.force_login(cast.mia)
    address = reverse("lead-industries")
    assert address in client.get(reverse("leads")).content.decode()

    text = client.get(address).content.decode()

    assert text.count("<option") == 3
    assert 'value="製造業"' in text
    assert "農業" not in text
    assert "<b>" not in text


def test_industries_are_those_of_leads_one_sees(client, cast):
    factories.organization(reps_see_own_team_only=True)
    factories.lead(company=factories.company("東浜", industry="食品"))
    client.force_login(cast.otto)
    assert client.get(reverse("lead-industries")).content == b""

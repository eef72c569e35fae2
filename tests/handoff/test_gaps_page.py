"""The page of the gap board in both languages, its proof when empty, its sheet."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import Organization
from handoff.models import Batch, BatchLead, Episode
from journal import clock
from leads.models import Company, ImportRow, ImportRun, ScoreDue
from tests.cast import NOON, organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
AT = tokyo("2026-11-20 14:32")


@pytest.fixture
def look(client, cast):
    """Opens a page of the board as somebody, in a language, at a fixed moment."""

    def open_page(user=None, url="/gaps/", language="ja", **query):
        user = user or cast.mia
        user.language = language
        user.save(update_fields=["language"])
        client.force_login(user)
        with clock.frozen(AT), translation.override(language):
            return client.get(url, query, headers={"accept-language": language})

    return open_page


def company(name):
    return Company.objects.create(name=name, name_key=name, created_at=AT, updated_at=AT)


@pytest.fixture
def late(cast):
    """Sato has not contacted a lead whose time was over yesterday."""
    lead = rows.lead(
        NOON - timedelta(days=5),
        last_name="宮下",
        first_name="健",
        company=company("信濃野プレシジョン株式会社"),
        stage="sal",
        owner=cast.sato,
        team=cast.field,
        due_kind="contact",
        due_at=tokyo("2026-11-17 16:00"),
    )
    handoff = rows.offered(cast, tokyo("2026-11-17 10:00"), to=cast.sato, lead_row=lead)
    handoff.state, handoff.answered_at = "accepted", tokyo("2026-11-17 10:40")
    handoff.save()
    return lead


def text_of(response):
    return response.content.decode()


def test_the_board_names_company_person_reason_age_and_owner(look, late):
    page = text_of(look())

    for words in ("信濃野プレシジョン株式会社", "宮下 健", "11/17(火) 10:40に受諾", "2営業日", "佐藤 翔太"):
        assert words in page
    assert "受諾後の連絡なし" in page
    assert "1件が、次へ進まないまま止まっています。" in page


def test_the_board_is_wholly_english_in_english(look, late):
    page = text_of(look(language="en"))

    for words in (
        "Accepted, not contacted",
        "2 working days",
        "Tue\N{NO-BREAK SPACE}17\N{NO-BREAK SPACE}Nov 10:40: accepted.",
        "1 item is stuck between teams.",
    ):
        assert words in page
    assert "営業日" not in page
    assert "連絡なし" not in page


def test_other_teams_see_it_only_when_they_ask_for_everybodys(look, late, cast):
    assert "宮下" not in text_of(look(cast.otto))
    assert "宮下" in text_of(look(cast.otto, scope="all"))
    assert "宮下" in text_of(look(cast.sato))


def test_one_kind_alone_with_the_rest_of_its_pages(look, cast):
    for n in range(60):
        due_at = NOON - timedelta(days=9, minutes=-n)
        rows.lead(due_at, last_name=f"第{n:02d}", stage="sql", owner=cast.sato, due_kind="next_action", due_at=due_at)

    glance, first = text_of(look()), look(kind="no_next_action")
    after = first.context["sections"][0].after
    second = text_of(look(kind="no_next_action", after=after))

    assert ("第07" in glance, "第08" in glance) == (True, False)
    assert "すべて見る（60）" in glance
    assert ("第49" in text_of(first), "第50" in text_of(first)) == (True, False)
    assert ("第49" in second, "第50" in second, "第59" in second) == (False, True, True)


def test_a_batch_is_one_row(look, cast):
    made = Batch.objects.create(
        cause="import", owner=cast.mia, team=cast.marketing, created_at=NOON - timedelta(days=8), due_at=AT
    )
    for _ in range(42):
        lead = rows.lead(NOON, stage="mql", owner=cast.mia, due_kind="batch", due_at=AT)
        BatchLead.objects.create(lead=lead, batch=made, at=NOON)

    page = text_of(look())

    assert "42件" in page
    assert "11/12(木)にまとめて基準に到達（取り込み）" in page
    assert page.count('class="hf-gap-item"') == 1


def test_an_empty_board_shows_its_proof(look, cast):
    rows.lead(NOON, stage="mql", owner=cast.mia, due_kind="offer", due_at=AT + timedelta(days=1))

    page = text_of(look())

    assert "見落としはありません。" in page
    assert "進行中の1件に、担当者と次の期限があります。" in page
    assert "基準を満たしたリードは、引き渡されている" in page


def test_ar_34_the_board_says_who_was_never_contacted_and_leads_there(look, cast):
    lead = rows.lead(NOON, last_name="静", stage="sal", owner=cast.sato, due_kind="feedback", due_at=AT)
    values = {"leg": "marketing_to_field", "attempt": 1, "band": "high"}
    Episode.objects.create(lead=lead, offered_at=tokyo("2026-10-27 10:00"), **values)

    page, silence = text_of(look()), text_of(look(url="/gaps/never-contacted/"))

    assert "3週間前（10/26〜11/1）に引き渡した1件のうち、一度も連絡していないのは" in page
    assert "静" in silence


def test_the_sheet_has_every_row_and_no_formula(look, late, cast):
    late.company.name = "=HYPERLINK(1)"
    late.company.save()

    response = look(cast.maki, url="/gaps/gaps.csv")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert response["Content-Disposition"] == 'attachment; filename="gaps-2026-11-20.csv"'
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]
    assert "2026-11-17 16:00" in lines[1]


def test_the_sheet_writes_a_deadline_at_midnight_as_the_end_of_its_day(look, late, cast):
    type(late).objects.update(due_at=tokyo("2026-11-18 00:00"))

    lines = look(cast.maki, url="/gaps/gaps.csv").content.decode("utf-8-sig").splitlines()

    assert "2026-11-17 24:00" in lines[1]


def test_a_rep_may_not_download_the_sheet(look, cast):
    assert look(cast.sato, url="/gaps/gaps.csv").status_code == 403


def test_strangers_are_asked_to_log_in(client, cast):
    response = client.get("/gaps/")

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_the_menu_counts_the_gaps_in_red(look, late):
    assert '<span class="hf-count hf-count-late">1</span>' in text_of(look())


def test_nonsense_in_the_address_shows_the_board(look, late):
    for query in ({"scope": "x"}, {"kind": "x"}, {"kind": "no_contact", "after": "\ud83d"}, {"after": "1~2"}):
        assert (
            look(**{key: value.encode("utf-8", "ignore").decode() for key, value in query.items()}).status_code == 200
        )


def test_a_planned_action_is_said_in_words(look, cast):
    late = {"due_at": AT - timedelta(days=1), "due_kind": "next_action", "owner": cast.sato, "stage": "sql"}
    rows.lead(NOON, due_note="call: 見積もりの返事", **late)
    rows.lead(NOON, due_note="meeting", **late)

    page = text_of(look())

    assert "SQLのまま。電話：見積もりの返事" in page
    assert "SQLのまま。面談" in page


def test_a_batch_that_is_not_due_yet_is_decided_on_from_today(look, cast):
    made = Batch.objects.create(
        cause="import", source_id=7, owner=cast.mia, team=cast.marketing, created_at=NOON, due_at=AT + timedelta(days=1)
    )
    for name in ("宮下", "大野"):
        lead = rows.lead(NOON, last_name=name, stage="mql", owner=cast.mia, due_kind="batch", due_at=made.due_at)
        BatchLead.objects.create(lead=lead, batch=made, at=NOON)

    today, page = text_of(look(url="/")), text_of(look(url=f"/batches/{made.pk}/"))

    assert f'href="/batches/{made.pk}/"' in today
    for words in (
        "宮下",
        "大野",
        "基準に達した2件について",
        f"/gaps/offer-all/{made.pk}/",
        f"/gaps/offer/{lead.pk}/",
    ):
        assert words in page
    assert f"/gaps/nurture/{lead.pk}/" in page
    assert "Decide on them by" in text_of(look(url=f"/batches/{made.pk}/", language="en"))
    organization(reps_see_own_team_only=True)
    assert look(url=f"/batches/{made.pk}/", user=cast.otto).status_code == 404, "a batch of which one sees no lead"


def test_an_import_s_page_leads_to_the_batch_of_its_leads(look, cast):
    run = ImportRun.objects.create(filename="名簿.csv", created_by=cast.mia, created_at=NOON, state="done", rows=3)
    other = ImportRun.objects.create(filename="別.csv", created_by=cast.mia, created_at=NOON, state="done", rows=0)
    made = Batch.objects.create(cause="import", owner=cast.mia, created_at=NOON, due_at=AT + timedelta(days=1))
    for number in range(3):
        lead = rows.lead(NOON, stage="mql", owner=cast.mia, due_kind="batch", due_at=made.due_at)
        BatchLead.objects.create(lead=lead, batch=made, at=NOON)
        if number:
            ImportRow.objects.create(run=run, number=number, line=number, lead=lead)
    address = f"/batches/of-import/{run.pk}/"
    assert address in text_of(look(url=f"/imports/{run.pk}/"))

    told = text_of(look(url=address))

    assert "2件が引き渡しラインに達しました" in told
    assert f'href="/batches/{made.pk}/"' in told
    assert "hx-get" not in told
    assert f'href="/batches/{made.pk}/"' not in text_of(look(url=f"/batches/of-import/{other.pk}/"))
    assert look(url=address, user=cast.sato).status_code == 403

    ScoreDue.objects.create(lead=lead, cause="bulk", marked_at=NOON)
    assert f'hx-get="{address}?asked=1"' in text_of(look(url=address))
    assert "hx-get" not in text_of(look(url=address, asked="30")), "nobody asks for ever"

    Batch.objects.update(closed_at=AT)
    assert f'href="/batches/{made.pk}/"' not in text_of(look(url=address))


def test_a_decided_batch_says_so(look, cast):
    made = Batch.objects.create(cause="import", owner=cast.mia, created_at=NOON, due_at=AT, closed_at=AT)

    assert "ここはすべて決まりました" in text_of(look(url=f"/batches/{made.pk}/"))


@pytest.mark.parametrize(("preset", "is_drawn"), [("small", False), ("mid", True)])
def test_the_drawing_of_an_empty_board_has_the_teams_that_there_are(look, cast, preset, is_drawn):
    Organization.objects.update(preset=preset)

    page = text_of(look())

    assert "見落としはありません。" in page
    assert ('<text x="352"' in page) is is_drawn


def test_who_was_never_contacted_waits_since_the_handover(look, cast):
    lead = rows.lead(NOON, last_name="静", stage="sal", owner=cast.sato, due_kind="feedback", due_at=AT)
    values = {"leg": "marketing_to_field", "band": "high"}
    Episode.objects.create(lead=lead, attempt=1, offered_at=tokyo("2026-10-26 10:00"), **values)
    Episode.objects.create(lead=lead, attempt=2, offered_at=tokyo("2026-10-27 10:00"), **values)

    page = text_of(look(url="/gaps/never-contacted/"))

    assert page.count('class="hf-gap-item"') == 1
    assert "18営業日" in page

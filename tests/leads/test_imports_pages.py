"""The pages of imports, from the dropped file to the result."""

import io
import re
import zipfile
from collections import Counter
from urllib.parse import unquote

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from journal import clock
from leads.models import Campaign, CustomField, ImportMapping, ImportRun, Lead, LeadScore
from leads.queries import imports
from leads.services import import_columns, import_resolving, import_work, merging
from tests import factories
from tests.cast import NOON
from tests.leads.taking import take

pytestmark = pytest.mark.django_db
State = ImportRun.State
LIST = "会社名,氏名,メール,役職,地域\n東浜精工,田中 一郎,tanaka@example.jp,課長,関西\n西浜,鈴木,x,,\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.mia)
    return client


def drop(browser, text, **more):
    data = text if isinstance(text, bytes) else text.encode()
    return browser.post(reverse("imports"), {"file": SimpleUploadedFile("名簿.csv", data), **more})


def work(run):
    import_work.work(run_id=run.pk, now=clock.now)
    run.refresh_from_db()


def columns_of(run, **changed):
    guessed = {f"column-{place}": run.mapping[header] for place, header in enumerate(run.headers)}
    return guessed | changed


def test_file_goes_from_drop_to_result(browser):
    answer = drop(browser, LIST)
    run = ImportRun.objects.get()
    assert answer.url == reverse("import-columns", args=[run.pk])
    page = browser.get(answer.url).content.decode()
    assert "tanaka@example.jp" in page
    assert not Lead.objects.exists()

    answer = browser.post(answer.url, columns_of(run, channel="展示会", **{"column-4": "new"}))
    assert answer.status_code == 302, answer.content.decode()
    assert 'hx-trigger="load delay:1s"' in browser.get(answer.url).content.decode()
    work(run)
    page = browser.get(answer.url).content.decode()
    assert run.state == "preview"
    assert "メール" in page
    assert not Lead.objects.exists()

    assert browser.post(reverse("import-commit", args=[run.pk])).status_code == 302
    work(run)
    lead = Lead.objects.get()
    assert (lead.channel.name, lead.custom) == ("展示会", {"地域": "関西"})
    page = browser.get(f"{answer.url}?result=created").content.decode()
    assert f"/leads/{lead.pk}/" in page
    file = b"".join(browser.get(reverse("import-refused", args=[run.pk])).streaming_content).decode("utf-8-sig")
    assert len(file.splitlines()) == 2
    assert ImportMapping.objects.get().mapping["地域"] == "custom.地域"


def test_a_column_is_said_to_be_empty_only_as_far_as_its_rows_were_looked_at(browser):
    browser.cookies["handoff_language"] = "ja"
    drop(browser, "会社名,氏名,備考\n" + "東浜,甲,\n" * 9 + "東浜,乙,展示会で会った\n")
    run = ImportRun.objects.get()
    page = browser.get(reverse("import-columns", args=[run.pk])).content.decode()
    assert f"はじめの{len(run.samples)}行は空" in page


def test_mapping_is_remembered_for_the_same_columns(browser):
    drop(browser, LIST)
    first = ImportRun.objects.get()
    browser.post(reverse("import-columns", args=[first.pk]), columns_of(first, **{"column-3": "-"}))
    drop(browser, LIST)
    assert ImportRun.objects.order_by("-pk")[0].mapping["役職"] == "-"


def test_held_row_is_decided_on_the_page(browser):
    for text in ("会社名,氏名,役職\n東浜精工,田中,課長\n", "会社名,氏名,役職\n東浜精工,田中,部長\n"):
        drop(browser, text)
        run = ImportRun.objects.order_by("-pk")[0]
        browser.post(reverse("import-columns", args=[run.pk]), columns_of(run))
        work(run)
        if run.duplicates:
            break
        browser.post(reverse("import-commit", args=[run.pk]))
        work(run)
    lead = Lead.objects.get()
    page = browser.get(reverse("import", args=[run.pk])).content.decode()
    assert f'value="{lead.pk}"' in page
    later = browser.get(f"{reverse('import', args=[run.pk])}?result=duplicate&after=0").content.decode()
    assert 'name="after" value="0"' in later
    decided = browser.post(reverse("import-resolve", args=[run.pk, 1]), {"as": str(lead.pk), "after": "0"})
    assert decided.url.endswith("?result=duplicate&after=0#row-1"), "whoever decides stays on the page of rows"
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    lead.refresh_from_db()
    assert lead.title == "部長"


def test_ar_09_score_in_the_sheet_is_compared(browser):
    drop(browser, "会社名,担当者名,スコア合計\n東浜,田中,25\n西浜,鈴木,10\n")
    run = ImportRun.objects.get()
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run))
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    for lead in Lead.objects.all():
        lead.score_due.delete()
        LeadScore.objects.create(lead=lead, total=25, band="middle", as_of=NOON.date(), computed_at=NOON)
    page = browser.get(reverse("import", args=[run.pk])).context
    assert [(row.line, row.stated_score, row.ours) for row in page["differing"]] == [(3, 10, 25)]


def test_faults_stand_beside_their_columns(browser):
    drop(browser, LIST)
    run = ImportRun.objects.get()
    twice = columns_of(run, **{"column-1": "email"})
    answer = browser.post(reverse("import-columns", args=[run.pk]), twice)
    assert answer.status_code == 400
    assert answer.context["form"]["column-2"].errors


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"Name\nJos\xe9\n", b"1,2\n3,4\n", b""])
def test_unreadable_file_says_why_on_the_page(browser, data):
    answer = drop(browser, data)
    assert answer.status_code == 400
    assert 'class="hf-error"' in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_who_may_not_import_is_kept_out(browser, cast):
    drop(browser, LIST)
    run = ImportRun.objects.get()
    browser.force_login(cast.sato)
    for name in ("import", "import-columns", "import-refused"):
        assert browser.get(reverse(name, args=[run.pk])).status_code == 403
    assert browser.get(reverse("imports")).status_code == 403


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_are_in_one_language(browser, language, settings):
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    drop(browser, LIST)
    run = ImportRun.objects.get()
    pages = [browser.get(reverse("imports")), browser.get(reverse("import-columns", args=[run.pk]))]
    marker = {"ja": "列の割り当て", "en": "Map your columns"}[language]
    assert marker in pages[1].content.decode()


def test_words_that_are_not_known_are_given_a_meaning_and_remembered(browser):
    data = "氏名,メール,ステージ\n甲,1@example.jp,アプローチ中\n乙,2@example.jp,済み客\n丙,3@example.jp,受注\n"
    for unknown in (2, 0):
        page = browser.post("/imports/", {"file": SimpleUploadedFile("list.csv", data.encode())})
        run = ImportRun.objects.latest("pk")
        fields = {f"column-{place}": name for place, name in enumerate(("name", "email", "stage"))}
        assert browser.post(page["Location"], fields).status_code == 302
        import_work.work(run_id=run.pk, now=clock.now)
        run.refresh_from_db()
        assert (run.refused, run.created) == (unknown, 3 - unknown)
        if unknown:
            assert "アプローチ中" in browser.get(f"/imports/{run.pk}/").content.decode()
            browser.post(f"/imports/{run.pk}/words/", {"word-0-0": "", "word-0-1": "won"})
            import_work.work(run_id=run.pk, now=clock.now)
            run.refresh_from_db()
            assert (run.refused, run.created) == (0, 3)


def test_pages_for_mending_answer(browser):
    data = "氏名,メール,獲得日\n甲,こわれ,2026/1/5\n乙,2@example.jp,1/2/2026\n"
    page = browser.post("/imports/", {"file": SimpleUploadedFile("list.csv", data.encode())})
    run = ImportRun.objects.latest("pk")
    again = browser.post(f"/imports/{run.pk}/reading/", {"encoding": "utf-8", "header_line": "1"})
    assert again["Location"] == page["Location"]
    assert browser.post(f"/imports/{run.pk}/reading/", {"encoding": "utf-16-le"}).status_code == 400
    browser.post(page["Location"], {"column-0": "name", "column-1": "email", "column-2": "acquired_at"})
    import_work.work(run_id=run.pk, now=clock.now)
    assert "1/2/2026" in browser.get(f"/imports/{run.pk}/").content.decode()
    browser.post(f"/imports/{run.pk}/date-order/", {"order": "mdy"})
    import_work.work(run_id=run.pk, now=clock.now)
    run.refresh_from_db()
    assert (run.created, run.refused, run.date_order) == (1, 1, "mdy")
    book = browser.get(f"/imports/{run.pk}/refused.xlsx")
    assert book.content.startswith(b"PK")
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 2
    for kind in ("xlsx", "csv"):
        named = browser.get(f"/imports/{run.pk}/refused.{kind}")["Content-Disposition"]
        assert unquote(named).endswith(f"list - 取り込めない行.{kind}")
    ImportRun.objects.filter(pk=run.pk).update(filename=f"{'名' * 240}?.csv")
    named = unquote(browser.get(f"/imports/{run.pk}/refused.csv")["Content-Disposition"])
    assert named.endswith(f"''{'名' * 60} - 取り込めない行.csv")
    assert browser.post(f"/imports/{run.pk}/resolve/", {"as": "skip"}).status_code == 302


def test_updated_row_says_which_fields_it_changes(browser, cast):
    text = "会社名,氏名,メール,役職,獲得日\n東浜,田中 一郎,tanaka@example.jp,{},{}\n"
    for title, day, state in (("課長", "2026/9/2", State.DONE), ("部長", "2026/9/1", State.PREVIEW)):
        drop(browser, text.format(title, day))
        run = ImportRun.objects.latest("pk")
        browser.post(reverse("import-columns", args=[run.pk]), columns_of(run, channel="展示会"))
        work(run)
        if state == State.DONE:
            browser.post(reverse("import-commit", args=[run.pk]))
            work(run)
        assert (run.state, run.refused) == (state, 0)
    page = browser.get(reverse("import", args=[run.pk]), {"result": "updated"})
    assert page.context["rows"][0]["changed"] == ["役職", "獲得日"]
    assert "役職、獲得日" in page.content.decode()
    assert browser.get(reverse("import", args=[run.pk - 1])).context["rows"][0]["changed"] == []


def taken_in(browser, text):
    drop(browser, text)
    run = ImportRun.objects.order_by("-pk")[0]
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run))
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    assert run.state == "done"
    return run


def leads_on(browser, address):
    return {row.name.split()[0] for row in browser.get(address).context["rows"]}


def test_result_opens_exactly_its_own_leads(browser):
    taken_in(browser, "会社名,氏名,メール\n東浜,田中,tanaka@example.jp\n西浜,佐藤,sato@example.jp\n")
    run = taken_in(browser, "会社名,氏名,メール,役職\n北浜,鈴木,suzuki@example.jp,\n東浜,田中,tanaka@example.jp,部長\n")
    address = browser.get(reverse("import", args=[run.pk])).context["leads_url"]
    assert leads_on(browser, address) == {"鈴木", "田中"}
    assert leads_on(browser, reverse("leads")) == {"鈴木", "田中", "佐藤"}
    assert address.replace("&", "&amp;") in browser.get(reverse("imports")).content.decode()


def test_filter_by_import_reads_as_a_sentence(browser, cast):
    older = taken_in(browser, LIST)
    newer = taken_in(browser, LIST.replace("東浜精工", "北浜精工").replace("tanaka", "kita"))
    answer = browser.get(reverse("leads"), {"import": older.pk, "stage": "lead,mal"})
    chip = answer.context["used"][-1]
    assert (chip.before, chip.after) == ("取り込みが", "")
    assert chip.text.startswith("名簿.csv")
    assert [choice.value for choice in chip.choices] == [str(newer.pk), str(older.pk)]
    assert answer.context["save_url"]
    browser.force_login(cast.sato)
    answer = browser.get(reverse("leads"), {"import": older.pk})
    assert answer.context["used"][-1].text == str(older.pk)
    assert "名簿.csv" not in answer.content.decode()


def test_unknown_import_shows_no_lead(browser):
    taken_in(browser, LIST)
    for text in ("999", "x", "9" * 19):
        assert leads_on(browser, f"{reverse('leads')}?import={text}") == set()


def test_result_says_who_cannot_be_contacted(browser):
    run = taken_in(browser, "会社名,担当者名,電話\n東浜,田中,\n西浜,鈴木,03-1234-5678\n北浜,佐藤,\n")
    page = browser.get(reverse("import", args=[run.pk]))
    assert page.context["silent"] == 2
    assert "2件は電話番号もメールアドレスもありません" in page.content.decode()
    assert leads_on(browser, page.context["silent_url"]) == {"田中", "佐藤"}
    Lead.objects.filter(last_name="田中").update(mobile="090-1234-5678")
    assert leads_on(browser, page.context["silent_url"]) == {"佐藤"}
    assert browser.get(reverse("import", args=[run.pk])).context["silent"] == 1


def test_result_is_silent_where_everybody_can_be_contacted(browser):
    run = taken_in(browser, "会社名,氏名,メール\n東浜,田中,tanaka@example.jp\n")
    assert "silent_url" in browser.get(reverse("import", args=[run.pk])).context
    assert browser.get(reverse("import", args=[run.pk])).context["silent"] == 0


def test_all_columns_left_over_become_own_fields_at_once(browser):
    list_ = "会社名,担当者名,メール,席番号,来場回数\n東浜,田中,tanaka@example.jp,A-1,3\n"
    browser.post(reverse("imports"), {"file": SimpleUploadedFile("来場.csv", list_.encode())})
    run = ImportRun.objects.latest("pk")
    kept = [header for header in run.headers if run.mapping[header] != "-"]
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run) | {"rest": "on"})
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    labels = set(CustomField.objects.values_list("label", flat=True))
    assert {"席番号"} <= labels == set(run.headers) - set(kept)
    assert "A-1" in Lead.objects.get().custom.values()


def test_columns_of_similar_names_become_own_fields_of_their_own(browser):
    long = "製品に関するご意見ご要望をできるだけ具体的にご記入ください（複数回答可・自由記述欄を含む、匿名での集計に使用いたします）"
    names = ["★", "☆", "担当-1", "担当 1", f"{long}その1", f"{long}その2"]
    drop(browser, f"氏名,メール,{','.join(names)},\n甲,1@example.jp,a,b,c,d,e,f,\n")
    run = ImportRun.objects.get()
    answer = browser.post(reverse("import-columns", args=[run.pk]), columns_of(run) | {"rest": "on"})
    assert answer.status_code == 302, answer.content.decode()
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    own = Lead.objects.get().custom
    fields = list(CustomField.objects.order_by("pk"))
    assert [(field.label, own[field.key]) for field in fields] == list(
        zip([name[:80] for name in names], "abcdef", strict=True)
    )


def test_no_more_own_fields_are_made_than_there_can_be(browser, monkeypatch):
    monkeypatch.setattr(import_columns, "MOST_FIELDS", 1)
    drop(browser, "氏名,メール,甲,乙\n甲,1@example.jp,a,b\n")
    run = ImportRun.objects.get()
    answer = browser.post(reverse("import-columns", args=[run.pk]), columns_of(run) | {"rest": "on"})
    assert answer.status_code == 400
    assert "最大1個" in answer.content.decode()


def test_who_is_won_already_needs_no_contact_any_more(browser):
    run = taken_in(browser, "会社名,担当者名,電話,結果,結果日\n東浜,田中,,won,2026-01-05\n北浜,佐藤,,,\n")
    page = browser.get(reverse("import", args=[run.pk]))
    assert set(Lead.objects.values_list("last_name", "stage")) == {("田中", "won"), ("佐藤", "lead")}
    assert page.context["silent"] == 1
    assert leads_on(browser, page.context["silent_url"]) == {"佐藤"}


def test_empty_starter_sheet_comes_in_as_it_goes_out(browser):
    assert reverse("import-starter") in browser.get(reverse("imports")).content.decode()
    answer = browser.get(reverse("import-starter"))
    assert "filename*=utf-8''%E3%82%B9" in answer["Content-Disposition"]
    run = taken_in_workbook(browser, answer.content)
    assert (run.layout, run.rows, run.refused, run.unchanged) == ("excel_starter", 1, 0, 1)
    assert [fault["code"] for fault in run.file_rows.get().errors] == ["example_row"]
    assert {header for header, target in run.mapping.items() if target == "-"} == {"優先度"}


def test_english_starter_sheet_is_english_and_comes_in_as_it_goes_out(browser):
    browser.cookies["handoff_language"] = "en"
    answer = browser.get(reverse("import-starter"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        # The theme names fonts of every script.
        written = b"".join(parts.read(name) for name in parts.namelist() if "theme" not in name).decode()
    assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", written + unquote(answer["Content-Disposition"]))
    run = taken_in_workbook(browser, answer.content)
    assert (run.layout, run.rows, run.refused, run.unchanged) == ("excel_starter", 1, 0, 1)
    assert [fault["code"] for fault in run.file_rows.get().errors] == ["example_row"]
    assert {header for header, target in run.mapping.items() if target == "-"} == {"Priority"}


def test_filled_english_starter_sheet_makes_the_lead_that_it_says(browser):
    browser.cookies["handoff_language"] = "en"
    given = io.BytesIO(browser.get(reverse("import-starter")).content)
    rows = python_calamine.CalamineWorkbook.from_filelike(given).get_sheet_by_index(0).to_python()
    rows.append(
        ["Acme", "Emma Taylor", "Manufacturing", "101 to 300", "Manager", 1, "none", "2+", "", "", "e@acme.example"]
    )
    run = taken_in_workbook(browser, workbook(rows))
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    lead = Lead.objects.get()
    assert (lead.company.name, lead.last_name, lead.first_name, lead.seniority) == ("Acme", "Taylor", "Emma", "manager")
    assert (lead.company.employee_count, lead.company.employee_count_max) == (101, 300)
    assert Counter(lead.activities.values_list("type", flat=True)) == {"document_download": 1, "site_visit": 2}


def workbook(rows):
    filled = io.BytesIO()
    with xlsxwriter.Workbook(filled) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return filled.getvalue()


def test_filled_starter_sheet_makes_leads_that_can_be_contacted(browser):
    given = io.BytesIO(browser.get(reverse("import-starter")).content)
    rows = python_calamine.CalamineWorkbook.from_filelike(given).get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(given) as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<dataValidation ") == len(rows[0])
    rows.append(["東浜精工", "田中 一郎", "製造業", "120名", "課長", 1, "なし", "2回以上", "", "", "", "0312345678"])
    run = taken_in_workbook(browser, workbook(rows))
    page = browser.get(reverse("import", args=[run.pk]))
    assert page.context["chosen"] == "created"
    assert "2行目（記入例）" in page.content.decode()
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    lead = Lead.objects.get()
    assert (lead.company.name, lead.name, lead.company.employee_count) == ("東浜精工", "田中 一郎", 120)
    assert (run.created, run.refused, run.unchanged, lead.phone) == (1, 0, 1, "0312345678")
    assert browser.get(reverse("import", args=[run.pk])).context["silent"] == 0


def taken_in_workbook(browser, data):
    browser.post(reverse("imports"), {"file": SimpleUploadedFile("リード一覧.xlsx", data)})
    run = ImportRun.objects.order_by("-pk")[0]
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run))
    work(run)
    assert run.state == "preview"
    return run


def test_starter_sheet_is_for_who_may_import(client, cast):
    client.force_login(cast.otto)
    assert client.get(reverse("import-starter")).status_code == 403


def test_name_of_the_campaigns_column_suggests_the_channel(browser):
    drop(browser, "会社名,氏名,展示会名\n東浜,田中,秋の展示会\n")
    page = browser.get(reverse("import-columns", args=[ImportRun.objects.get().pk]))
    assert page.context["form"]["channel"].value() == "展示会"


def test_a_campaign_for_all_rows_needs_its_channel_unless_it_is_known(browser):
    drop(browser, "会社名,氏名,メール\n東浜,甲,a@example.jp\n")
    run = ImportRun.objects.get()
    address = reverse("import-columns", args=[run.pk])
    answer = browser.post(address, columns_of(run, campaign="春の展示会"))
    assert answer.status_code == 400
    assert "新しい施策です。どの獲得経路のものか指定してください。" in answer.content.decode()
    known = Campaign.objects.create(channel=factories.channel("展示会"), name="春の展示会")
    assert browser.post(address, columns_of(run, campaign="春の展示会")).status_code == 302
    run.refresh_from_db()
    assert (run.channel, run.campaign) == (known.channel, known)


def test_a_channel_that_was_cleared_is_not_suggested_again(browser):
    run, _address = preview(browser, "会社名,氏名,展示会名\n東浜,田中,秋の展示会\n", channel="")
    page = browser.get(reverse("import-columns", args=[run.pk]))
    assert page.context["form"]["channel"].value() == ""


def preview(browser, text, **chosen):
    drop(browser, text)
    run = ImportRun.objects.order_by("-pk")[0]
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run, **chosen))
    work(run)
    return run, reverse("import", args=[run.pk])


def taken(browser, text, **chosen):
    run, address = preview(browser, text, **chosen)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    return run, address


def test_an_open_question_comes_before_the_import(browser):
    run, address = preview(browser, "氏名,メール,獲得日\n田中,t@example.jp,1/2/2026\n鈴木,s@example.jp,2026-02-13\n")
    context = browser.get(address).context
    assert (context["asks"], context["will_write"]) == (True, 1)
    browser.post(reverse("import-date-order", args=[run.pk]), {"order": "dmy"})
    work(run)
    context = browser.get(address).context
    assert (context["asks"], context["will_write"]) == (False, 2)


def test_rows_left_out_by_decision_are_counted_by_themselves(browser):
    taken(browser, "会社名,氏名,役職\n東浜精工,田中,課長\n")
    run, address = preview(browser, "会社名,氏名,役職\n東浜精工,田中,部長\n東浜精工,田中,課長\n")
    browser.post(reverse("import-resolve", args=[run.pk, 1]), {"as": "skip"})
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    assert (run.unchanged, run.rows) == (2, 2)
    tabs = {tab.url: tab.count for tab in browser.get(address).context["tabs"]}
    assert (tabs["?result=unchanged#results"], tabs["?result=skipped#results"], sum(tabs.values())) == (1, 1, run.rows)
    for result, number in (("skipped", 1), ("unchanged", 2)):
        shown = browser.get(f"{address}?result={result}").context["rows"]
        assert [item["row"].number for item in shown] == [number]


def test_update_says_what_came_to_history_and_company(browser):
    head = "会社名,業種,氏名,メール,備考,セミナー参加\n"
    taken(browser, f"{head}東浜精工,,田中,t@example.jp,,\n")
    run, address = taken(browser, f"{head}東浜精工,製造業,田中,t@example.jp,見積もり希望,1\n", channel="展示会")
    assert run.updated == 1
    item = browser.get(f"{address}?result=updated").context["rows"][0]
    assert item["row"].old["+gained"] == ["channel", "company.industry", "activity:webinar_attended", "note"]
    assert len(item["changed"]) == 4
    browser.post(reverse("import-undo", args=[run.pk]))
    work(run)
    lead = Lead.objects.get()
    assert (run.state, lead.activities.count(), lead.sources.count()) == ("undone", 0, 0)


def test_undo_names_only_what_there_is_to_take_back(browser):
    _run, address = taken(browser, "氏名,メール\n田中,t@example.jp\n")
    said = browser.get(address).content.decode()
    assert "新規の1件を取り除きます。" in said
    assert "更新した" not in said
    _run, address = taken(browser, "氏名,メール,役職\n田中,t@example.jp,部長\n")
    said = browser.get(address).content.decode()
    assert "更新した1件を取り込み前に戻します。" in said
    assert "新規の" not in said


def test_line_and_reason_of_a_mended_file_are_no_columns_left_out(browser):
    drop(browser, "行,理由,氏名,メール,地域\n2,メールではありません,田中,t@example.jp,関西\n")
    run = ImportRun.objects.get()
    address = reverse("import-columns", args=[run.pk])
    assert browser.get(address).context["left_out"] == ["地域"]
    browser.post(address, columns_of(run, rest="on"))
    run.refresh_from_db()
    assert run.mapping == {"行": "-", "理由": "-", "氏名": "name", "メール": "email", "地域": "custom.地域"}


def test_result_does_not_call_refused_rows_imported(browser):
    browser.cookies["handoff_language"] = "en"
    drop(browser, "氏名,メール\n甲,1@example.jp\n乙,x\n")
    run = ImportRun.objects.get()
    browser.post(reverse("import-columns", args=[run.pk]), columns_of(run))
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)
    said = browser.get(reverse("import", args=[run.pk])).content.decode()
    assert (run.created, run.refused) == (1, 1)
    assert "Results of 2 rows." in said
    assert "2 rows imported" not in said


def test_list_of_imports_shows_numbers_that_add_up(browser):
    for _time in range(2):
        run, _address = taken(browser, "氏名,メール\n田中,t@example.jp\n鈴木,x\n")
    page = browser.get(reverse("imports")).content.decode()
    first = re.search(r"<tbody><tr>(.*?)</tr>", page, re.S).group(1)
    rows, *results = [int(number) for number in re.findall(r">(\d+)</td>", first)]
    assert (rows, results) == (2, [0, 0, 1, 0, 1])
    assert sum(results) == rows == run.rows


@pytest.mark.parametrize("is_checked", [False, True])
def test_a_file_looked_at_can_be_discarded(browser, django_capture_on_commit_callbacks, is_checked):
    address = drop(browser, LIST).url
    run = ImportRun.objects.get()
    if is_checked:
        browser.post(address, columns_of(run))
        work(run)
    assert reverse("import-discard", args=[run.pk]) in browser.get(address).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("import-discard", args=[run.pk]), follow=True)

    assert "名簿.csv" in answer.content.decode(), "what was discarded is named"
    assert not ImportRun.objects.exists()
    assert not run.file.storage.exists(run.file.name)


def test_what_was_imported_is_not_discarded(browser):
    address = drop(browser, LIST).url
    run = ImportRun.objects.get()
    browser.post(address, columns_of(run))
    work(run)
    browser.post(reverse("import-commit", args=[run.pk]))
    work(run)

    answer = browser.post(reverse("import-discard", args=[run.pk]), follow=True)

    assert "すでに次の段階へ進んでいます" in answer.content.decode()
    assert run.file.storage.exists(run.file.name)
    assert Lead.objects.exists()


@pytest.mark.parametrize("name", ["commit", "discard"])
def test_what_is_done_to_a_file_while_somebody_discards_it_is_refused(browser, monkeypatch, name):
    drop(browser, LIST)
    run = ImportRun.objects.get()

    def read_before_it_went(request, pk):
        ImportRun.objects.filter(pk=pk).delete()
        return run

    monkeypatch.setattr("leads.web.imports._run", read_before_it_went)
    answer = browser.post(reverse(f"import-{name}", args=[run.pk]))
    assert answer.status_code == 302


def test_only_importers_discard(client, cast):
    client.force_login(cast.mia)
    drop(client, LIST)
    run = ImportRun.objects.get()
    client.force_login(cast.sato)
    assert client.post(reverse("import-discard", args=[run.pk])).status_code == 403
    assert ImportRun.objects.exists()


def test_row_in_english_says_first_name_first(browser):
    browser.cookies["handoff_language"] = "en"
    taken_in(browser, "Last name,First name,Email\nWood,Oliver,wood@example.com\n")
    page = browser.get(reverse("import", args=[ImportRun.objects.latest("pk").pk]))
    assert page.context["rows"][0]["summary"] == ["Oliver", "Wood", "wood@example.com"]


def test_undo_says_only_what_it_takes_back(browser):
    browser.cookies["handoff_language"] = "en"
    taken_in(browser, "Last name,First name,Email\nWood,Oliver,wood@example.com\n")
    page = browser.get(reverse("import", args=[ImportRun.objects.latest("pk").pk])).content.decode()
    assert "Removes 1 new lead. Leads that have changed since stay as they are." in page
    assert "updated lead" not in page


def test_row_that_ends_before_the_names_is_shown(browser):
    taken_in(browser, "会社名,メール,姓,名\nA社,a@b.example,山田,太郎\nB社\nC社,c@b.example\n以上\n")
    run = ImportRun.objects.latest("pk")
    for show in ("created", "refused"):
        page = browser.get(reverse("import", args=[run.pk]), {"show": show})
        assert page.status_code == 200


def cells_of(page):
    """The words of each row of the list of imports, newest first."""
    body = page.content.decode().partition("hf-import-list")[2]
    rows = re.findall(r"<tr>(.*?)</tr>", body.partition("<tbody>")[2], re.S)
    return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)] for row in rows]


def test_list_of_imports_tells_skipped_rows_from_unchanged_ones(browser, cast, django_assert_num_queries):
    take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    with django_assert_num_queries(0):
        assert imports.skipped_in([]) == {}
    assert "除外" not in browser.get(reverse("imports")).content.decode()
    run = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,部長\n東浜,田中 一郎,課長\n")
    import_resolving.resolve_all(run=run, meaning="skip", by=cast.mia, at=NOON)
    work(run)
    page = browser.get(reverse("imports"))
    assert "除外" in page.content.decode()
    assert [cells[2:9] for cells in cells_of(page)] == [
        ["2", "0", "0", "1", "1", "0", "0"],
        ["1", "1", "0", "0", "0", "0", "0"],
    ]


def test_list_of_imports_takes_as_many_queries_for_many_as_for_one(browser, cast, django_assert_num_queries):
    text = "会社名,氏名,役職\n東浜,田中 一郎,{title}\n"
    take(cast, text.format(title="課長"))
    for _time in range(4):
        take(cast, text.format(title="課長"), dry_run=True)
    runs = list(ImportRun.objects.all())
    with django_assert_num_queries(2):
        assert imports.skipped_in(runs) == {}
        assert len(imports.idle_among(runs)) == 4


def test_a_preview_with_nothing_to_import_says_so(browser, cast):
    text = "会社名,氏名,役職\n東浜,田中 一郎,{title}\n"
    take(cast, text.format(title="課長"))
    take(cast, text.format(title="課長"), dry_run=True)
    held = take(cast, text.format(title="部長"), dry_run=True)
    assert [cells[-1] for cells in cells_of(browser.get(reverse("imports")))][:2] == ["確認待ち", "取り込むものなし"]
    import_resolving.resolve_all(run=held, meaning="skip", by=cast.mia, at=NOON)
    assert [cells[-1] for cells in cells_of(browser.get(reverse("imports")))][0] == "取り込むものなし"
    assert "<span>取り込むものなし</span>" in browser.get(reverse("import", args=[held.pk])).content.decode()


def test_leads_of_an_import_merged_since_show_as_the_one_that_stays(browser, cast):
    run = take(cast, "氏名,メール\n甲 一,a@example.jp\n乙 二,b@example.jp\n")
    goes = Lead.objects.get(last_name="甲")
    stays = factories.lead(last_name="丙", first_name="三", email="c@example.jp")
    merging.merge(survivor=stays, loser=goes, by=cast.mia, at=NOON)
    answer = browser.get(f"{reverse('leads')}?import={run.pk}")
    assert {row.values["last_name"] for row in answer.context["rows"]} == {"丙", "乙"}

"""Exports: what goes out comes in again unchanged, no cell is a formula, nothing is replaced in silence."""

import csv
import io
import re
import zipfile
from datetime import date
from itertools import chain
from urllib.parse import unquote

import pytest
import python_calamine
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import translation

from journal.errors import Forbidden
from journal.models import Event
from leads.domain.choices import Seniority
from leads.domain.export_columns import EVERYTHING, SHOWN, STARTER, WHO
from leads.domain.field_labels import LABELS
from leads.domain.file_names import file_name
from leads.domain.import_columns import recognise
from leads.models import Activity, CustomField, Lead, LeadScore, LeadSource, LeadTag
from leads.queries import export_rows, keyset, lead_list
from leads.services import activities, custom_fields, exports, import_runs, import_work, segments, tags
from leads.web import list_columns
from tests import factories
from tests.cast import NOON, tokyo

pytestmark = pytest.mark.django_db
STARTER_SHEET = (
    "会社名,担当者名,業種,従業員数,役職,DL回数,セミナー参加,Web閲覧回数,スコア合計,優先度\n"
    "株式会社東浜,田中一郎,製造業,120名,課長,1,なし,2回以上,,\n"
)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def take(data, cast, name="list.csv"):
    run = import_runs.start(file=ContentFile(data), filename=name, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    return run


def written(cast, layout="everything", file_format=exports.CSV, leads=None, shown=()):
    found = Lead.objects.present() if leads is None else leads
    given = {"layout": layout, "file_format": file_format, "shown": shown}
    return exports.export(leads=found, by=cast.mia, at=NOON, **given).file.read()


def lines(data, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(data.decode(encoding))))


@pytest.mark.parametrize(("ordering", "order"), [("-score", "cba"), ("score", "bca")])
def test_lead_that_gets_its_first_score_meanwhile_is_in_the_file_once(cast, ordering, order):
    """Its score is written as soon as the export has asked for the order of its leads for the first time."""
    first, low, high = (factories.lead(last_name=name, email=f"{name}@x.example") for name in "abc")
    when = {"as_of": NOON.date(), "computed_at": NOON}
    LeadScore.objects.create(lead=low, total=5, band="low", **when)
    LeadScore.objects.create(lead=high, total=35, band="high", **when)
    asked = []

    def score_after_the_first(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not asked and sql.startswith("SELECT") and "ORDER BY" in sql:
            asked.append(sql)
            LeadScore.objects.create(lead=first, total=20, band="middle", **when)
        return found

    with connection.execute_wrapper(score_after_the_first):
        rows = list(export_rows.read(Lead.objects.present(), (), lead_list.sort_of(ordering)))

    assert asked
    assert "".join(row["last_name"] for row in rows) == order


def test_order_of_a_file_is_that_of_the_pages(cast):
    scored = [factories.lead(email=f"{number}@x.example") for number in range(3)]
    for lead, total in zip(scored, (5, 35, 5), strict=True):
        LeadScore.objects.create(lead=lead, total=total, band="low", as_of=NOON.date(), computed_at=NOON)
    for number in range(2):
        factories.lead(email=f"none{number}@x.example")
    for name in lead_list.ORDERINGS:
        for ordering in (name, f"-{name}"):
            sort = lead_list.sort_of(ordering)
            page = keyset.page(Lead.objects.present(), columns=(), sort=sort, cursor=None, size=9)
            assert keyset.in_order(Lead.objects.present(), sort) == [row["pk"] for row in page.rows], ordering


def test_ar_10_the_starter_sheet_comes_back_with_score_and_priority(cast):
    take(STARTER_SHEET.encode(), cast)
    LeadScore.objects.create(lead=Lead.objects.get(), total=25, band="middle", as_of=NOON.date(), computed_at=NOON)

    heads, row = lines(written(cast, "excel_starter"))

    assert heads == STARTER_SHEET.splitlines()[0].split(",")
    assert row == ["株式会社東浜", "田中一郎", "製造業", "120", "課長", "1", "0", "2", "25", "中"]
    again = take(written(cast, "excel_starter"), cast)
    assert (again.layout, again.rows, again.unchanged) == ("excel_starter", 1, 1)


def test_ar_10_what_a_lead_did_itself_is_not_counted_again_by_its_own_sheet(cast):
    take(STARTER_SHEET.encode(), cast)
    lead = Lead.objects.get()
    activities.record(lead=lead, type="webinar_attended", occurred_at=NOON, by=cast.isao, at=NOON)
    before = list(Activity.objects.order_by("pk").values())

    sheet = written(cast, "excel_starter")
    again = take(sheet, cast)

    assert (again.rows, again.unchanged, list(Activity.objects.order_by("pk").values())) == (1, 1, before)
    more = take(sheet.decode("utf-8-sig").replace(",1,1,2,", ",1,3,2,").encode(), cast)
    assert (more.updated, Activity.objects.filter(type="webinar_attended").count()) == (1, 3)


def test_a_channel_without_its_campaign_is_no_second_source(cast):
    lead = factories.lead(channel="展示会", campaign="春の展示会", email="emma@example.com")
    sheet = written(cast, "shown", shown=["email", "channel"])

    again = take(sheet, cast)

    assert (again.unchanged, LeadSource.objects.filter(lead=lead).count()) == (1, 1)
    other = take(sheet.decode("utf-8-sig").replace("展示会", "紹介").encode(), cast)
    assert (other.updated, LeadSource.objects.filter(lead=lead).count()) == (1, 2)


@pytest.mark.parametrize(
    ("last", "first"),
    [("Taylor", "Emma"), ("García", "José"), ("van der Berg", "Emma"), ("van der Berg", ""), ("髙橋", "花")],
)
def test_ar_10_the_english_starter_sheet_goes_round(cast, last, first):
    factories.lead(
        company={"name": "Acme", "industry": "Manufacturing", "employee_count": 101, "employee_count_max": 300},
        last_name=last,
        first_name=first,
        title="Manager",
        email="emma.taylor@example.com",
    )
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)]

    with translation.override("en"):
        data = written(cast, "excel_starter")
        run = take(data, cast)

    assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", data.decode().replace(last, "").replace(first, ""))
    assert (run.layout, run.rows, run.unchanged) == ("excel_starter", 1, 1)
    assert [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)] == before


@pytest.mark.parametrize("file_format", exports.FORMATS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_export_comes_in_again_unchanged(cast, language, file_format):
    company = {"name": "=cmd商事", "employee_count": 101, "employee_count_max": 300, "prefecture": "東京都"}
    values = {"phone": "+81 3 1234 5678", "title": "部長", "channel": "展示会", "external_id": "a-1"}
    qualification = {"need": "@在庫の見える化", "budget": "－500万円"}
    tagged = factories.lead(company=company, last_name="髙橋", **values, qualification=qualification)
    for name in ("展示会 2026", "要フォロー"):
        LeadTag.objects.create(lead=tagged, tag=tags.named(name, at=NOON), added_at=NOON)
    factories.lead(company={"name": "南港電機", "employee_count": 300, "employee_count_max": None}, opted_out=True)
    Lead.objects.update(acquired_at=tokyo("2026-11-02 15:30"))
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)]

    with translation.override(language):
        data = written(cast, file_format=file_format)
        run = take(data, cast, "list.xlsx" if file_format == exports.XLSX else "list.csv")

    seen = list(run.file_rows.values_list("result", "errors", "candidates", "old"))
    assert (run.rows, run.unchanged) == (2, 2), seen
    assert run.mapping["タグ" if language == "ja" else "Tags"] == "tags"
    assert list(LeadTag.objects.values_list("lead", flat=True)) == [tagged.pk, tagged.pk]
    assert [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)] == before


def test_own_fields_of_an_export_come_in_again(cast):
    given = {"text": "配車計画", "number": 12, "date": "2027-03-31", "yes_no": False, "choice": "製品A"}
    for kind in given:
        choices = ["製品A", "製品B"] if kind == "choice" else []
        custom_fields.add(label=f"自社の{kind}", kind=kind, choices=choices, by=cast.ada, at=NOON)
    fields = {row.kind: row.key for row in CustomField.objects.all()}
    one = factories.lead(custom={fields[kind]: value for kind, value in given.items()})
    data = written(cast)

    assert take(data, cast, "list.csv").unchanged == 1
    run = take(data.replace("配車計画".encode(), "受発注".encode()), cast, "list.csv")

    assert {run.mapping[f"自社の{kind}"] for kind in given} == {f"custom.{key}" for key in fields.values()}
    assert run.updated == 1
    one.refresh_from_db()
    assert one.custom == {fields[kind]: value for kind, value in (given | {"text": "受発注"}).items()}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("columns", [EVERYTHING, STARTER, (*WHO, *chain.from_iterable(SHOWN.values()))])
def test_every_head_is_one_that_the_importer_knows(language, columns):
    with translation.override(language):
        heads = {str(column.head): column.field or "-" for column in columns}
    assert len(heads) == len(columns)
    # A whole name reads last name first in Japanese, and the other way round elsewhere.
    whole = {"name", "full_name"}
    found = recognise(list(heads)).mapping
    assert {head: "name" if field in whole else field for head, field in found.items()} == heads


def a_full_lead(cast):
    company = {"name": "東浜精工", "industry": "製造業", "employee_count": 120, "prefecture": "愛知県"}
    company |= {"url": "https://higashihama.example", "phone": "052-555-6666", "address": "中区1-2-3"}
    values = {"title": "部長", "email": "emma@example.com", "phone": "03-1111-2222", "mobile": "090-3333-4444"}
    lead = factories.lead(company=company, channel="展示会", campaign="春の展示会", **values)
    LeadTag.objects.create(lead=lead, tag=tags.named("要フォロー", at=NOON), added_at=NOON)
    field = custom_fields.add(label="来場予定日", kind="date", by=cast.ada, at=NOON)
    activities.record(lead=lead, type="webinar_attended", occurred_at=NOON, by=cast.isao, at=NOON)
    Lead.objects.filter(pk=lead.pk).update(
        acquired_at=tokyo("2026-11-02 15:30"),
        last_contact_at=tokyo("2026-11-03 23:59"),
        due_at=tokyo("2026-11-10 18:00"),
        due_kind="resurface",
        owner=cast.isao,
        team=cast.inside,
        custom={field.key: "2026-12-24"},
    )
    return [*SHOWN, f"custom.{field.key}"]


@pytest.mark.parametrize("file_format", exports.FORMATS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_shown_columns_go_out_and_come_in_again_unchanged(cast, language, file_format):
    shown = a_full_lead(cast)
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)]

    with translation.override(language):
        data = written(cast, "shown", file_format, shown=shown)
        run = take(data, cast, "list.xlsx" if file_format == exports.XLSX else "list.csv")

    seen = list(run.file_rows.values_list("result", "errors", "candidates", "old"))
    assert (run.rows, run.unchanged) == (1, 1), seen
    assert [list(model.objects.order_by("pk").values()) for model in (Lead, factories.Company)] == before


def test_only_the_shown_columns_go_out_under_the_words_of_the_page(cast):
    a_full_lead(cast)
    with translation.override("en"):
        heads, row = lines(written(cast, "shown", shown=["act", "due", "email", "owner", "gone", "custom.gone"]))
        words = {str(column.label) for column in list_columns.COLUMNS}
    assert dict(zip(heads, row, strict=True)) == {
        "Company": "東浜精工",
        "Last name": "中村",
        "First name": row[2],
        "Department": "",
        "Job title": "部長",
        "Last activity": "2026-11-20",
        "Last activity (details)": "Webinar attended",
        "Next due": "2026-11-10",
        "Next due (details)": "Review",
        "Email": "emma@example.com",
        "Owner (current)": "井坂 勲",
        "Team (current)": "インサイドセールス1課",
    }
    assert {re.sub(r" \((current|details)\)$", "", head) for head in heads[5:]} - {"Team"} <= words


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_file_and_the_list_call_a_column_the_same(language):
    with translation.override(language):
        words = {column.name: str(column.label) for column in list_columns.COLUMNS}
        everything = {column.source: str(column.head) for column in EVERYTHING}
        for name, columns in SHOWN.items():
            assert str(columns[0].head).startswith(words[name]), name
            assert everything.get(columns[0].source, str(columns[0].head)) == str(columns[0].head)


def test_days_are_days_in_a_workbook(cast):
    shown = a_full_lead(cast)
    data = written(cast, "shown", exports.XLSX, shown=shown)
    heads, row = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    cells = dict(zip(heads, row, strict=True))
    days = [cells[head] for head in ("獲得日", "最終接触", "来場予定日")]
    assert days == [date(2026, 11, 2), date(2026, 11, 3), date(2026, 12, 24)]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert 'formatCode="yyyy-mm-dd"' in book.read("xl/styles.xml").decode()


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("春の展示会", "春の展示会-2026-11-20.csv"),
        ('../../a\\b:c*?"<x>|', "a b c x-2026-11-20.csv"),
        ("…", "…-2026-11-20.csv"),
        ("/", "leads-2026-11-20.csv"),
        ("", "leads-2026-11-20.csv"),
        ("名" * 80, f"{'名' * 60}-2026-11-20.csv"),
        ("a\u202egnp.exe", "a gnp.exe-2026-11-20.csv"),
    ],
)
def test_a_file_is_called_by_its_list(cast, lead, name, called):
    made = exports.export(
        leads=Lead.objects.all(), layout="everything", file_format="csv", by=cast.mia, at=NOON, name=name
    )
    assert made.name == called


def test_a_file_s_name_stays_within_the_bytes_that_systems_take():
    named = file_name("🌸" * 80, "-2026-11-20.xlsx", otherwise="leads")
    assert named == f"{'🌸' * 59}-2026-11-20.xlsx"
    assert len(named.encode()) == 252


def test_the_page_offers_the_shown_columns_and_names_the_file(cast, client, lead):
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    values = {"name": "春の展示会 / 大阪", "filters": {"stage": "lead"}, "columns": ["email"], "is_shared": True}
    saved = segments.save(values=values, by=cast.maki, at=NOON)
    address = f"/leads/export/?stage=lead&list={saved.pk}"
    assert "Columns shown in the list: Email" in client.get(address).content.decode()

    sent = {"layout": "shown", "file_format": "csv"}
    whole = client.post(address, sent)
    chosen = client.post("/leads/export/", sent | {"lead": lead.pk, "query": f"stage=lead&list={saved.pk}"})

    for answer in (whole, chosen):
        heads = lines(b"".join(answer.streaming_content))[0]
        assert heads == ["Company", "Last name", "First name", "Department", "Job title", "Email"]
        told = unquote(answer["Content-Disposition"].partition("filename*=utf-8''")[2])
        assert re.fullmatch(r"春の展示会 大阪-\d{4}-\d\d-\d\d\.csv", told)


def test_no_cell_can_be_a_formula(cast):
    factories.lead(last_name="=1+1", first_name="＠SUM", title="-2", company={"name": "\t@x"})
    row = lines(written(cast))[1]
    assert not [cell for cell in row if cell[:1] in "=+-@＝＋－＠\t" and cell]
    with zipfile.ZipFile(io.BytesIO(written(cast, file_format=exports.XLSX))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f" not in sheet


def test_shift_jis_holds_what_windows_writes_and_names_what_it_lacks(cast):
    lead = factories.lead(last_name="髙橋㈱①")
    assert "髙橋㈱①" in written(cast, file_format=exports.SHIFT_JIS).decode("cp932")
    Lead.objects.filter(pk=lead.pk).update(last_name="𠮷田")
    with pytest.raises(exports.NotInShiftJis) as refused:
        written(cast, file_format=exports.SHIFT_JIS)
    assert "𠮷" in str(refused.value)


def test_taking_leads_away_is_noted_and_only_for_those_who_may(cast):
    factories.lead()
    written(cast)
    event = Event.objects.get(kind="leads.exported")
    assert (event.actor_id, event.data["leads"]) == (cast.mia.pk, 1)
    with pytest.raises(Forbidden):
        exports.export(leads=Lead.objects.all(), layout="everything", file_format="csv", by=cast.sato, at=NOON)


def test_a_list_too_long_for_one_file_says_so(cast, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    factories.lead()
    factories.lead()
    with pytest.raises(exports.TooManyLeads):
        written(cast)


@pytest.mark.parametrize(("language", "cell"), [("ja", "展示会、要フォロー"), ("en", "展示会, 要フォロー")])
def test_tags_stand_in_one_cell(cast, language, cell):
    lead = factories.lead()
    for name in ("要フォロー", "展示会"):
        LeadTag.objects.create(lead=lead, tag=tags.named(name, at=NOON), added_at=NOON)
    with translation.override(language):
        heads, row = lines(written(cast))
    assert dict(zip(heads, row, strict=True))["タグ" if language == "ja" else "Tags"] == cell


def test_queries_do_not_grow_with_the_rows(cast, django_assert_max_num_queries):
    tag = tags.named("展示会", at=NOON)
    for _number in range(12):
        LeadTag.objects.create(lead=factories.lead(company=factories.company()), tag=tag, added_at=NOON)
    with django_assert_max_num_queries(14):
        assert len(lines(written(cast))) == 13
    with django_assert_max_num_queries(14):
        assert len(lines(written(cast, "excel_starter"))) == 13


@pytest.mark.parametrize("file_format", [exports.CSV, exports.SHIFT_JIS])
def test_the_name_of_an_own_field_is_never_a_formula(cast, lead, file_format):
    custom_fields.add(label='=HYPERLINK("http://evil.example")', kind="text", by=None, at=NOON)
    heads = lines(written(cast, file_format=file_format), "cp932" if file_format == exports.SHIFT_JIS else "utf-8-sig")[
        0
    ]
    assert heads[-1] == '\'=HYPERLINK("http://evil.example")'


def test_the_name_of_an_own_field_that_shift_jis_lacks_is_told(cast, lead):
    custom_fields.add(label="温度🔥", kind="text", by=None, at=NOON)
    with pytest.raises(exports.NotInShiftJis) as caught:
        written(cast, file_format=exports.SHIFT_JIS)
    assert "🔥" in str(caught.value)


@pytest.mark.parametrize("number", [0, 2])
def test_the_lines_stand_in_the_order_of_the_list(cast, client, number):
    days = {"b": 3, "a": 1, "c": 2}
    made = {}
    for name, day in days.items():
        made[name] = factories.lead(email=f"{name}@example.com", acquired_at=tokyo(f"2026-11-0{day} 10:00"))
    touched = Lead.objects.filter(pk=made["c"].pk)
    touched.update(last_contact_at=NOON)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    some = {"lead": [lead.pk for lead in made.values()][:number]} if number else {}

    def order(query):
        sent = {"layout": "everything", "file_format": "csv", "query": query} | some
        heads, *rows = lines(b"".join(client.post(f"/leads/export/?{query}", sent).streaming_content))
        return "".join(dict(zip(heads, row, strict=True))["Email"][0] for row in rows)

    there = "ba" if number else "bca"
    assert order("ordering=-acquired_at") == there
    assert order("ordering=acquired_at") == there[::-1]
    assert sorted(order("ordering=nonsense")) == sorted(there)
    if not number:
        assert order("ordering=last_contact_at")[0] == "c", "who has no value comes last"


def test_who_is_known_stays_at_their_own_branch_when_the_sheet_names_none(cast):
    branches = [factories.company("東浜精工", prefecture=place) for place in ("東京都", "大阪府")]
    for number, branch in enumerate(branches):
        factories.lead(last_name="", first_name="", email=f"{number}@example.com", company=branch)

    run = take(written(cast, "shown", shown=["email"]), cast)

    assert (run.rows, run.unchanged) == (2, 2)
    assert [lead.company for lead in Lead.objects.order_by("email")] == branches


def test_days_before_a_spreadsheet_counts_are_written_as_texts(cast):
    field = custom_fields.add(label="創業日", kind="date", by=None, at=NOON)
    for day in ("1887-10-01", "1899-12-31", "1900-01-01"):
        factories.lead(last_name="甲", custom={field.key: day})
    book = written(cast, "shown", exports.XLSX, Lead.objects.order_by("pk"), shown=[f"custom.{field.key}"])
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>1887-10-01</t>" in sheet
    assert "<t>1899-12-31</t>" in sheet
    assert re.findall(r"<v>(.*?)</v>", sheet) == ["1"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_seniority_comes_back_as_the_pages_say_it(cast, language):
    for value in Seniority.values:
        factories.lead(email=f"{value}@example.com", seniority=value)
    with translation.override(language):
        heads, *rows = lines(written(cast, "everything"))
        said = {row[heads.index(str(LABELS["seniority"]))] for row in rows}
        assert "assistant_manager" not in said
        assert len(said) == len(Seniority.values)
        run = take(written(cast, "everything"), cast)
    assert (run.unchanged, run.rows) == (len(Seniority.values),) * 2

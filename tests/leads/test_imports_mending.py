"""What a person does with a file: another sheet, mended rows, one decision for all, the order of dates."""

import io
from datetime import date
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from django.core.files.base import ContentFile

from leads.imports import limits
from leads.imports.errors import Empty
from leads.models import CustomField, ImportRun, Lead
from leads.queries import imports
from leads.services import import_resolving, import_runs, import_work
from tests.cast import NOON, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def start(cast: Cast, data: str | bytes, name: str = "list.csv", **options) -> ImportRun:
    content = ContentFile(data.encode() if isinstance(data, str) else data)
    return import_runs.start(file=content, filename=name, by=cast.mia, at=NOON, **options)


def work(run: ImportRun) -> ImportRun:
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> tuple[int, ...]:
    found = (run.created, run.updated, run.unchanged, run.duplicates, run.refused)
    assert sum(found) == run.rows
    return found


def book(**sheets) -> bytes:
    """A workbook with these sheets; 'hidden' is hidden; a merged range is (first row, column, last row, text)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        sheet.merge_range(number, place, number + cell[0], place + cell[1], cell[2])
                    elif cell is not None:
                        sheet.write(number, place, cell)
            if name == "hidden":
                sheet.hide()
    return out.getvalue()


def test_workbook_as_offices_make_them(cast):
    data = book(
        表紙=[["リード一覧 2026年度"]],
        hidden=[["氏名", "メール"], ["隠れ", "hidden@example.jp"]],
        名簿=[
            [(0, 3, "展示会リード一覧（2026年10月）")],
            [],
            [(1, 0, "会社名"), (1, 0, "氏名"), (0, 1, "連絡先")],
            [None, None, "メール", "携帯"],
            [(2, 0, "株式会社東浜"), "田中 一郎", "t@example.jp", 9012345678],
            [None, "鈴木 花", "h@example.jp", "090-2222-3333"],
            [None, "佐藤 次郎", "j@example.jp", None],
            ["西浜電機", "森 五郎", "m@example.jp", "1.23E+10"],
            ["合計", 4, None, None],
        ],
    )
    run = start(cast, data, "list.xlsx", asks=True)
    assert (run.sheet, run.sheets) == ("名簿", ["表紙", "名簿"])
    with pytest.raises(Empty):
        import_runs.read_again(run=run, by=cast.mia, sheet="表紙")
    assert import_runs.read_again(run=run, by=cast.mia, sheet="名簿", header_line=5).headers[1] == "田中 一郎"
    run = import_runs.read_again(run=run, by=cast.mia, sheet="名簿")
    assert (run.sheet, run.header_line, run.headers) == ("名簿", 4, ["会社名", "氏名", "メール", "携帯"])
    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON))
    assert counts(run) == (3, 0, 1, 0, 1)
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    assert counts(work(run)) == (3, 0, 1, 0, 1)
    assert set(Lead.objects.values_list("company__name", flat=True)) == {"株式会社東浜"}
    assert Lead.objects.get(last_name="田中").mobile == "09012345678"
    reasons = {row.line: [fault["code"] for fault in row.errors] for row in imports.rows(run, result="refused")}
    assert reasons == {8: ["shortened"]}
    assert imports.aside(run) == [(9, "total_row")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_mended_file_of_refused_rows_comes_in_as_the_first_did(cast, kind, language):
    from django.utils.translation import override

    mapping = {"番号": "external_id", "なまえ": "name", "どこ": "custom.どこ", "いつ": "acquired_at"}
    text = "番号,なまえ,どこ,いつ\n001,田中 一郎,東,1/2/2026\n002,鈴木 花,西,13/2/2026\n003,佐藤 次郎,南,きのう\n"
    first = work(start(cast, text, mapping=mapping, create_custom=True, date_order="dmy", channel="展示会"))
    assert counts(first) == (2, 0, 0, 0, 1)
    with override(language):
        data = imports.refused_xlsx(first) if kind == "xlsx" else "".join(imports.refused_csv(first)).encode()
    assert counts(work(start(cast, data, f"refused.{kind}"))) == (0, 0, 0, 0, 1)
    if kind == "csv":
        mended = work(start(cast, data.replace("きのう".encode(), b"3/4/2026")))
        assert counts(mended) == (1, 0, 0, 0, 0)
        lead = Lead.objects.get(external_id="003")
        assert (lead.acquired_at.month, lead.channel.name, lead.custom) == (4, "展示会", {"どこ": "南"})
    assert counts(work(start(cast, text, channel="展示会"))) == (0, 0, 2, 0, 1)


def test_held_rows_are_decided_all_alike_before_and_after_the_commit(cast):
    work(start(cast, "会社名,氏名,役職\n" + "".join(f"東浜,担当{n},課長\n" for n in range(6))))
    text = "会社名,氏名,役職\n" + "".join(f"東浜,担当{n},部長\n" for n in range(6))
    run = work(start(cast, text, dry_run=True))
    assert counts(run) == (0, 0, 0, 6, 0)
    assert imports.decidable(run) == {"same": 6, "new": 6, "skip": 6}
    import_resolving.resolve(run=run, number=1, meaning="skip", by=cast.mia, at=NOON)
    assert import_resolving.resolve_all(run=run, meaning="new", by=cast.mia, at=NOON) == 5
    assert run.file_rows.get(number=1).resolution == "skip"
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    assert counts(work(run)) == (5, 0, 1, 0, 0)
    again = work(start(cast, text.replace("部長", "社長")))
    assert counts(again) == (0, 0, 0, 6, 0)
    assert import_resolving.resolve_all(run=again, meaning="same", by=cast.mia, at=NOON) == 1
    assert counts(work(again)) == (0, 1, 0, 5, 0)
    assert import_resolving.resolve_all(run=again, meaning="skip", by=cast.mia, at=NOON) == 5
    assert counts(work(again)) == (0, 1, 5, 0, 0)
    assert Lead.objects.count() == 11


def test_order_of_dates_is_asked_for_and_then_holds(cast):
    run = start(cast, "氏名,メール,獲得日\n甲,1@example.jp,1/2/2026\n乙,2@example.jp,2026/1/2\n", asks=True)
    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON))
    assert counts(run) == (1, 0, 0, 0, 1)
    assert imports.asks_for_order(run)
    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON, date_order="mdy"))
    assert (counts(run), imports.asks_for_order(run)) == ((2, 0, 0, 0, 0), False)


def test_decisions_stay_when_the_preview_is_made_anew(cast):
    work(start(cast, "会社名,氏名,役職\n" + "".join(f"東浜,担当{n},課長\n" for n in range(4))))
    lines = [f"東浜,担当{n},部長,2026/1/5\n" for n in range(4)]
    text = "会社名,氏名,役職,獲得日\n" + "".join(lines) + "西浜,丙,部長,1/2/2026\n"
    run = start(cast, text, asks=True)
    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON))
    assert counts(run) == (0, 0, 0, 4, 1)
    same = str(run.file_rows.get(number=1).candidates[0])
    for number, meaning in ((1, same), (2, "new"), (3, "skip")):
        import_resolving.resolve(run=run, number=number, meaning=meaning, by=cast.mia, at=NOON)

    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON, date_order="mdy"))
    assert counts(run) == (1, 0, 0, 4, 0)
    assert list(run.file_rows.order_by("number").values_list("resolution", flat=True)) == [same, "new", "skip", "", ""]

    # Without the titles the rows say nothing else than what is known: there is nothing to decide any more.
    mapping = run.mapping | {"役職": "-"}
    run = work(import_runs.confirm(run=run, mapping=mapping, by=cast.mia, at=NOON, date_order="mdy"))
    assert not run.file_rows.exclude(resolution="").exists()


def test_word_in_a_column_of_visits_can_be_given_a_meaning(cast):
    cells = ["2026/7/1", "初日", "初日", "最終日", "2026/13/45"]
    text = "氏名,メール,来場日\n" + "".join(f"甲,{n}@example.jp,{cell}\n" for n, cell in enumerate(cells))
    run = start(cast, text, asks=True)
    run = work(import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON))
    assert counts(run) == (1, 0, 0, 0, 4)
    assert imports.unknown_words(run) == {"来場日": ("count", {"初日": 2, "最終日": 1})}

    said = {"field": run.mapping["来場日"], "values": {"初日": "1", "最終日": ""}}
    run = work(import_runs.confirm(run=run, mapping=run.mapping | {"来場日": said}, by=cast.mia, at=NOON))
    assert counts(run) == (4, 0, 0, 0, 1)
    work(import_runs.commit(run=run, by=cast.mia, at=NOON))
    kept = Lead.objects.order_by("email").values_list("activities__type", flat=True)
    assert list(kept) == ["event_attended", "event_attended", "event_attended", None]


def test_own_fields_get_the_kind_their_cells_have(cast):
    columns = {"数": ["1", "-2.5", "1,200"], "可否": ["Yes", "no", "No"], "日": ["2026/1/5", "令和8年2月1日", ""]}
    columns |= {"文": ["1", "x", ""], "番号": ["007", "12", "3"], "空": ["", "", "-"], "混": ["1/2/2026", "", ""]}
    lines = [",".join(["メール", *columns])]
    lines += [",".join([f"{n}@example.jp", *(f'"{cells[n]}"' for cells in columns.values())]) for n in range(3)]
    mapping = {"メール": "email"} | {name: f"custom.{name}" for name in columns}
    run = work(start(cast, "\n".join(lines), mapping=mapping, create_custom=True))
    assert counts(run) == (3, 0, 0, 0, 0)
    kinds = dict(CustomField.objects.values_list("key", "kind"))
    wanted = {"数": "number", "可否": "yes_no", "日": "date", "文": "text", "番号": "text", "空": "text", "混": "text"}
    assert kinds == wanted
    first = Lead.objects.get(email="0@example.jp").custom
    assert first == {"数": 1, "可否": True, "日": "2026-01-05", "文": "1", "番号": "007", "混": "1/2/2026"}


def test_rows_of_many_long_cells_are_taken_in_small_chunks(cast, monkeypatch):
    monkeypatch.setattr(limits, "CHUNK_CHARACTERS", 10_000)
    wide = ",".join(f"列{n}" for n in range(150))
    rows = "".join(f"{n}@example.jp," + ",".join(["あ" * 30] * 150) + "\n" for n in range(22))
    run = work(start(cast, f"メール,{wide}\n{rows}"))
    assert (counts(run), run.widest) == ((22, 0, 0, 0, 0), 150 * 30 + len("10@example.jp"))


def test_visitors_of_an_exhibition_were_met_on_the_day_of_their_visit(cast):
    rows = "東浜,田中 一郎,t@example.jp,秋の展示会,令和8年7月1日\n西浜,鈴木 花,h@example.jp,春の展示会①,月末ごろ\n"
    run = work(start(cast, "会社名,氏名,メール,展示会名,来場日\n" + rows))
    assert counts(run) == (1, 0, 0, 0, 1)
    lead = Lead.objects.get()
    assert (lead.channel.name, lead.campaign.name) == ("展示会", "秋の展示会")
    assert lead.acquired_at.astimezone(ZoneInfo("Asia/Tokyo")).date() == date(2026, 7, 1)
    assert lead.sources.get().at == lead.acquired_at

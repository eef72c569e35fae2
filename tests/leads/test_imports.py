"""Importing: the starter sheet, the inventory, repeated files, bad rows, dying workers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from journal import clock
from journal.models import Event
from leads import hooks
from leads.models import Activity, Company, ImportRow, ImportRun, Lead, LeadSource, ScoreDue
from leads.queries import imports, timeline
from leads.services import activities, import_chunks, import_resolving, import_runs, import_work, merging
from leads.services.import_errors import WrongState
from tests.cast import NOON, Cast

pytestmark = pytest.mark.django_db
STARTER = "会社名,担当者名,業種,従業員数,役職,DL回数,セミナー参加,Web閲覧回数,スコア合計,優先度\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


Import = Callable[..., ImportRun]


@pytest.fixture
def take(cast: Cast) -> Import:
    """Imports a text as Mia's file, to its end."""

    def run(text: str | bytes, *, at: datetime = NOON, name: str = "list.csv", **options: object) -> ImportRun:
        data = text.encode() if isinstance(text, str) else text
        made = import_runs.start(file=ContentFile(data), filename=name, by=cast.mia, at=at, **options)  # type: ignore[arg-type]
        import_work.work(run_id=made.pk, now=lambda: at)
        made.refresh_from_db()
        return made

    return run


def counts(run: ImportRun) -> tuple[int, int, int, int, int]:
    assert run.created + run.updated + run.unchanged + run.duplicates + run.refused == run.rows
    return run.created, run.updated, run.unchanged, run.duplicates, run.refused


def test_ar_09_starter_sheet_imports_without_mapping(take: Import) -> None:
    run = take(STARTER + "株式会社東浜,田中一郎,製造業,120名,課長,1,なし,2回以上,25,中\n")
    assert (run.state, run.layout, counts(run)) == ("done", "excel_starter", (1, 0, 0, 0, 0))
    lead = Lead.objects.select_related("company").get()
    assert (lead.last_name, lead.first_name, lead.title, lead.seniority) == ("田中一郎", "", "課長", "manager")
    assert (lead.company.name, lead.company.industry) == ("株式会社東浜", "製造業")
    assert (lead.company.employee_count, lead.company.employee_count_max) == (120, 120)
    kept = sorted(Activity.objects.values_list("event_id", flat=True))
    assert kept == [
        f"import:{lead.pk}:document_download:1",
        f"import:{lead.pk}:site_visit:1",
        f"import:{lead.pk}:site_visit:2",
    ]
    assert run.file_rows.get().stated_score == 25
    lead.refresh_from_db()
    assert lead.last_activity_at == lead.acquired_at == NOON
    assert "lead.imported" in [entry.kind for entry in timeline.lines(lead)[0]]


def test_ar_12_inventory_imports_without_mapping(take: Import) -> None:
    run = take(
        "企業名,担当者名,連絡先,獲得経路,接触履歴,対応状況\n"
        "東浜精工,田中 一郎,tanaka@example.jp,展示会,11/1に名刺交換,架電済み\n"
        "西浜電機,鈴木 花,090-1234-5678,紹介,,未対応\n"
    )
    assert counts(run) == (2, 0, 0, 0, 0)
    tanaka = Lead.objects.get(email="tanaka@example.jp")
    assert tanaka.channel is not None
    assert (tanaka.channel.name, tanaka.last_name, tanaka.first_name) == ("展示会", "田中", "一郎")
    assert set(tanaka.activities.values_list("type", "note")) == {("note", "11/1に名刺交換"), ("note", "架電済み")}
    assert Lead.objects.get(last_name="鈴木").mobile == "090-1234-5678"


def test_same_file_again_changes_nothing(take: Import) -> None:
    text = (
        "external_id,氏名,会社名,従業員数,メールアドレス,役職,獲得経路,獲得日,DL回数,接触履歴,課題\n"
        "A1,田中 一郎,東浜精工,101〜300名,tanaka@example.jp,部長,展示会,2026/10/1,2,電話した,人手不足\n"
        ",鈴木 花,東浜精工,,,課長,,,1,,\n"
        ",佐藤 次郎,,,jiro@example.jp,,紹介,,,,\n"
    )
    assert counts(take(text)) == (3, 0, 0, 0, 0)
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, Company, Activity, LeadSource)]
    ScoreDue.objects.all().delete()
    assert counts(take(text)) == (0, 0, 3, 0, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Lead, Company, Activity, LeadSource)] == before
    assert not ScoreDue.objects.exists()


def test_reimport_with_one_more_download_adds_one(take: Import) -> None:
    text = "氏名,メール,DL回数\n田中 一郎,tanaka@example.jp,{}\n"
    take(text.format(1))
    run = take(text.format("2回以上"))
    assert counts(run) == (0, 1, 0, 0, 0)
    lead = Lead.objects.get()
    assert sorted(lead.activities.values_list("event_id", flat=True)) == [
        f"import:{lead.pk}:document_download:1",
        f"import:{lead.pk}:document_download:2",
    ]
    assert counts(take(text.format(1))) == (0, 0, 1, 0, 0)


def test_f_11_one_bad_row_stops_no_other_and_every_row_is_accounted_for(take: Import) -> None:
    run = take(
        "氏名,メール,獲得日\n"
        "田中 一郎,tanaka@example.jp,2026/1/5\n"
        "鈴木 花,こわれた,2026/1/5\n"
        "佐藤 次郎,jiro@example.jp,1/2/2026\n"
        ",,2026/1/5\n"
        "田中 一郎,tanaka@example.jp,2026/1/5\n"
        "高橋 三郎,saburo@example.jp,令和8年1月5日\n"
    )
    assert counts(run) == (2, 0, 1, 0, 3)
    refused = {
        row.line: [(e["column"], e["code"]) for e in row.errors] for row in run.file_rows.filter(result="refused")
    }
    assert refused == {3: [("メール", "email")], 4: [("獲得日", "date_order")], 5: [("", "nobody")]}
    assert set(Lead.objects.values_list("email", flat=True)) == {"tanaka@example.jp", "saburo@example.jp"}


def test_empty_cells_never_empty_anything(take: Import) -> None:
    take("氏名,メール,役職,電話,業種,会社名\n田中 一郎,tanaka@example.jp,部長,03-1234-5678,製造業,東浜精工\n")
    run = take("氏名,メール,役職,電話,業種,会社名\n田中 一郎,tanaka@example.jp,,-,,\n")
    assert counts(run) == (0, 0, 1, 0, 0)
    lead = Lead.objects.select_related("company").get()
    assert (lead.title, lead.phone, lead.company.industry) == ("部長", "03-1234-5678", "製造業")


def test_name_without_a_blank_never_tears_the_name_that_is_known(take: Import) -> None:
    take("氏名,フリガナ,メール\n田中 一郎,タナカ イチロウ,tanaka@example.jp\n")
    for name, kana in (("田中一郎", "ﾀﾅｶｲﾁﾛｳ"), ("田中", "タナカ")):
        run = take(f"氏名,フリガナ,メール\n{name},{kana},tanaka@example.jp\n")
        assert counts(run) == (0, 0, 1, 0, 0)
    lead = Lead.objects.get()
    assert (lead.last_name, lead.first_name, lead.name_key) == ("田中", "一郎", "田中一郎")
    assert (lead.last_name_kana, lead.first_name_kana) == ("タナカ", "イチロウ")
    take("氏名,メール\n鈴木一郎,tanaka@example.jp\n")
    lead.refresh_from_db()
    assert (lead.last_name, lead.first_name, lead.name_key) == ("鈴木一郎", "", "鈴木一郎")


def test_file_again_after_a_merge_changes_nothing(take: Import, cast: Cast) -> None:
    text = (
        "氏名,会社名,メール,携帯\n"
        "田中 一郎,東浜精工,tanaka@example.jp,090-1111-2222\n田中 一郎,東浜精工,ichiro@example.jp,090-3333-4444\n"
    )
    take(text)
    kept, other = Lead.objects.order_by("pk")
    merging.merge(survivor=kept, loser=other, by=cast.mia, at=NOON)
    for _again in range(2):
        assert counts(take(text)) == (0, 0, 2, 0, 0)
    kept.refresh_from_db()
    assert (kept.email, kept.mobile) == ("tanaka@example.jp", "090-1111-2222")


def test_person_without_contact_is_found_again_by_a_name_without_a_blank(take: Import) -> None:
    take("氏名,会社名,役職\n田中 一郎,東浜精工,\n")
    counted = [counts(take("氏名,会社名,役職\n田中一郎,東浜精工,課長\n")) for _ in range(2)]
    assert counted == [(0, 1, 0, 0, 0), (0, 0, 1, 0, 0)]


def test_kana_comes_in_full_width_and_a_number_keeps_its_dashes(take: Import) -> None:
    header = "氏名,ﾌﾘｶﾞﾅ,メール,電話\n"
    take(header + "田中 一郎,ﾀﾅｶ ｲﾁﾛｳ,tanaka@example.jp,03-1234-5678\n")
    run = take(header + "田中 一郎,タナカ　イチロウ,tanaka@example.jp,312345678\n")
    lead = Lead.objects.get()
    assert counts(run) == (0, 0, 1, 0, 0)
    assert (lead.last_name_kana, lead.first_name_kana, lead.phone) == ("タナカ", "イチロウ", "03-1234-5678")
    take(header + "田中 一郎,,tanaka@example.jp,03-8765-4321\n")
    lead.refresh_from_db()
    assert lead.phone == "03-8765-4321"


def test_namesake_with_other_details_is_held_and_can_be_decided(take: Import, cast: Cast) -> None:
    take(STARTER + "東浜精工,田中 一郎,製造業,120,課長,1,,,,\n")
    run = take(STARTER + "株式会社東浜精工,田中一郎,製造業,120,部長,1,,,,\n東浜精工,田中 一郎,製造業,120,課長,5,,3,,\n")
    assert counts(run) == (0, 1, 0, 1, 0)
    held = run.file_rows.get(result="duplicate")
    assert held.candidates == [Lead.objects.get().pk]
    assert held.errors[0]["code"] == "namesake"


def test_company_phone_and_role_address_are_no_keys(take: Import) -> None:
    run = take(
        "氏名,会社名,メール,電話\n"
        "田中 一郎,東浜精工,info@example.jp,03-1234-5678\n鈴木 花,東浜精工,info@example.jp,03-1234-5678\n"
    )
    assert counts(run) == (2, 0, 0, 0, 0)


def test_a_known_mobile_and_name_under_another_address_is_held_and_can_be_decided(take: Import, cast: Cast) -> None:
    head = "氏名,メール,携帯電話,会社名\n"
    take(f"{head}佐藤 検,one@example.jp,090-9876-5432,検証\n佐藤 新,three@example.jp,090-1111-2222,検証\n")
    rows = "佐藤 検,two@example.jp,090-9876-5432,検証\n鈴木 別,four@example.jp,090-9876-5432,検証\n"
    run = take(head + rows)
    held = run.file_rows.get(result="duplicate")

    assert counts(run) == (1, 0, 0, 1, 0), "another name under one number is somebody else"
    assert held.errors[0]["code"] == "other_address"
    assert imports.decidable(run) == {"same": 1, "new": 1, "skip": 1}

    import_resolving.resolve(run=run, number=held.number, meaning=str(held.candidates[0]), by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)

    assert Lead.objects.get(mobile="090-9876-5432", last_name="佐藤").email == "two@example.jp"
    assert Lead.objects.count() == 3


def test_ar_14_one_person_from_three_lists_keeps_three_sources(take: Import) -> None:
    take("氏名,メール,会社名,名刺交換日\n田中 一郎,tanaka@example.jp,東浜精工,2026/10/2\n", channel="名刺")
    take("氏名,メール\n田中 一郎,Tanaka@example.jp\n", channel="フォーム")
    run = take("氏名,メール,獲得日\n田中 一郎,tanaka@example.jp,2026/9/1\n", channel="展示会")
    assert counts(run) == (0, 1, 0, 0, 0)
    lead = Lead.objects.get()
    assert {source.channel.name for source in lead.sources.all()} == {"名刺", "フォーム", "展示会"}
    assert lead.channel.name == "展示会"
    assert lead.activities.get().type == "business_card"


def test_rows_are_marked_stale_as_bulk_and_told_once_a_chunk(take: Import) -> None:
    run = take("external_id,氏名,ステージ\n" + "".join(f"A{n},田中 {n},リード\n" for n in range(1100)))
    assert counts(run) == (1100, 0, 0, 0, 0)
    assert set(ScoreDue.objects.values_list("cause", flat=True)) == {"bulk"}
    assert ScoreDue.objects.count() == 1100
    events = Event.objects.filter(kind="import.rows_applied").order_by("pk")
    size = import_work.chunk_rows()
    assert [len(event.data["created"]) for event in events] == [min(size, 1100 - n) for n in range(0, 1100, size)]
    assert Event.objects.get(kind="import.finished").data["created"] == 1100


def test_dry_run_stops_at_a_preview_that_commit_fulfils(take: Import, cast: Cast) -> None:
    run = take("氏名,メール\n田中 一郎,tanaka@example.jp\n田中 一郎,tanaka@example.jp\n鈴木,x\n", dry_run=True)
    assert (run.state, counts(run)) == ("preview", (1, 0, 1, 0, 1))
    assert not Lead.objects.exists()
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", (1, 0, 1, 0, 1))
    assert Lead.objects.count() == 1
    with pytest.raises(WrongState):
        import_runs.commit(run=run, by=cast.mia, at=NOON)


class Killed(BaseException):
    """The worker's death."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 6])
def test_killed_worker_is_followed_by_another(cast: Cast, monkeypatch, after: int) -> None:
    monkeypatch.setattr(import_work, "chunk_rows", lambda: 500)
    text = "external_id,氏名,獲得経路,DL回数\n" + "".join(f"A{n},田中 {n},展示会,1\n" for n in range(1300))
    run = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON)
    calls = 0

    def die() -> datetime:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed
        return NOON

    with pytest.raises(Killed):
        import_work.work(run_id=run.pk, now=die)
    later = NOON + import_work.LEASE * 2
    import_work.work(run_id=run.pk, now=lambda: later)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", (1300, 0, 0, 0, 0))
    assert (
        Lead.objects.count()
        == Activity.objects.count()
        == LeadSource.objects.count()
        == ImportRow.objects.count()
        == 1300
    )


def test_run_held_by_another_is_left_alone(take: Import, cast: Cast) -> None:
    run = import_runs.start(file=BytesFile(), filename="list.csv", by=cast.mia, at=NOON)
    ImportRun.objects.filter(pk=run.pk).update(leased_until=NOON + import_work.LEASE)
    assert import_work.work(run_id=run.pk, now=lambda: NOON) is None


def BytesFile() -> ContentFile:  # noqa: N802
    return ContentFile(BytesIO("氏名,メール\n田中,a@example.jp\n".encode()).read())


def test_command_takes_a_file_in_and_reports(cast: Cast, tmp_path, capsys) -> None:
    path = tmp_path / "list.csv"
    path.write_text("番号,氏名,経路\n1,田中 一郎,紹介\n2,,\n", encoding="cp932")
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"番号": "external_id", "氏名": "name", "経路": "channel"}', encoding="utf-8")
    call_command("import_leads", str(path), mapping=str(mapping), channel="展示会")
    assert "done: rows 2 (created 2, updated 0, unchanged 0, duplicates 0, refused 0)" in capsys.readouterr().out
    assert {lead.channel.name for lead in Lead.objects.all()} == {"紹介", "展示会"}
    with pytest.raises(CommandError):
        call_command("import_leads", str(path), mapping='{"番号": "nonsense"}')


def test_stage_and_outcome_become_imported_history(take: Import, cast: Cast) -> None:
    text = (
        "external_id,氏名,結果,結果日,金額,担当営業\n"
        "A1,田中 一郎,受注,2026/3/1,1200万円,sato@handoff.example\n"
        "A2,鈴木 花,失注,,,\n"
        "A3,森 五郎,,,,nobody@handoff.example\n"
    )
    assert counts(take(text)) == (2, 0, 0, 0, 1)
    won, lost = Lead.objects.order_by("external_id")
    assert (won.stage, lost.stage) == ("won", "lost")
    assert [(row.to_stage, row.imported, row.undated) for row in won.transitions.all()] == [("won", True, False)]
    assert [(row.to_stage, row.imported, row.undated) for row in lost.transitions.all()] == [("lost", True, True)]
    assert (lost.due_kind, lost.not_before is not None) == ("resurface", True)
    assert counts(take(text)) == (0, 0, 2, 0, 1)


def test_lead_that_was_handed_over_is_held_back_from_imported_history(take: Import, monkeypatch) -> None:
    text = "external_id,氏名,結果\nA1,田中 一郎,\nA2,鈴木 花,\n"
    take(text)
    handed = Lead.objects.get(external_id="A1")
    monkeypatch.setattr(hooks, "leads_with_handoffs", [lambda ids: {handed.pk} & set(ids)])
    run = take("external_id,氏名,結果\nA1,田中 一郎,受注\nA2,鈴木 花,受注\n")
    assert counts(run) == (0, 1, 0, 1, 0)
    assert run.file_rows.get(result="duplicate").errors[0]["code"] == "has_handoff"
    handed.refresh_from_db()
    assert handed.stage == "lead"


def test_row_decided_for_another_reason_is_asked_about_before_its_stage_is_left_out(
    take: Import, cast: Cast, monkeypatch
) -> None:
    take("会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    handed = Lead.objects.get()
    monkeypatch.setattr(hooks, "leads_with_handoffs", [lambda ids: {handed.pk} & set(ids)])
    run = take("会社名,氏名,役職,結果\n東浜,田中 一郎,部長,受注\n")
    for reason in ("namesake", "has_handoff"):
        row = run.file_rows.get()
        assert (row.result, row.errors[0]["code"]) == ("duplicate", reason)
        import_resolving.resolve(run=run, number=1, meaning=str(handed.pk), by=cast.mia, at=NOON)
    assert run.file_rows.get().result == "updated"
    handed.refresh_from_db()
    assert (handed.stage, handed.title) == ("lead", "部長")


def test_row_of_a_lead_that_was_handed_over_comes_in_without_its_stage_once_decided(
    take: Import, cast: Cast, monkeypatch
) -> None:
    """Deciding "same person" on it must not leave it held: the stage and the owner here stand, the rest is taken."""
    take("external_id,氏名,役職\nA1,田中 一郎,課長\n")
    handed = Lead.objects.get(external_id="A1")
    monkeypatch.setattr(hooks, "leads_with_handoffs", [lambda ids: {handed.pk} & set(ids)])
    run = take("external_id,氏名,役職,結果,担当営業\nA1,田中 一郎,部長,受注,sato@handoff.example\n")
    assert imports.decidable(run)["same"] == 1
    import_resolving.resolve(run=run, number=1, meaning=str(handed.pk), by=cast.mia, at=NOON)
    run.refresh_from_db()
    handed.refresh_from_db()
    assert counts(run) == (0, 1, 0, 0, 0)
    assert (handed.title, handed.stage, handed.owner_id) == ("部長", "lead", None)


def test_list_that_says_lead_leaves_what_the_score_made_of_it(take: Import, cast: Cast) -> None:
    """Else each import of the list would move the same people to and fro between "lead" and what their score says."""
    text = "external_id,氏名,ステージ\nA1,田中 一郎,リード\n"
    take(text)
    Lead.objects.update(stage="mal")
    assert counts(take(text)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().stage == "mal"


def test_address_in_other_capitals_is_no_news(take: Import, cast: Cast) -> None:
    take("氏名,email\n田中 一郎,tanaka@example.com\n")
    assert counts(take("氏名,email\n田中 一郎,TANAKA@Example.com\n")) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().email == "tanaka@example.com"


def test_update_of_the_stage_alone_says_what_it_brings(take: Import, cast: Cast) -> None:
    take("external_id,氏名\nA1,田中 一郎\n")
    run = take("external_id,氏名,結果\nA1,田中 一郎,受注\n")
    assert run.file_rows.get().old == {"+gained": ["stage"]}


def test_count_says_all_that_somebody_did_whoever_recorded_it(take: Import, cast: Cast) -> None:
    """An exported starter sheet names what is here; taken in again it must not add the same acts once more."""
    take("氏名,email\n田中 一郎,tanaka@example.com\n")
    lead = Lead.objects.get()
    for number in range(2):
        activities.record(
            lead=lead, type="document_download", occurred_at=NOON, by=cast.mia, at=NOON, event_id=f"w{number}"
        )
    head = "email,DL回数\n"
    assert counts(take(head + "tanaka@example.com,2\n")) == (0, 0, 1, 0, 0)
    assert counts(take(head + "tanaka@example.com,3\n")) == (0, 1, 0, 0, 0)
    assert counts(take(head + "tanaka@example.com,3\n")) == (0, 0, 1, 0, 0)
    assert lead.activities.filter(type="document_download").count() == 3


def test_channel_alone_is_no_news_of_who_came_by_a_campaign_of_it(take: Import, cast: Cast) -> None:
    take("氏名,email,経路,施策\n田中 一郎,tanaka@example.com,展示会,春の展示会\n")
    assert counts(take("email,経路\ntanaka@example.com,展示会\n")) == (0, 0, 1, 0, 0)
    assert LeadSource.objects.count() == 1


def test_sweep_finds_a_forgotten_run_and_works_it_off(cast: Cast) -> None:
    run = import_runs.start(file=BytesFile(), filename="list.csv", by=cast.mia, at=NOON)
    assert import_work.sweep(at=NOON) == 1
    run.refresh_from_db()
    assert run.state == "queued"
    later = NOON + import_work.UNHEARD * 2
    with clock.frozen(later):
        import_work.sweep(at=later)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 1)
    assert import_work.sweep(at=later) == 0


@pytest.mark.django_db(transaction=True)
def test_row_that_the_database_refuses_stops_no_other(cast: Cast, monkeypatch) -> None:
    """Also the channel that the refused transaction had made is made again."""
    real = import_chunks.apply

    def apply(rows, context, *, at):  # type: ignore[no-untyped-def]
        drafts = real(rows, context, at=at)
        if any("森" in row.cells[0] for row in rows):
            raise DataError("value too long")
        return drafts

    monkeypatch.setattr(import_chunks, "apply", apply)
    text = (
        "氏名,メール,獲得経路\n田中,a@example.jp,新しい経路\n森,b@example.jp,新しい経路\n鈴木,c@example.jp,新しい経路\n"
    )
    run = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", (2, 0, 0, 0, 1))
    assert run.file_rows.get(result="refused").errors[0]["code"] == "unwritable"
    assert {source.channel.name for source in LeadSource.objects.select_related("channel")} == {"新しい経路"}


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_list_at_once_make_each_lead_once(cast: Cast) -> None:
    text = "氏名,メール,獲得経路\n" + "".join(f"田中 {n},lead{n}@example.jp,展示会\n" for n in range(120))
    runs = [
        import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON) for _ in range(3)
    ]

    def work(run: ImportRun) -> None:
        try:
            import_work.work(run_id=run.pk, now=lambda: NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, runs))
    for run in runs:
        run.refresh_from_db()
        assert (run.state, run.refused, run.duplicates) == ("done", 0, 0)
        counts(run)
    assert sum(run.created for run in runs) == Lead.objects.count() == LeadSource.objects.count() == 120


def test_chunk_asks_the_same_number_of_questions_however_many_rows_it_has(take: Import) -> None:
    """Rows that find their lead, make one, are held or refused: no look-up is made a row."""

    def questions(count: int, mark: str) -> int:
        text = "external_id,会社名,氏名,メール,携帯,獲得経路,DL回数,結果\n" + "".join(
            f"{mark}{n},会社{n % 7},担当{n},{mark}{n}@example.jp,090{n:08},展示会{n % 3},1,{'受注' if n % 5 else 'x'}\n"
            for n in range(count)
        )
        take(text)
        with CaptureQueriesContext(connection) as asked:
            take(text.replace(",1,", ",2,"))
        return sum(query["sql"].startswith("SELECT") for query in asked)

    questions(20, "z")
    assert questions(120, "a") == questions(200, "b")

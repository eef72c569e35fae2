"""Lists as they lie about: half-width kana, notes below the list, eras cut short, nothing below the column names."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leads.domain.import_columns import recognise
from leads.domain.import_dates import understand_date
from leads.domain.import_totals import is_note
from leads.imports import encodings
from leads.models import ImportRun, Lead
from leads.queries import imports
from leads.services import import_runs, import_work
from leads.web.import_words import ENCODING
from tests.cast import NOON
from tests.leads.taking import counts, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_list_in_half_width_kana_is_read_and_written_as_one_reads_it(cast):
    run = take(cast, "ｶｲｼｬﾒｲ,ｼﾒｲ,ﾃﾞﾝﾜ,ﾔｸｼｮｸ,ﾌﾞｼｮ,ﾒｰﾙ\nﾔﾏﾀﾞｼｮｳｼﾞ,ﾔﾏﾀﾞ ﾀﾛｳ,0312345678,ﾌﾞﾁｮｳ,ｴｲｷﾞｮｳ1ｶ,y@hk.example\n")
    assert counts(run) == (1, 0, 0, 0, 0)
    lead = Lead.objects.get()
    assert (lead.company.name, lead.last_name, lead.first_name) == ("ヤマダショウジ", "ヤマダ", "タロウ")
    assert (lead.title, lead.department, lead.phone) == ("ブチョウ", "エイギョウ1カ", "0312345678")
    assert counts(take(cast, "会社名,氏名,メール\nヤマダショウジ,ヤマダ　タロウ,y@hk.example\n")) == (0, 0, 1, 0, 0)


def test_an_id_stays_as_it_is_written(cast):
    take(cast, "ID,氏名\nｱ-1,田中 一郎\n")
    assert Lead.objects.get().external_id == "ｱ-1"


def test_a_reading_is_the_name_only_where_no_name_stands():
    assert recognise(["ｼﾒｲ", "ﾒｰﾙ"]).mapping["ｼﾒｲ"] == "name"
    assert recognise(["氏名", "ｼﾒｲ"]).mapping["ｼﾒｲ"] == "name_kana"
    assert recognise(["姓", "名", "フリガナ"]).mapping["フリガナ"] == "name_kana"


@pytest.mark.parametrize("text", ["令8.1.5", "令和8年1月5日", "㋿8年1月5日", "R8/1/5", "r08-01-05"])
def test_an_era_may_be_cut_short(text):
    assert understand_date(text) == date(2026, 1, 5)
    assert understand_date("平成元年5月1日") == understand_date("平1.5.1") == date(1989, 5, 1)


@pytest.mark.parametrize(
    "note", ["※社外秘", "＊敬称略", "以上", "（以上）", "以　上", "社外秘", "注：10月時点", "出典: 展示会事務局"]
)
def test_a_note_below_the_list_is_skipped_and_told(client, cast, note):
    run = take(cast, f"会社名,氏名,メール\n東浜,甲,a@example.jp\n{note},,\n", dry_run=True)
    assert counts(run) == (1, 0, 1, 0, 0)
    assert imports.aside(run) == [(3, "note_row")]
    client.force_login(cast.mia)
    assert "3行目（注記）" in client.get(reverse("import", args=[run.pk])).content.decode()


@pytest.mark.parametrize("row", [["※東浜", "甲"], ["以上商事"], ["注文 太郎"], ["社外 秘子"], [""]])
def test_what_may_name_somebody_is_no_note(row):
    assert not is_note(row)


@pytest.mark.parametrize(
    ("data", "language", "told"),
    [
        ("", "ja", "ファイルが空です"),
        ("", "en", "The file is empty."),
        ("会社名,氏名,メール\n", "ja", "見出しの下にデータの行がありません"),
        ("会社名,氏名,メール\n", "en", "no rows below the column names"),
    ],
)
def test_a_list_without_rows_says_what_to_look_at(client, cast, data, language, told):
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = language
    answer = client.post(reverse("imports"), {"file": SimpleUploadedFile("list.csv", data.encode())})
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_row_held_against_another_of_its_file_says_when_it_can_be_the_same(client, cast):
    run = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n東浜,田中 一郎,部長\n", dry_run=True)
    client.force_login(cast.mia)
    told = "同じファイルの2行目と同じ人かもしれません。"
    assert told in client.get(reverse("import", args=[run.pk])).content.decode()
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    page = client.get(reverse("import", args=[run.pk]) + "?result=duplicate").content.decode()
    assert told not in page
    assert f'value="{Lead.objects.get().pk}"' in page


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("euc_jis_2004", "①田 太郎"),
        ("iso2022_jp_2004", "①田 太郎"),
        ("iso2022_jp_ext", "丂田 太郎"),
        ("utf-32", "山田 太郎"),
        ("utf-16", "山田 太郎"),
        ("utf-8-sig", "山田 太郎"),
    ],
)
def test_a_file_is_taken_in_as_what_it_was_found_to_be(client, cast, codec, name):
    file = SimpleUploadedFile("list.csv", f"会社名,氏名,メール\n東浜商会,{name},a@example.jp\n".encode(codec))
    client.force_login(cast.mia)
    page = client.post(reverse("imports"), {"file": file}, follow=True)
    run = ImportRun.objects.get()
    assert (page.status_code, run.encoding) == (200, codec)
    import_runs.confirm(run=run, mapping=run.mapping, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    assert counts(run) == (1, 0, 0, 0, 0)


def test_every_encoding_that_may_be_found_has_a_name():
    assert set(ENCODING) == encodings.FOUND

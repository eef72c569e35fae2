"""A preview tells how cells were read, and its refused rows are mended where they stand."""

import pytest
from django.urls import reverse

from leads.models import CustomField, ImportRun, Lead
from leads.services import (
    custom_fields,
    import_mending,
    import_resolving,
    import_runs,
    import_undoing,
    import_work,
    lead_changes,
    merging,
)
from leads.services.import_errors import FieldGone, RowNotRefused
from leads.web.import_forms import ColumnsForm
from tests import factories
from tests.cast import NOON
from tests.leads.taking import counts, take

pytestmark = pytest.mark.django_db
WRONG = "会社名,氏名,メール,電話,来場日\n東浜,甲,x@@example,0312345678,2026/1/5\n,,,,2026/1/6\n西浜,乙,b@example.jp,,\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def mend(cast, run, number, cells):
    return import_mending.mend(run=run, number=number, cells=cells, by=cast.mia, at=NOON)


def test_row_mended_in_the_preview_is_written_with_the_others(cast):
    run = take(cast, WRONG, dry_run=True)
    assert counts(run) == (1, 0, 0, 0, 2)
    assert mend(cast, run, 1, {2: "y@@example"}).result == "refused"
    assert mend(cast, run, 1, {2: "a@example.jp"}).result == "created"
    assert counts(run) == (2, 0, 0, 0, 1)
    assert not Lead.objects.exists()
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    assert counts(run) == (2, 0, 0, 0, 1)
    assert Lead.objects.get(email="a@example.jp").company.name == "東浜"


def test_row_mended_after_the_import_is_written_at_once_and_goes_back_with_it(cast):
    run = take(cast, WRONG)
    mend(cast, run, 1, {2: "a@example.jp"})
    assert counts(run) == (2, 0, 0, 0, 1)
    assert Lead.objects.filter(email="a@example.jp").exists()
    with pytest.raises(RowNotRefused):
        mend(cast, run, 1, {2: "other@example.jp"})
    import_undoing.undo(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    assert not Lead.objects.present().exists()


@pytest.mark.parametrize("is_preview", [False, True])
def test_a_mended_row_is_not_refused_when_the_same_file_comes_again(client, cast, is_preview):
    run = take(cast, WRONG, dry_run=is_preview)
    mend(cast, run, 1, {2: "a@example.jp", 3: ""})
    if is_preview:
        import_runs.commit(run=run, by=cast.mia, at=NOON)
        import_work.work(run_id=run.pk, now=lambda: NOON)
    lead = Lead.objects.get(email="a@example.jp")
    lead_changes.update(lead=lead, values={"email": "new@example.jp", "title": "部長"}, by=cast.mia, at=NOON)
    before = Lead.objects.order_by("pk").values_list("pk", "email", "title", "phone")
    stands = list(before)
    for again_in_preview in (True, False, False):
        again = take(cast, WRONG, dry_run=again_in_preview)
        assert counts(again) == (0, 0, 2, 0, 1), "the row without anybody was never mended"
        row = again.file_rows.get(number=1)
        assert (row.lead_id, [fault["code"] for fault in row.errors]) == (lead.pk, ["corrected_before"])
        assert list(before) == stands
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[again.pk]) + "?result=unchanged").content.decode()
    assert "読み取れる形に直して取り込み済みです" in page


def test_a_mended_row_whose_import_was_undone_is_wrong_again(cast):
    run = take(cast, WRONG)
    mend(cast, run, 1, {2: "a@example.jp"})
    assert counts(take(cast, WRONG)) == (0, 0, 2, 0, 1)
    import_undoing.undo(run=run, by=cast.mia, at=NOON)
    assert counts(take(cast, WRONG)) == (1, 0, 0, 0, 2)


def test_a_mended_row_stands_for_its_own_file_alone(cast):
    run = take(cast, WRONG)
    mend(cast, run, 1, {2: "a@example.jp"})
    assert counts(take(cast, WRONG + "北沢,丙,c@example.jp,,\n")) == (1, 0, 1, 0, 2)


def test_mended_row_that_means_somebody_of_the_same_name_waits_for_a_decision(cast):
    take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    run = take(cast, "会社名,氏名,役職,電話\n東浜,田中 一郎,部長,要確認\n")
    assert counts(run) == (0, 0, 0, 0, 1)
    assert mend(cast, run, 1, {3: ""}).result == "duplicate"
    assert counts(run) == (0, 0, 0, 1, 0)


def test_page_offers_the_wrong_cells_with_what_stands_in_them(client, cast):
    run = take(cast, WRONG, dry_run=True)
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=refused").content.decode()
    assert 'name="cell-2" value="x@@example"' in page
    # The row that names nobody may be given a name, an address or a number.
    assert all(f'name="cell-{place}" value=""' in page for place in (1, 2, 3))
    assert 'name="cell-4"' not in page
    answer = client.post(reverse("import-mend", args=[run.pk, 1]), {"cell-2": "y@@example"})
    assert answer.url.endswith("#row-1"), "what is still wrong is looked for where it was corrected"
    answer = client.post(reverse("import-mend", args=[run.pk, 1]), {"cell-2": "a@example.jp"})
    assert answer.url.endswith("#results")
    assert counts(run) == (2, 0, 0, 0, 1)
    assert client.post(reverse("import-mend", args=[run.pk, 9]), {"cell-2": "a"}).status_code == 404


def test_who_may_not_import_mends_nothing(client, cast):
    run = take(cast, WRONG, dry_run=True)
    client.force_login(cast.sato)
    assert client.post(reverse("import-mend", args=[run.pk, 1]), {"cell-2": "a@example.jp"}).status_code == 403
    assert counts(run) == (1, 0, 0, 0, 2)


def test_preview_tells_what_was_understood_where_it_reads_differently(client, cast):
    factories.lead(company={"name": "株式会社曙光学"}, email="here@example.jp")
    head = "会社名,氏名,メール,電話,携帯,来場日\n"
    rows = "㈱曙光学,John Smith,j@example.jp,312345678,9012345678,令和8年1月5日\n"
    rows += "西浜,乙 花,b@example.jp,03-1234-5678,,2026/1/5\n"
    run = take(cast, head + rows, dry_run=True)
    assert run == ImportRun.objects.get()
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=created").content.decode()
    for told in ("株式会社曙光学", "0312345678", "09012345678", "2026/1/5"):
        assert f"→ <b>{told}</b>" in page
    assert "姓 Smith、名 John" in page
    assert page.count("→") == 5


def test_rows_of_an_undone_import_lead_to_nobody_who_is_gone(client, cast):
    run = take(cast, WRONG)
    client.force_login(cast.mia)
    address = reverse("import", args=[run.pk]) + "?result=created"
    link = f'href="{reverse("lead", args=[Lead.objects.get().pk])}"'
    assert link in client.get(address).content.decode()
    import_undoing.undo(run=run, by=cast.mia, at=NOON)
    assert link not in client.get(address).content.decode()


def test_a_row_whose_lead_was_merged_leads_to_the_one_that_stays(client, cast):
    run = take(cast, WRONG)
    stays = factories.lead()
    merging.merge(
        survivor=stays, loser=Lead.objects.get(pk=run.file_rows.get(result="created").lead_id), by=cast.mia, at=NOON
    )
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=created").content.decode()
    assert f'href="{reverse("lead", args=[stays.pk])}"' in page


def test_samples_of_a_column_differ(cast):
    run = take(cast, "氏名,都道府県\n甲,東京都\n乙,東京都\n丙,\n丁,大阪府\n戊,愛知県\n", dry_run=True)
    assert [one["samples"] for one in ColumnsForm(run=run).columns()][1] == ["東京都", "大阪府", "愛知県"]


def test_a_row_whose_field_was_deleted_meanwhile_is_refused_with_the_reason(client, cast):
    field = custom_fields.add(label="推し", kind="text", by=None, at=NOON)
    mapping = {"姓": "last_name", "メール": "email", "推し": f"custom.{field.key}"}
    run = take(cast, "姓,メール,推し\n甲,x@@example,猫\n", mapping=mapping)
    custom_fields.delete(field=field, by=None, at=NOON)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    client.post(reverse("import-mend", args=[run.pk, 1]), {"cell-1": "a@example.jp"})
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "The field that “推し” went into has been deleted." in page
    assert counts(run) == (0, 0, 0, 0, 1)


def test_an_unknown_order_of_days_is_refused_naming_what_to_choose(client, cast):
    run = take(cast, WRONG, dry_run=True)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    client.post(reverse("import-date-order", args=[run.pk]), {"order": "ymd"})
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    assert "The order of dates is dmy or mdy." in page


def held_with_a_field(cast, **options):
    """An import with a held row, of which the field that a column goes into was deleted since."""
    factories.lead(last_name="甲", first_name="一", company={"name": "東浜"}, title="課長")
    mapping = {"会社名": "company.name", "氏名": "name", "役職": "title", "色": "custom.色"}
    if not options.get("create_custom"):
        custom_fields.add(label="色", kind="text", by=None, at=NOON)
    run = take(cast, "会社名,氏名,役職,色\n東浜,甲 一,部長,赤\n西浜,乙 二,部長,青\n", mapping=mapping, **options)
    custom_fields.delete(field=CustomField.objects.get(), by=None, at=NOON)
    return run


@pytest.mark.parametrize("is_made", [True, False])
def test_held_rows_whose_field_was_deleted_are_refused_and_the_import_stays_done(cast, is_made):
    run = held_with_a_field(cast, create_custom=is_made)
    with pytest.raises(FieldGone):
        import_resolving.resolve_all(run=run, meaning="new", by=cast.mia, at=NOON)
    with pytest.raises(FieldGone):
        import_resolving.resolve(run=run, number=1, meaning="new", by=cast.mia, at=NOON)
    assert counts(run) == (1, 0, 0, 1, 0)
    assert run.state == "done"
    assert not any(Lead.objects.values_list("custom", flat=True)), "no value of a field that there is none of"


def test_a_preview_whose_field_was_deleted_is_not_written_and_can_be_mapped_again(cast):
    run = held_with_a_field(cast, dry_run=True)
    with pytest.raises(FieldGone):
        import_runs.commit(run=run, by=cast.mia, at=NOON)
    run.refresh_from_db()
    assert run.state == "preview"


def test_words_can_be_given_a_meaning_in_a_column_that_was_mapped_without_any(client, cast):
    mapping = {"氏名": "name", "メール": "email", "状態": {"field": "stage"}}
    run = take(cast, "氏名,メール,状態\n甲,a@example.jp,ほげ\n", mapping=mapping, dry_run=True)
    client.force_login(cast.mia)
    assert client.post(reverse("import-words", args=[run.pk]), {"word-0-0": "mal"}).status_code == 302
    run.refresh_from_db()
    assert run.mapping["状態"] == {"field": "stage", "values": {"ほげ": "mal"}}

"""Why a row waits for a decision: in which details it differs, in another prefecture, against a row of its own file."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from leads import hooks
from leads.imports.sentences import row_sentence
from leads.models import Company, DuplicatePair, Lead
from leads.services import import_resolving, import_runs, import_work, leads, merging
from leads.services.duplicate_search import work as search
from leads.services.import_errors import WrongState
from tests import factories
from tests.cast import NOON
from tests.leads.taking import counts, take

pytestmark = pytest.mark.django_db
HEAD = "会社名,氏名,都道府県,役職\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def told(run, language="ja"):
    """The sentences of the rows that are held, in the order of the file."""
    with override(language):
        return [row_sentence(row.errors[0]) for row in run.file_rows.filter(result="duplicate").order_by("number")]


def resolve(run, number, meaning, cast):
    import_resolving.resolve(run=run, number=number, meaning=meaning, by=cast.mia, at=NOON)


def work(run):
    import_work.work(run_id=run.pk, now=lambda: NOON)
    return counts(run)


def test_the_same_name_in_another_prefecture_is_held_with_its_reason(cast):
    take(cast, HEAD + "東浜精工,田中 一郎,東京都,課長\n")
    run = take(cast, HEAD + "㈱東浜精工,田中一郎,大阪,課長\n東浜精工,鈴木 花,大阪府,\n", dry_run=True)

    assert counts(run) == (1, 0, 0, 1, 0)
    held = run.file_rows.get(result="duplicate")
    assert (held.errors[0]["code"], held.candidates) == ("other_prefecture", [Lead.objects.get().pk])
    assert told(run) == [
        "同じ企業名・氏名の人がすでにいますが、都道府県が異なります。都道府県「東京都」（この行は「大阪府」）"
    ]
    assert "Prefecture “Tokyo” (this row: “Osaka”)" in told(run, "en")[0]


def test_what_is_decided_of_the_same_name_in_another_prefecture_is_done(cast):
    take(cast, HEAD + "東浜,田中 一郎,東京都,課長\n東浜,鈴木 花,東京都,課長\n")
    first, second = Lead.objects.order_by("pk")
    run = take(cast, HEAD + "東浜,田中 一郎,大阪府,課長\n東浜,鈴木 花,大阪府,部長\n", dry_run=True)
    assert counts(run) == (0, 0, 0, 2, 0)
    resolve(run, 1, "new", cast)
    resolve(run, 2, str(second.pk), cast)
    import_runs.commit(run=run, by=cast.mia, at=NOON)

    assert work(run) == (1, 1, 0, 0, 0)
    assert set(Company.objects.values_list("prefecture", flat=True)) == {"東京都", "大阪府"}
    assert Lead.objects.filter(name_key=first.name_key).count() == 2
    second.refresh_from_db()
    assert (second.title, second.company.prefecture) == ("部長", "大阪府")
    again = take(cast, HEAD + "東浜,田中 一郎,大阪府,課長\n東浜,田中 一郎,東京都,課長\n")
    assert counts(again) == (0, 0, 2, 0, 0), "each branch has its own"


@pytest.mark.parametrize("prefecture", ["大阪府", "東京都"])
@pytest.mark.parametrize("at_once", [True, False])
def test_who_was_decided_to_be_somebody_new_is_not_asked_about_again(cast, prefecture, at_once):
    take(cast, HEAD + "東浜,田中 一郎,東京都,課長\n")
    run = take(cast, HEAD + f"東浜,田中 一郎,{prefecture},部長\n", dry_run=at_once)
    assert counts(run) == (0, 0, 0, 1, 0)
    resolve(run, 1, "new", cast)
    if at_once:
        import_runs.commit(run=run, by=cast.mia, at=NOON)
    assert work(run) == (1, 0, 0, 0, 0)
    search(now=lambda: NOON)

    assert not DuplicatePair.objects.open().exists()
    pair = DuplicatePair.objects.get()
    assert pair.state == DuplicatePair.State.DISMISSED
    for lead in (pair.a, pair.b):
        leads.update(lead=lead, values={"phone": "03-1234-5678"}, by=None, at=NOON)
    search(now=lambda: NOON)
    assert DuplicatePair.objects.open().exists(), "what comes in later makes them more alike"


def test_another_corporate_number_or_person_makes_nobody_a_possible_duplicate(cast):
    head = "会社名,氏名,都道府県,法人番号\n"
    take(cast, head + "東浜,田中 一郎,東京都,7000012050002\n")
    run = take(cast, head + "東浜,田中 一郎,大阪府,5010001008846\n東浜,鈴木 花,大阪府,5010001008846\n", dry_run=True)
    assert counts(run) == (2, 0, 0, 0, 0)


def test_a_row_without_a_prefecture_means_the_branch_where_somebody_of_its_name_is(cast):
    take(cast, HEAD + "東浜,田中 一郎,東京都,\n東浜,鈴木 花,大阪府,\n")
    run = take(cast, "会社名,氏名,役職\n東浜,鈴木 花,課長\n東浜,田中 一郎,部長\n")
    assert counts(run) == (0, 2, 0, 0, 0)
    assert Lead.objects.get(last_name="鈴木").company.prefecture == "大阪府"


def test_the_same_name_with_keys_of_its_own_in_another_prefecture_is_proposed_afterwards(cast):
    take(cast, "会社名,氏名,都道府県,メール\n東浜精工,田中 一郎,東京都,a@x.example\n")
    run = take(cast, "会社名,氏名,都道府県,メール\n東浜精工,田中 一郎,大阪府,b@y.example\n")
    assert counts(run) == (1, 0, 0, 0, 0)
    search(now=lambda: NOON)
    assert DuplicatePair.objects.open().count() == 1


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("ja", "同じ名前の企業「株式会社東浜」（東京都）とは別の企業として登録されます。"),
        ("en", "株式会社東浜 is here already, in another prefecture (Tokyo). This row adds a company of its own."),
    ],
)
def test_a_preview_hints_at_a_company_that_is_made_beside_one_of_its_name(client, cast, language, hint):
    take(cast, HEAD + "株式会社東浜,田中 一郎,東京都,\n")
    run = take(cast, HEAD + "東浜,鈴木 花,大阪府,\n東浜,佐藤 次郎,東京都,\n西浜,森 五郎,大阪府,\n", dry_run=True)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = language
    page = client.get(reverse("import", args=[run.pk]) + "?result=created").content.decode()
    assert page.count(hint) == 1


def test_a_held_row_says_which_details_differ(cast):
    head = "会社名,氏名,役職,部署,電話,携帯\n"
    take(cast, head + "東浜,田中 一郎,課長,購買部,03-1234-5678,\n")
    run = take(cast, head + f"東浜,田中 一郎,部長,{'第一' * 30}部,03-1234-5678,\n")
    long = "第一" * 19 + "第…"
    assert told(run) == [
        "この企業に同じ名前の人がすでにいますが、内容が異なります。"
        f"役職「課長」（この行は「部長」）、部署「購買部」（この行は「{long}」）"
    ]
    assert "Job title “課長” (this row: “部長”), Department “購買部”" in told(run, "en")[0]


def test_a_row_held_for_an_address_or_an_id_says_both(cast):
    head = "ID,氏名,メール,携帯電話\n"
    take(cast, head + "A1,佐藤 検,one@example.jp,090-9876-5432\n")
    run = take(cast, head + ",佐藤 検,two@example.jp,090-9876-5432\nA2,佐藤 検,one@example.jp,\n")
    first, second = told(run)
    assert first.endswith("メールアドレス「one@example.jp」（この行は「two@example.jp」）")
    assert "「A1」（この行は「A2」）" in second


def test_several_of_one_name_who_all_agree_are_told_as_several(cast):
    head = "会社名,氏名,メール\n"
    take(cast, head + "東浜,田中 一郎,a@example.jp\n東浜,田中 一郎,b@example.jp\n")
    run = take(cast, "会社名,氏名\n東浜,田中 一郎\n")
    assert told(run) == ["この企業に同じ名前の人がすでに複数います。"]
    assert told(run, "en") == ["There are already several people with this name at this company."]


def test_what_was_held_before_its_details_were_kept_is_still_told():
    with override("en"):
        said = row_sentence({"column": "", "code": "namesake", "values": {}})
    assert said == "There is already someone with this name at this company, with different details."


@pytest.mark.parametrize(
    ("text", "ja", "en"),
    [
        (
            HEAD + "東浜,田中 一郎,,課長\n東浜,田中 一郎,,部長\n",
            "同じファイルの別の行に同じ企業の同じ名前の人がいますが、内容が異なります。役職「課長」（この行は「部長」）",
            "Another row of this file has this name and company, with different details. Job title “課長”",
        ),
        (
            HEAD + "東浜,田中 一郎,東京都,\n東浜,田中 一郎,大阪府,\n",
            "同じファイルの別の行に同じ企業名・氏名の人がいますが、都道府県が異なります。",
            "Another row of this file has this name at a company with this name in another prefecture.",
        ),
        (
            "氏名,メール,携帯\n佐藤 検,a@x.example,090-9876-5432\n佐藤 検,b@x.example,090-9876-5432\n",
            "同じファイルの別の行に氏名と携帯電話番号が同じ人がいますが、メールアドレスが異なります。",
            "Another row of this file has this name and mobile number, with another email address.",
        ),
        (
            "ID,氏名,メール\nA1,佐藤 検,a@x.example\nA2,佐藤 検,a@x.example\n",
            "同じファイルの別の行に、このメールアドレスか電話番号が別のIDで書かれています。",
            "Another row of this file has the address or number with another ID.",
        ),
        (
            "ID,氏名,メール\nA1,佐藤 検,a@x.example\nA2,森 五郎,b@x.example\nA1,佐藤 検,b@x.example\n",
            "このID、メールアドレス、電話番号は、同じファイルの別の行の人のものです。",
            "The ID, address or number belongs to someone else in another row of this file.",
        ),
        (
            "会社名,氏名,メール\n東浜,森 五郎,a@x.example\n東浜,森 五郎,b@x.example\n東浜,森 五郎,\n",
            "同じファイルのほかの複数の行に、同じ企業の同じ名前の人がいます。",
            "Several other rows of this file have this name and company.",
        ),
    ],
)
def test_nobody_is_said_to_be_here_whom_only_another_row_of_the_file_names(cast, text, ja, en):
    run = take(cast, text, dry_run=True)
    assert [told(run, "ja")[0][: len(ja)], told(run, "en")[0][: len(en)]] == [ja, en]


def test_who_is_here_and_who_is_only_in_the_file_are_told_apart(cast):
    _here, run = between_two(cast)
    assert told(run) == ["この企業に同じ名前の人がすでにいて、同じファイルの別の行にもいます。"]
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    work(run)
    assert told(run) == ["この企業に同じ名前の人がすでに複数います。"], "by now both are here"


def test_a_decision_says_whom_the_row_was_decided_to_mean(client, cast):
    here, run = between_two(cast)
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    work(run)
    preview = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,\n", dry_run=True)
    resolve(preview, 1, str(here.pk), cast)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "ja"
    page = client.get(reverse("import", args=[preview.pk])).content.decode()
    assert "決定：東浜 田中 一郎" in page


def test_a_decision_of_a_preview_is_taken_back(client, cast):
    _here, run = namesake(cast)
    with pytest.raises(WrongState):
        resolve(run, 1, "undecided", cast)
    preview = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,次長\n", dry_run=True)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "ja"
    page, address = reverse("import", args=[preview.pk]), reverse("import-resolve", args=[preview.pk, 1])
    assert 'value="undecided"' not in client.get(page).content.decode()
    client.post(address, {"as": "new"})
    assert 'value="undecided"' in client.get(page).content.decode()
    told_so = client.post(address, {"as": "undecided"}, follow=True).content.decode()
    assert "2行目の決定を取り消しました。" in told_so
    assert 'value="undecided"' not in told_so
    import_runs.commit(run=preview, by=cast.mia, at=NOON)
    assert work(preview) == (0, 0, 0, 1, 0)


def test_a_row_held_against_another_of_its_file_can_be_that_person_after_the_commit(cast):
    run = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n東浜,田中 一郎,部長\n", dry_run=True)
    assert counts(run) == (1, 0, 0, 1, 0)
    assert run.file_rows.get(number=2).candidates == []
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    assert work(run) == (1, 0, 0, 1, 0)
    lead = Lead.objects.get()
    assert run.file_rows.get(number=2).candidates == [lead.pk]
    resolve(run, 2, str(lead.pk), cast)
    assert counts(run) == (1, 1, 0, 0, 0)
    lead.refresh_from_db()
    assert lead.title == "部長"


def namesake(cast):
    """Who is here, and an import whose one row is held against them."""
    take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    return Lead.objects.get(), take(cast, "会社名,氏名,役職\n東浜,田中 一郎,部長\n")


@pytest.mark.parametrize("is_merged_first", [True, False])
def test_a_row_decided_as_somebody_who_was_merged_is_written_to_the_lead_that_stays(cast, is_merged_first):
    here, run = namesake(cast)
    stays = factories.lead(last_name="田中", first_name="一郎", email="tanaka@example.jp")
    if is_merged_first:
        merging.merge(survivor=stays, loser=here, by=cast.mia, at=NOON)
    import_resolving.resolve_all(run=run, meaning="same", by=cast.mia, at=NOON)
    if not is_merged_first:
        merging.merge(survivor=stays, loser=here, by=cast.mia, at=NOON)
    assert work(run) == (0, 1, 0, 0, 0)
    assert run.file_rows.get().lead == stays
    stays.refresh_from_db()
    here.refresh_from_db()
    assert (stays.title, here.title) == ("部長", "課長")


def test_a_row_decided_as_somebody_who_is_gone_is_looked_at_anew(cast):
    here, run = namesake(cast)
    import_resolving.resolve_all(run=run, meaning="same", by=cast.mia, at=NOON)
    Lead.objects.filter(pk=here.pk).update(is_present=False)
    assert work(run) == (1, 0, 0, 0, 0)
    row = run.file_rows.get()
    assert (row.resolution, row.lead.title) == ("", "部長")
    here.refresh_from_db()
    assert here.title == "課長"


def test_a_held_row_offers_the_lead_into_which_the_one_it_met_was_merged(client, cast):
    here, run = namesake(cast)
    stays = factories.lead(last_name="田中", first_name="二郎", email="tanaka@example.jp")
    merging.merge(survivor=stays, loser=here, by=cast.mia, at=NOON)
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=duplicate").content.decode()
    assert f'value="{stays.pk}"' in page
    assert f'value="{here.pk}"' not in page
    client.post(reverse("import-resolve", args=[run.pk, 1]), {"as": stays.pk})
    assert counts(run) == (0, 1, 0, 0, 0)


def test_what_was_decided_on_a_lead_that_was_handed_over_holds_for_the_same_file(cast, monkeypatch):
    take(cast, "ID,氏名,役職\nA1,田中 一郎,課長\n")
    lead = Lead.objects.get()
    monkeypatch.setattr(hooks, "leads_with_handoffs", [lambda ids: {lead.pk} & set(ids)])
    text = "ID,氏名,役職,結果\nA1,田中 一郎,部長,受注\nA2,鈴木 花,課長,\n"
    run = take(cast, text)
    assert counts(run) == (1, 0, 0, 1, 0)
    resolve(run, 1, str(lead.pk), cast)
    before = list(Lead.objects.order_by("pk").values())

    assert counts(take(cast, text)) == counts(take(cast, text, dry_run=True)) == (0, 0, 2, 0, 0)
    assert list(Lead.objects.order_by("pk").values()) == before
    other = take(cast, text.replace("受注", "失注"))
    assert counts(other) == (0, 0, 1, 1, 0), "another row is another question"
    import_resolving.resolve(run=other, number=1, meaning="skip", by=cast.mia, at=NOON)
    left_out = take(cast, text.replace("受注", "失注"))
    assert counts(left_out) == (0, 0, 2, 0, 0)
    assert left_out.file_rows.get(number=1).is_skipped, "left out is not decided whom it means"
    otherwise = {"ID": "external_id", "氏名": "name", "結果": "outcome"}
    assert counts(take(cast, text, mapping=otherwise, dry_run=True)) == (0, 0, 1, 1, 0), (
        "its columns are read otherwise"
    )
    run.state = "undone"
    run.save()
    assert counts(take(cast, text, mapping=run.mapping)) == (0, 0, 1, 1, 0), "what was taken back is asked about anew"


def test_a_preview_says_what_to_do_with_a_row_held_for_the_address_of_another_of_its_file(client, cast):
    rows = "A1,田中 一郎,one@example.jp\nA2,田中 一郎,one@example.jp\n"
    run = take(cast, "ID,氏名,メール\n" + rows, dry_run=True)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    page = client.get(reverse("import", args=[run.pk]) + "?result=duplicate").content.decode()
    assert page.count("It may be the same person as line 2 of this file.") == 1


@pytest.mark.parametrize("rows_of_a_chunk", [1, 500])
def test_a_preview_names_the_lines_of_its_file_that_a_row_is_held_against(client, cast, monkeypatch, rows_of_a_chunk):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: rows_of_a_chunk)
    text = "会社名,氏名,メール\n東浜,森 五郎,a@x.example\n東浜,森 五郎,b@x.example\n東浜,森 五郎,\n"
    run = take(cast, text, dry_run=True)
    client.force_login(cast.mia)
    address = reverse("import", args=[run.pk]) + "?result=duplicate"
    assert "同じファイルの2、3行目と同じ人かもしれません。" in client.get(address).content.decode()
    client.cookies["handoff_language"] = "en"
    assert "the same person as lines 2, 3 of this file." in client.get(address).content.decode()


def test_buttons_tell_two_of_one_company_name_and_title_apart(client, cast):
    same = {"last_name": "田中", "first_name": "一郎", "title": "課長"}
    here = factories.lead(**same, company={"name": "東浜"}, email="one@example.jp", department="営業部")
    two = factories.lead(**same, company=here.company, email="two@example.jp", department="営業部")
    Lead.objects.filter(pk=two.pk).update(email="", email_key="")
    three = factories.lead(**same, company=here.company, email="three@example.jp", department="総務部")
    run = take(cast, "会社名,氏名,役職\n東浜,田中 一郎,課長\n", dry_run=True)
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=duplicate").content.decode()
    for told in ("one@example.jp", "three@example.jp", f"#{two.pk}"):
        assert f"東浜 田中 一郎 課長・{told}" in page
    resolve(run, 1, str(three.pk), cast)
    page = client.get(reverse("import", args=[run.pk]) + "?result=duplicate").content.decode()
    assert page.count("課長・three@example.jp") == 2, "the button and the decision"


@pytest.mark.parametrize(("rows", "is_filled"), [("甲,x@@x\n", True), ("甲,x@@x\n乙,b@example.jp\n", False)])
def test_columns_are_offered_first_only_where_no_row_can_be_read(client, cast, rows, is_filled):
    take(cast, "氏名,メール\n乙,b@example.jp\n")
    run = take(cast, "氏名,メール\n" + rows, dry_run=True)
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk])).content.decode()
    address = reverse("import-columns", args=[run.pk])
    assert (f'class="btn btn-primary" href="{address}"' in page) is is_filled


def between_two(cast):
    """A preview whose second row may be somebody who is here, or who the first row names."""
    here = factories.lead(last_name="田中", first_name="一郎", company={"name": "東浜"}, email="one@example.jp")
    text = "会社名,氏名,メール,部署\n東浜,田中 一郎,two@example.jp,営業部\n東浜,田中 一郎,,\n"
    return here, take(cast, text, dry_run=True)


def test_a_row_that_may_be_two_is_no_same_person_with_the_others(cast):
    here, run = between_two(cast)
    assert counts(run) == (1, 0, 0, 1, 0)
    assert import_resolving.resolve_all(run=run, meaning="same", by=cast.mia, at=NOON) == 0
    resolve(run, 2, str(here.pk), cast)
    assert run.file_rows.get(number=2).resolution == str(here.pk)


def test_a_row_between_somebody_here_and_a_row_of_its_file_offers_both_after_the_commit(cast):
    here, run = between_two(cast)
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    assert work(run) == (1, 0, 0, 1, 0)
    new = Lead.objects.get(email="two@example.jp")
    assert set(run.file_rows.get(number=2).candidates) == {here.pk, new.pk}


def test_who_was_decided_to_be_apart_keeps_the_reasons_that_there_are(cast):
    factories.lead(
        last_name="田中", first_name="一郎", company={"name": "東浜"}, email="one@example.jp", mobile="090-1111-2222"
    )
    run = take(cast, "会社名,氏名,メール,携帯\n西浜,田中 一郎,two@example.jp,090-1111-2222\n")
    resolve(run, 1, "new", cast)
    pair = DuplicatePair.objects.get()
    told = {reason["field"]: reason["similarity"] for reason in pair.reasons}
    assert pair.state == "dismissed"
    assert told["mobile"] == 100
    assert "company" not in told


def test_a_preview_tells_the_company_that_somebody_stays_in_where_two_have_its_name(client, cast):
    take(cast, HEAD + "株式会社東浜,田中 一郎,東京都,\n東浜株式会社,鈴木 花,大阪府,\n")
    text = "会社名,氏名,役職\n東浜株式会社,鈴木 花,課長\n株式会社東浜,田中 一郎,\n東浜,田中 一郎,部長\n"
    run = take(cast, text, dry_run=True)
    client.force_login(cast.mia)
    pages = [client.get(reverse("import", args=[run.pk]) + f"?result={one}") for one in ("updated", "unchanged")]
    assert [page.content.decode().count("会社名 → ") for page in pages] == [1, 0]
    assert "会社名 → <b>株式会社東浜</b>" in pages[0].content.decode()

"""The same file again changes nothing, whatever was decided, merged or edited in between."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from leads.models import ImportRun, Lead, LeadSource
from leads.services import import_resolving, import_runs, import_undoing, import_work, lead_changes, merging
from tests.cast import NOON, Cast
from tests.leads.test_imports import counts

pytestmark = pytest.mark.django_db
TWO_ROWS = "会社名,氏名,メール,役職\n東浜,田中 一郎,tanaka@example.jp,課長\n東浜,田中 一郎,tanaka@example.jp,部長\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


Import = Callable[..., ImportRun]


@pytest.fixture
def take(cast: Cast) -> Import:
    """Imports a text as Mia's file, to its end."""

    def run(text: str, **options: object) -> ImportRun:
        made = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON, **options)  # type: ignore[arg-type]
        import_work.work(run_id=made.pk, now=lambda: NOON)
        made.refresh_from_db()
        return made

    return run


def everything() -> list[dict[str, object]]:
    return [*Lead.objects.order_by("pk").values(), *LeadSource.objects.order_by("pk").values()]


def merge_two(cast: Cast) -> None:
    """The later one into the earlier one, whose title stays."""
    one, two = Lead.objects.order_by("pk")
    merging.merge(survivor=one, loser=two, fields={"title": one.pk}, by=cast.mia, at=NOON)


def test_two_rows_of_one_person_that_disagree_change_nobody_back_and_forth(take: Import) -> None:
    assert counts(take(TWO_ROWS)) == (1, 1, 0, 0, 0)
    before = everything()
    for is_preview in (True, False, False):
        again = take(TWO_ROWS, dry_run=is_preview)
        assert counts(again) == (0, 0, 2, 0, 0)
        assert everything() == before
    assert [row.errors[0]["code"] for row in again.file_rows.all()] == ["repeated"] * 2
    assert {row.lead_id for row in again.file_rows.all()} == {Lead.objects.get().pk}


def test_a_row_that_grew_by_others_of_its_person_stays_as_it_was_brought(take: Import) -> None:
    take(TWO_ROWS)
    more = TWO_ROWS + "東浜,田中 一郎,tanaka@example.jp,本部長\n"
    assert counts(take(more)) == (0, 1, 2, 0, 0)
    assert Lead.objects.get().title == "本部長"
    assert counts(take(more)) == counts(take(more)) == (0, 0, 3, 0, 0)
    assert counts(take(TWO_ROWS)) == (0, 0, 2, 0, 0), "the file of before brings back nothing"
    assert Lead.objects.get().title == "本部長"


def test_what_was_edited_by_hand_stays_when_a_grown_list_comes_again(take: Import, cast: Cast) -> None:
    head = "会社名,氏名,メール,役職\n東浜,田中 一郎,tanaka@example.jp,課長\n"
    take(head)
    lead_changes.update(lead=Lead.objects.get(), values={"title": "部長"}, by=cast.mia, at=NOON)
    assert counts(take(head + "北沢,鈴木 花,suzuki@example.jp,係長\n")) == (1, 0, 1, 0, 0)
    assert Lead.objects.get(email="tanaka@example.jp").title == "部長"


def test_what_goes_to_and_fro_from_file_to_file_is_news_each_time(take: Import) -> None:
    """A system that exports each month: what is open, closed, and open again is open."""
    text = "氏名,メール,役職\n田中 一郎,tanaka@example.jp,{}\n鈴木 花,suzuki@example.jp,{}\n"
    take(text.format("課長", "係長"))
    assert counts(take(text.format("部長", "係長"))) == (0, 1, 1, 0, 0)
    assert counts(take(text.format("課長", "主任"))) == (0, 2, 0, 0, 0)
    assert Lead.objects.get(email="tanaka@example.jp").title == "課長"


def test_a_merge_keeps_what_was_chosen_in_it(take: Import, cast: Cast) -> None:
    text = "会社名,氏名,メール,役職\n東浜,田中 一郎,tanaka@example.jp,課長\n東浜,田中 一郎,ichiro@example.jp,部長\n"
    take(text)
    merge_two(cast)
    before = everything()
    for is_preview in (True, False):
        assert counts(take(text, dry_run=is_preview)) == (0, 0, 2, 0, 0)
        assert everything() == before


def test_who_was_new_and_was_merged_since_is_not_asked_about_again(take: Import, cast: Cast) -> None:
    text = "会社名,氏名,役職\n東浜,田中 一郎,課長\n東浜,田中 一郎,部長\n"
    run = take(text)
    assert counts(run) == (1, 0, 0, 1, 0)
    import_resolving.resolve(run=run, number=2, meaning="new", by=cast.mia, at=NOON)
    merge_two(cast)
    before = everything()
    assert counts(take(text)) == (0, 0, 2, 0, 0)
    assert everything() == before


def test_what_was_left_out_is_left_out_again_and_can_be_decided_otherwise(take: Import, cast: Cast) -> None:
    take("会社名,氏名,役職\n東浜,田中 一郎,課長\n")
    text = "会社名,氏名,役職,部署\n東浜,田中 一郎,部長,営業部\n"
    run = take(text)
    assert counts(run) == (0, 0, 0, 1, 0)
    import_resolving.resolve(run=run, number=1, meaning="skip", by=cast.mia, at=NOON)
    again = take(text)
    assert counts(again) == (0, 0, 1, 0, 0)
    assert again.file_rows.get().is_skipped

    preview = take(text, dry_run=True)
    assert (counts(preview), preview.file_rows.get().resolution) == ((0, 0, 0, 1, 0), "skip")
    lead = Lead.objects.get()
    import_resolving.resolve(run=preview, number=1, meaning=str(lead.pk), by=cast.mia, at=NOON)
    import_runs.commit(run=preview, by=cast.mia, at=NOON)
    import_work.work(run_id=preview.pk, now=lambda: NOON)
    preview.refresh_from_db()
    lead.refresh_from_db()
    assert (counts(preview), lead.title) == ((0, 1, 0, 0, 0), "部長")


def test_what_was_taken_back_comes_in_again(take: Import, cast: Cast) -> None:
    take("氏名,メール,役職\n田中 一郎,tanaka@example.jp,課長\n")
    text = "氏名,メール,役職,部署\n田中 一郎,tanaka@example.jp,部長,営業部\n"
    brought = take(text)
    assert counts(take(text)) == (0, 0, 1, 0, 0)
    import_undoing.undo(run=brought, by=cast.mia, at=NOON)
    import_work.work(run_id=brought.pk, now=lambda: NOON)
    assert Lead.objects.get().title == "課長"
    # The second only repeated what has been taken back since.
    assert counts(take(text)) == (0, 1, 0, 0, 0)
    assert Lead.objects.get().title == "部長"


def test_the_same_list_for_another_campaign_brings_its_source(take: Import) -> None:
    text = "氏名,メール\n田中 一郎,tanaka@example.jp\n"
    take(text, channel="展示会", campaign="春")
    assert counts(take(text, channel="展示会", campaign="秋")) == (0, 1, 0, 0, 0)
    assert counts(take(text, channel="展示会", campaign="秋")) == (0, 0, 1, 0, 0)
    assert LeadSource.objects.count() == 2


def test_the_same_list_read_otherwise_is_another_list(take: Import) -> None:
    text = "氏名,メール,肩書き\n田中 一郎,tanaka@example.jp,部長\n"
    take(text, mapping={"氏名": "name", "メール": "email", "肩書き": "department"})
    again = take(text, mapping={"氏名": "name", "メール": "email", "肩書き": "title"})
    assert counts(again) == (0, 1, 0, 0, 0)


def test_the_page_says_why_a_repeated_row_stays(take: Import, cast: Cast, client) -> None:
    take(TWO_ROWS)
    run = take(TWO_ROWS)
    client.force_login(cast.mia)
    page = client.get(reverse("import", args=[run.pk]) + "?result=unchanged").content.decode()
    assert page.count("まったく同じ行を取り込み済みです") == 2

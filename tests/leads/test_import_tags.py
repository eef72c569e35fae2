"""The column of tags: put on, never taken off, and taken back with the import."""

from datetime import timedelta

import pytest

from leads.models import Lead, LeadTag, Tag
from leads.queries import tags as tag_queries
from leads.services import import_undoing, tags
from tests.cast import NOON
from tests.leads.taking import take

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def borne() -> dict[str, set[str]]:
    found = {lead.last_name: set() for lead in Lead.objects.present()}
    for name, tag in LeadTag.objects.values_list("lead__last_name", "tag__name"):
        found[name].add(tag)
    return found


def test_a_column_of_tags_is_recognised_and_put_on(cast):
    run = take(cast, "氏名,メール,タグ\n甲,1@example.jp,展示会、要フォロー\n乙,2@example.jp,\n丙,3@example.jp,なし\n")
    assert run.mapping["タグ"] == "tags"
    assert (run.created, borne()) == (3, {"甲": {"展示会", "要フォロー"}, "乙": set(), "丙": set()})


@pytest.mark.parametrize(
    "cell",
    [
        "展示会、東京",
        '"展示会,東京"',
        "展示会，東京",
        "展示会;東京",
        "展示会､東京",
        "展示会；東京",
        "展示会、展示会 、東京、",
    ],
)
def test_several_tags_stand_in_one_cell(cast, cell):
    take(cast, f"氏名,メール,Tags\n甲,1@example.jp,{cell}\n")
    assert borne() == {"甲": {"展示会", "東京"}}


def test_a_tag_however_written_is_the_one_that_is_there(cast):
    tags.named("Web 展示会", at=NOON)
    take(cast, "氏名,メール,タグ\n甲,1@example.jp,ｗｅｂ　展示会\n乙,2@example.jp,WEB 展示会、新\n")
    assert borne() == {"甲": {"Web 展示会"}, "乙": {"Web 展示会", "新"}}
    assert Tag.objects.count() == 2


def test_tags_that_a_lead_bears_are_no_news_and_stay(cast):
    take(cast, "氏名,メール,タグ\n甲,1@example.jp,展示会、東京\n")
    again = take(cast, "氏名,メール,タグ\n甲,1@example.jp,展示会\n")
    assert (again.unchanged, borne()) == (1, {"甲": {"展示会", "東京"}})
    more = take(cast, "氏名,メール,タグ\n甲,1@example.jp,大阪\n甲,1@example.jp,大阪\n")
    assert (more.updated, more.unchanged, borne()) == (1, 1, {"甲": {"展示会", "東京", "大阪"}})


def test_a_preview_makes_no_tag(cast):
    run = take(cast, "氏名,メール,タグ\n甲,1@example.jp,展示会\n", dry_run=True)
    assert (run.created, Tag.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("あ" * 41, "too_long"), ("展\u202e示会", "unstorable"), ("、".join(map(str, range(1, 22))), "too_many_tags")],
)
def test_a_cell_that_holds_no_tags_is_told(cast, cell, code):
    run = take(cast, f"氏名,メール,タグ\n甲,1@example.jp,{cell}\n")
    assert [(fault["column"], fault["code"]) for fault in run.file_rows.get().errors] == [("タグ", code)]


def test_taking_back_takes_off_what_the_import_put_on_and_nothing_else(cast):
    take(cast, "氏名,メール,タグ\n甲,1@example.jp,古い\n")
    run = take(cast, "氏名,メール,タグ\n甲,1@example.jp,古い、新しい、後で\n乙,2@example.jp,新しい\n")
    # Somebody took one of them off and put it on anew: that one is theirs.
    LeadTag.objects.filter(tag__name="後で").update(added_at=LATER)
    import_undoing.undo(run=run, by=cast.mia, at=LATER)
    assert borne() == {"甲": {"古い", "後で"}}
    assert {tag.name for tag in tag_queries.in_use()} == {"古い", "後で"}


def test_all_rows_get_the_tags_of_the_whole_file(cast):
    take(cast, "氏名,メール,タグ\n甲,1@example.jp,東京\n乙,2@example.jp,\n", constants={"tags": "展示会"})
    assert borne() == {"甲": {"東京", "展示会"}, "乙": {"展示会"}}


def test_a_tag_that_files_would_split_is_refused(cast):
    with pytest.raises(tags.BadTag):
        tags.named("展示会、東京", at=NOON)

"""An Excel list on its way through the whole product: in, scored, compared, batched; nothing comes loose."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from handoff.models import Batch, Clock, Handoff
from handoff.queries import invariants
from leads.models import Lead, LeadScore, ScoreDue
from leads.queries import imports
from leads.services import import_runs, import_undoing, import_work
from scoring.services import presets, scores
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db
STARTER = "会社名,担当者名,業種,従業員数,役職,DL回数,セミナー参加,Web閲覧回数,スコア合計,優先度\n"


@pytest.fixture
def small(settings, tmp_path):
    """The small firm with the Excel starter published."""
    settings.MEDIA_ROOT = tmp_path
    people = stories.small()
    presets.install(by=None, at=NOON)
    return people


def take(small, text):
    run = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=small.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    while scores.score_stale(at=NOON):
        pass
    run.refresh_from_db()
    assert run.state == "done"
    return run


def test_ar_09_sheet_is_scored_and_its_own_scores_are_compared(small):
    run = take(
        small,
        STARTER + "東浜精工,田中一郎,製造業,120名,課長,1,なし,2回以上,25,中\n西浜,鈴木 花,製造業,50,部長,2,○,,30,高\n",
    )
    assert list(LeadScore.objects.order_by("lead").values_list("total", "band")) == [(25, "middle"), (45, "high")]
    assert [(row.line, row.stated_score, row.ours) for row in imports.score_differences(run)] == [(3, 30, 45)]
    assert (imports.scores_stated(run), imports.scores_owed(run)) == (2, 0)


def test_f_13_import_of_1000_above_the_line_starts_no_clock(small):
    text = STARTER + "".join(f"会社{n},担当{n},製造業,120名,部長,1,1,3,50,高\n" for n in range(1000))
    take(small, text)
    assert not ScoreDue.objects.exists()
    assert set(LeadScore.objects.values_list("total", flat=True)) == {50}
    assert (Handoff.objects.count(), Clock.objects.count(), Batch.objects.count()) == (0, 0, 1)
    assert set(Lead.objects.values_list("stage", "due_kind")) == {("mql", "batch")}
    assert Batch.objects.get().entries.count() == 1000
    assert invariants.violations(at=NOON + timedelta(minutes=1)) == []


def test_imported_history_leaves_every_invariant_whole(small):
    stages = ["リード", "mal", "mql", "sal", "sql", "商談", "受注", "失注", "育成", "対象外"]
    text = "external_id,氏名,ステージ,ステージ変更日,獲得日\n"
    text += "".join(f"A{n},担当{n},{stage},2026/{n + 1}/5,2026/1/5\n" for n, stage in enumerate(stages))
    run = take(small, text)
    assert (run.created, run.refused) == (10, 0)
    wanted = ["lead", "mal", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified"]
    assert list(Lead.objects.order_by("pk").values_list("stage", flat=True)) == wanted
    assert invariants.violations(at=NOON + timedelta(minutes=1)) == []


def test_import_taken_back_leaves_every_invariant_whole(small):
    run = take(small, STARTER + "東浜精工,田中一郎,製造業,20名,課長,,,,,\n")
    undone = import_undoing.undo(run=run, by=small.mia, at=NOON)
    assert undone.state == "undone"
    assert not Lead.objects.present().exists()
    assert invariants.violations(at=NOON + timedelta(minutes=1)) == []

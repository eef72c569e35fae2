"""The same file again while or after something was taken back, stopped, at work, or edited: nothing changes that stood,
and nothing is lost that was taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from leads.models import ImportRun, Lead
from leads.services import import_chunks, import_runs, import_undoing, import_work, lead_changes
from tests.cast import NOON, Cast
from tests.leads.test_imports import counts

pytestmark = pytest.mark.django_db
HEAD = "氏名,メール,役職\n"
TANAKA = HEAD + "田中 一郎,tanaka@example.jp,{}\n"
TWO = TANAKA + "鈴木 花,suzuki@example.jp,係長\n"
Start = Callable[[str, int], ImportRun]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def start(cast: Cast) -> Start:
    """Takes a text in as Mia's file, so many hours after noon; a worker hasn't begun."""

    def run(text: str, hour: int) -> ImportRun:
        return import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=at(hour))

    return run


@pytest.fixture
def small_chunks(monkeypatch) -> None:
    monkeypatch.setattr(import_work, "chunk_rows", lambda: 1)


def at(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


def work(run: ImportRun, hour: int, chunks: int | None = None) -> ImportRun:
    import_work.work(run_id=run.pk, now=lambda: at(hour), chunks=chunks)
    run.refresh_from_db()
    return run


def edit(lead: Lead, cast: Cast, **values: str) -> None:
    lead_changes.update(lead=lead, values=values, by=cast.mia, at=at(1))


def test_what_is_taken_back_while_the_same_file_is_read_again_comes_in(start: Start, cast: Cast, small_chunks) -> None:
    work(start(TWO.format("課長"), 0), 0)
    text = TWO.format("部長").replace("係長", "主任")
    first = work(start(text, 1), 1)
    again = work(start(text, 2), 2, chunks=1)
    context = import_work.context_of(again)
    import_undoing.undo(run=first, by=cast.mia, at=at(3))
    rows = list(again.file_rows.filter(result="pending"))
    import_chunks.apply(rows, context, at=at(4))
    assert Lead.objects.get(email="suzuki@example.jp").title == "主任"


def test_what_was_found_there_only_because_of_an_import_taken_back_comes_in(start: Start, cast: Cast) -> None:
    work(start(TANAKA.format("課長"), 0), 0)
    first = work(start(TANAKA.format("部長"), 1), 1)
    turned = "メール,氏名,役職\ntanaka@example.jp,田中 一郎,部長\n"
    assert counts(work(start(turned, 2), 2)) == (0, 0, 1, 0, 0)
    import_undoing.undo(run=first, by=cast.mia, at=at(3))
    assert Lead.objects.get().title == "課長"
    assert counts(work(start(turned, 4), 4)) == (0, 1, 0, 0, 0)
    edit(Lead.objects.get(), cast, title="本部長")
    assert counts(work(start(turned, 5), 5)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().title == "本部長", "what came in anew stands"


def test_what_an_import_taken_back_found_there_stays_as_it_was_edited(start: Start, cast: Cast) -> None:
    text = TANAKA.format("課長")
    work(start(text, 0), 0)
    edit(Lead.objects.get(), cast, title="主任")
    other = work(start(TANAKA.format("部長"), 2), 2)
    import_undoing.undo(run=other, by=cast.mia, at=at(3))
    assert counts(work(start(text, 4), 4)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().title == "主任"


def test_what_an_undo_that_stopped_has_taken_back_comes_in(start: Start, cast: Cast) -> None:
    work(start(TANAKA.format("課長"), 0), 0)
    text = TANAKA.format("部長")
    run = work(start(text, 1), 1)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.UNDOING, undone_by=cast.mia)
    work(run, 2, chunks=1)
    ImportRun.objects.filter(pk=run.pk).update(attempts=import_work.MOST_ATTEMPTS)
    work(run, 3)
    assert (run.state, run.error_code, Lead.objects.get().title) == ("done", "undo_stopped", "課長")
    assert counts(work(start(text, 4), 4)) == (0, 1, 0, 0, 0)
    edit(Lead.objects.get(), cast, title="本部長")
    assert counts(work(start(text, 5), 5)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().title == "本部長", "what came in after the undo stopped stands"


def test_what_came_in_after_the_undo_of_a_stopped_import_stopped_stays_as_edited(
    start: Start, cast: Cast, small_chunks
) -> None:
    work(start(TANAKA.format("課長"), 0), 0)
    run = work(start(TWO.format("部長"), 1), 1, chunks=1)
    states = ImportRun.State
    ImportRun.objects.filter(pk=run.pk).update(state=states.UNDOING, undone_by=cast.mia)
    work(run, 2, chunks=1)
    ImportRun.objects.filter(pk=run.pk).update(attempts=import_work.MOST_ATTEMPTS)
    assert (work(run, 3).state, Lead.objects.get().title) == (states.FAILED, "課長")
    text = TANAKA.format("部長")
    assert counts(work(start(text, 4), 4)) == (0, 1, 0, 0, 0)
    edit(Lead.objects.get(), cast, title="本部長")
    assert counts(work(start(text, 5), 5)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().title == "本部長"


def test_what_an_import_brought_before_it_stopped_stays_as_edited(start: Start, cast: Cast, small_chunks) -> None:
    text = TWO.format("課長")
    run = work(start(text, 0), 0, chunks=1)
    ImportRun.objects.filter(pk=run.pk).update(attempts=import_work.MOST_ATTEMPTS)
    assert work(run, 1).state == ImportRun.State.FAILED
    edit(Lead.objects.get(), cast, title="部長")
    assert counts(work(start(text, 2), 2)) == (1, 0, 1, 0, 0)
    assert Lead.objects.get(email="tanaka@example.jp").title == "部長"


def test_two_imports_of_one_file_at_once_bring_each_row_once(start: Start, small_chunks) -> None:
    rows = "田中 一郎,tanaka@example.jp,課長\n田中 一郎,tanaka@example.jp,部長\n鈴木 花,suzuki@example.jp,係長\n"
    one, two = start(HEAD + rows, 0), start(HEAD + rows, 0)
    work(one, 0, chunks=2)
    assert counts(work(two, 0)) == (1, 0, 2, 0, 0)
    assert counts(work(one, 0)) == (1, 1, 1, 0, 0)
    assert Lead.objects.get(email="tanaka@example.jp").title == "部長"


def test_somebody_whose_name_and_address_were_edited_is_not_made_again(start: Start, cast: Cast) -> None:
    text = TANAKA.format("課長")
    work(start(text, 0), 0)
    edit(Lead.objects.get(), cast, last_name="山田", email="yamada@example.jp")
    assert counts(work(start(text, 2), 2)) == (0, 0, 1, 0, 0)
    assert Lead.objects.get().name == "山田 一郎"


def test_a_few_rows_far_apart_look_up_nobody_between(start: Start) -> None:
    text = HEAD + "".join(f"{name},{n}@example.jp,課長\n" for n, name in enumerate("甲乙丙丁戊己庚"))
    first = work(start(text, 0), 0)
    named = dict(first.file_rows.values_list("number", "lead"))
    context = import_work.context_of(start(text, 1))
    assert context.repeats.leads_at([1, 7]) == {named[1], named[7]}
    assert context.repeats.leads_at([2, 3, 4]) == {named[2], named[3], named[4]}

"""A count says how often in all: what other rows tell with its day is among it, whichever row stands first."""

import hashlib
from itertools import permutations

import pytest

from leads.models import Activity, Lead
from leads.services import activities, import_work, merging
from tests.cast import NOON
from tests.leads.taking import counts, take

pytestmark = pytest.mark.django_db
HEAD = "メール,氏名,セミナー参加\n"
KIND = "webinar_attended"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rows(*cells):
    return HEAD + "".join(f"t@example.jp,田中 一郎,{cell}\n" for cell in cells)


def told():
    """The names of the lead's activities of this type, without the lead's."""
    names = Activity.objects.filter(type=KIND).values_list("event_id", flat=True)
    return sorted(name.split(":", 3)[3] for name in names)


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("chunk", [1, 500])
@pytest.mark.parametrize("order", list(permutations(["3", "2026-07-01", "2026-07-08"])))
def test_a_count_and_days_are_the_same_in_any_order_and_chunks(cast, monkeypatch, order, chunk, is_known):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: chunk)
    if is_known:
        take(cast, "メール,氏名\nt@example.jp,田中 一郎\n")
    take(cast, rows(*order))
    assert told() == ["1", "2026-07-01", "2026-07-08"]
    before = list(Activity.objects.order_by("pk").values())
    assert counts(take(cast, rows(*order))) == (0, 0, 3, 0, 0)
    assert list(Activity.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("chunk", [1, 500])
@pytest.mark.parametrize("order", [("1", "2026-07-01", "2026-07-08"), ("2026-07-08", "2026-07-01", "1")])
def test_more_days_than_the_count_says_are_all_there(cast, monkeypatch, order, chunk):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: chunk)
    take(cast, rows(*order))
    assert told() == ["2026-07-01", "2026-07-08"]


@pytest.mark.parametrize("chunk", [1, 500])
def test_the_highest_count_holds_whatever_stands_between(cast, monkeypatch, chunk):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: chunk)
    take(cast, rows("2", "2026-07-01", "4", "1"))
    assert told() == ["1", "2", "2026-07-01", "3"]


@pytest.mark.parametrize("order", [("4", "2026-07-08"), ("2026-07-08", "4")])
@pytest.mark.parametrize("chunk", [1, 500])
def test_what_an_earlier_file_counted_stays(cast, monkeypatch, order, chunk):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: chunk)
    take(cast, rows("2"))
    take(cast, rows("2026-07-01"))
    assert told() == ["1", "2", "2026-07-01"], "what it tells may have been since the count"
    take(cast, rows(*order))
    assert told() == ["1", "2", "2026-07-01", "2026-07-08"]


def test_what_was_recorded_here_is_counted_in_and_nothing_of_it_goes(cast, monkeypatch):
    monkeypatch.setattr(import_work, "chunk_rows", lambda: 1)
    take(cast, "メール,氏名\nt@example.jp,田中 一郎\n")
    activities.record(lead=Lead.objects.get(), type=KIND, occurred_at=NOON, by=cast.mia, at=NOON, event_id="a:b:c:own")
    take(cast, rows("2", "2026-07-01", "2026-07-08"))
    assert told() == ["2026-07-01", "2026-07-08", "own"]


def test_a_note_whose_name_is_all_digits_is_no_count(cast, monkeypatch):
    """A note is kept by the first signs of its text's hash, which are all digits for some texts."""
    monkeypatch.setattr(import_work, "chunk_rows", lambda: 1)
    text = "メモ 213"
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "2332501734493840"
    take(cast, "メール,氏名,メモ\n" + "".join(f"t@example.jp,田中 一郎,{note}\n" for note in (text, "電話した")))
    assert set(Activity.objects.filter(type="note").values_list("note", flat=True)) == {text, "電話した"}


def test_what_a_file_told_of_somebody_merged_since_is_told_once(cast):
    text = "氏名,メール,セミナー参加日,メモ\n甲,a@example.jp,2026-11-01,よい\n甲,b@example.jp,2026-11-02,わるい\n"
    take(cast, text)
    before = set(Activity.objects.values_list("pk", flat=True))
    assert len(before) == 4
    stays, goes = Lead.objects.order_by("pk")
    merging.merge(survivor=stays, loser=goes, by=cast.mia, at=NOON)
    assert counts(take(cast, text)) == (0, 0, 2, 0, 0)
    assert set(Activity.objects.values_list("pk", flat=True)) == before

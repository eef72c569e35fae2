"""A row mended in a preview is looked at among the rows of its file: all stand as if it had been right from the first."""

import pytest

from leads.domain.import_plan import Plan
from leads.models import Lead
from leads.queries import import_companions
from leads.services import import_chunks, import_mending, import_runs, import_work
from tests.cast import NOON
from tests.leads.taking import take

pytestmark = pytest.mark.django_db
HEAD = "会社名,都道府県,氏名,メール,携帯,役職,業種\n"
WRONG = "x@@example"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def stand(run):
    """What each row is, why, and how many there are of each."""
    run.refresh_from_db()
    rows = run.file_rows.order_by("number").values_list("result", "errors", "resolution")
    return list(rows), (run.created, run.updated, run.unchanged, run.duplicates, run.refused)


def mend(cast, run, number, cells):
    return import_mending.mend(run=run, number=number, cells=cells, by=cast.mia, at=NOON)


@pytest.mark.parametrize(
    ("number", "email", "rows", "results"),
    [
        pytest.param(
            2,
            "t@example.jp",
            ["東浜,,田中 一郎,t@example.jp,,課長,", f"東浜,,田中 一郎,{WRONG},,課長,", "西浜,,鈴木 花,,,,"],
            ["created", "unchanged", "created"],
            id="the same person stands before it",
        ),
        pytest.param(
            1,
            "t@example.jp",
            [f"東浜,,田中 一郎,{WRONG},,課長,", "東浜,,田中 一郎,t@example.jp,,部長,"],
            ["created", "updated"],
            id="the same person stands behind it",
        ),
        pytest.param(
            3,
            "",
            ["東浜,,田中 一郎,,,課長,", "東浜,,鈴木 花,,,,", f"㈱東浜,,田中一郎,{WRONG},,部長,"],
            ["created", "created", "duplicate"],
            id="a namesake with other details",
        ),
        pytest.param(
            3,
            "",
            ["東浜,東京都,田中 一郎,,,,", "東浜,,鈴木 花,,,,", f"東浜,大阪府,鈴木 花,{WRONG},,,"],
            ["created", "created", "duplicate"],
            id="where the company is a colleague's row says",
        ),
        pytest.param(
            2,
            "a@example.jp",
            [
                "東浜,,田中 一郎,a@example.jp,090-1111-2222,,",
                f"東浜,,,{WRONG},,課長,",
                "東浜,,田中 一郎,,090-1111-2222,,",
            ],
            ["created", "updated", "unchanged"],
            id="a third row is reached over the second",
        ),
        pytest.param(
            1,
            "new@example.jp",
            [f"東浜,,田中 一郎,{WRONG},,,製造業", "東浜,,鈴木 花,h@example.jp,,,製造業", f"西浜,,森 五郎,{WRONG},,,"],
            ["created", "created", "refused"],
            id="nobody else is meant",
        ),
    ],
)
def test_all_rows_stand_as_if_it_had_been_right_from_the_first(cast, number, email, rows, results):
    run = take(cast, HEAD + "\n".join(rows) + "\n", dry_run=True)
    mend(cast, run, number, {3: email})
    rows[number - 1] = rows[number - 1].replace(WRONG, email)
    right = take(cast, HEAD + "\n".join(rows) + "\n", dry_run=True)

    assert [row[0] for row in stand(run)[0]] == results
    assert stand(run) == stand(right)
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    assert [row[0] for row in stand(run)[0]] == results
    assert Lead.objects.count() == results.count("created")


def test_a_row_that_is_still_wrong_changes_no_other(cast):
    run = take(cast, HEAD + f"東浜,,田中 一郎,{WRONG},,,\n東浜,,田中 一郎,,,,\n", dry_run=True)
    before = stand(run)[1]
    assert mend(cast, run, 1, {3: "y@@example"}).result == "refused"
    assert stand(run)[1] == before == (1, 0, 0, 0, 1)


def test_companions_are_those_of_the_same_file_within_reach(cast, monkeypatch):
    monkeypatch.setattr(import_companions, "REACH", 2)
    take(cast, HEAD + "東浜,,田中 一郎,t@example.jp,,,\n", dry_run=True)
    rows = ["東浜,,田中 一郎,t@example.jp,,,", "南,,甲,1@example.jp,,,", "南,,乙,2@example.jp,,,"]
    run = take(cast, HEAD + "\n".join([*rows, f"東浜,,田中 一郎,{WRONG},,,"]) + "\n", dry_run=True)
    assert mend(cast, run, 4, {3: "t@example.jp"}).result == "created"
    assert stand(run)[1] == (4, 0, 0, 0, 0)


def test_only_the_cells_of_companions_are_read_anew(cast, monkeypatch):
    others = "".join(f"会社{number},,人 {number},p{number}@example.jp,,,\n" for number in range(20))
    rows = others + f"東浜,,田中 一郎,t@example.jp,,,\n東浜,,鈴木 花,h@example.jp,,,\n㈱東浜,,田中一郎,{WRONG},,,\n"
    run = take(cast, HEAD + rows, dry_run=True)
    read = []
    understood = Plan.read
    monkeypatch.setattr(Plan, "read", lambda plan, row, *, at: read.append(row[0]) or understood(plan, row, at=at))
    assert mend(cast, run, 23, {3: "t@example.jp"}).result == "unchanged"
    assert set(read) == {"㈱東浜", "東浜"}
    assert run.file_rows.get(number=23).keys["email"] == "t@example.jp"


def test_of_very_many_rows_of_one_person_the_first_are_looked_at(cast, monkeypatch):
    monkeypatch.setattr(import_companions, "MOST", 2)
    rows = [f"東浜,,田中 一郎,{WRONG},,,", *["東浜,,田中 一郎,t@example.jp,,課長,"] * 4]
    run = take(cast, HEAD + "\n".join(rows) + "\n", dry_run=True)
    read = []
    evaluate = import_chunks.evaluate
    monkeypatch.setattr(
        import_chunks,
        "evaluate",
        lambda rows, context, *, at: read.append(len(rows)) or evaluate(rows, context, at=at),
    )
    assert mend(cast, run, 1, {3: "t@example.jp"}).result == "created"
    assert max(read) == 3
    assert stand(run)[1] == (1, 1, 3, 0, 0)


def test_what_a_preview_keeps_of_its_rows_goes_with_the_commit(cast):
    run = take(cast, HEAD + "東浜,,田中 一郎,t@example.jp,,,\n", dry_run=True)
    assert run.file_rows.get().keys == {"email": "t@example.jp", "name": "田中一郎", "company": "東浜"}
    import_runs.commit(run=run, by=cast.mia, at=NOON)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    assert run.file_rows.get().keys == {}

"""Row 14: odd and hostile files, each accounted for row by row, and a bounded fuzz of the readers."""

from pathlib import Path

import pytest

from leads.imports import errors
from leads.imports.reader import reading
from tests.leads import fuzzing
from tests.leads.corpus import Made, corpus
from tests.leads.fuzzing import accounted, told

pytestmark = pytest.mark.once
FILES = corpus()


def test_corpus_is_large_and_its_names_are_unique() -> None:
    assert len(FILES) >= 200
    assert len({made.name for made in FILES}) == len(FILES)


@pytest.mark.parametrize("made", FILES, ids=lambda made: made.name.encode("ascii", "replace").decode())
def test_row_14_every_row_is_accounted_for(made: Made) -> None:
    rows, stop = accounted(made.data)
    if made.anything:
        assert bool(rows) != bool(stop)
        assert len({line for line, _ in rows}) == len(rows)
    elif made.stops:
        assert stop in made.stops
    else:
        assert (stop, rows) == ("", made.rows)


SAMPLE = (
    "utf-16-tab-'\\n'",
    "three thousand rows",
    "workbook",
    "expanding entities",
    "sheet: dimension lies",
    "sheet: deep",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_row_14_child_says_the_same_in_time_and_memory(name: str, tmp_path: Path) -> None:
    made = next(made for made in FILES if made.name == name)
    path = tmp_path / "list"
    path.write_bytes(made.data)
    rows, stop = told(made.data)
    if stop:
        with pytest.raises(errors.BY_CODE[stop]), reading(path, seconds=30) as found:
            list(found.chunks)
    else:
        with reading(path, seconds=30) as found:
            assert [row.cells for chunk in found.chunks for row in chunk] == [cells for _line, cells, _fault in rows]


def test_fuzz_of_the_readers_finds_no_crash() -> None:
    """Two seconds here; minutes by hand: python -m tests.leads.fuzzing 600."""
    assert fuzzing.run(seconds=2, seed=0)

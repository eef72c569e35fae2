"""Reads files in this process as the importer would, and shakes the readers with changed ones.

python -m tests.leads.fuzzing SECONDS [SEED]
"""

import io
import random
import sys
import time
from argparse import Namespace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leads.domain.import_columns import recognise
from leads.domain.import_guesses import guess
from leads.domain.import_headers import LOOK_AT, find_header, headers_at
from leads.domain.import_plan import build
from leads.imports import child, errors
from tests.leads.corpus import CODECS, DAMAGE, GOOD, HEADER, book, text

AT = datetime(2026, 11, 20, 12, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
SLOW = 5


class InMemory:
    """Looks like the path of a file to the reader."""

    def __init__(self, data: bytes):
        self._data = data

    def open(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def told(data: bytes) -> tuple[list[tuple[int, list[str], Any]], str]:
    """The rows that the reader tells, and the code with which it stops; in this process, without the limits."""
    lines: list[dict[str, Any]] = []
    options = Namespace(file=InMemory(data), encoding="", sheet="", rows=0)
    child.tell(options, lambda **line: lines.append(line))
    assert lines, "the reader fell silent"
    rows = [tuple(row) for line in lines for row in line.get("rows", ())]
    end = lines[-1]
    assert ("end" in end and end["end"] == len(rows)) or end["stop"] in errors.BY_CODE
    return rows, end.get("stop", "")  # type: ignore[return-value]


def accounted(data: bytes) -> tuple[list[tuple[int, str]], str]:
    """Per data row its line and first fault, as the importer would say it; or why the file is refused."""
    rows, stop = told(data)
    if stop:
        return [], stop
    place = find_header([cells for _line, cells, _fault in rows[:LOOK_AT]])
    if place is None or place == len(rows) - 1:
        return [], "header_missing" if place is None else "empty"
    headers = headers_at([cells for _line, cells, _fault in rows[: LOOK_AT + 5]], place)
    samples = [cells for _line, cells, _fault in rows[place + 1 : place + 6]]
    plan, faults = build(
        headers=headers,
        mapping=guess(headers, samples, recognise(headers).mapping),
        constants={},
        match_on="",
        date_order="",
        zone=ZoneInfo("Asia/Tokyo"),
        activity_types={"note", "business_card"},
        custom={},
        create_custom=False,
    )
    if plan is None:
        assert {fault.code for fault in faults} == {"nobody_mapped"}
        return [], "mapping_needed"
    return [(line, fault["code"] if fault else _fault_of(plan, cells)) for line, cells, fault in rows[place + 1 :]], ""


def _fault_of(plan: Any, cells: list[str]) -> str:
    _values, faults = plan.read(cells, at=AT)
    return faults[0].code if faults else ""


def mutated(chance: random.Random) -> bytes:
    """A text or a workbook with a few bytes, lines or blocks changed, cut, doubled or moved."""
    rows = [HEADER, *GOOD, *(row for row, _ in DAMAGE)]
    if chance.random() < 0.5:
        data = bytearray(text(rows, delimiter=chance.choice(",;\t")).encode(chance.choice(CODECS), "replace"))
    else:
        data = bytearray(book(rows[: chance.randrange(1, len(rows))]))
    for _ in range(chance.randrange(1, 8)):
        a, b = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        b = min(b, a + chance.choice([1, 4, 40, 400]))
        change = chance.randrange(5)
        if change == 0:
            data[a:b] = bytes(chance.randrange(256) for _ in range(b - a))
        elif change == 1:
            del data[a:b]
        elif change == 2:
            data[a:a] = data[a:b] * chance.randrange(1, 4)
        elif change == 3:
            data[a:b] = chance.choice([b'"', b"\x00", b"\xff\xfe", b",,,,", b"\r", b"\x1b$B", b"PK\x03\x04", b"9" * 30])
        elif data:
            data[a % len(data)] ^= 1 << chance.randrange(8)
        if not data:
            data = bytearray(b"\n")
    return bytes(data)


def run(*, seconds: float, seed: int) -> int:
    """Tries changed files for so long; returns how many. Raises AssertionError with the seed of one that fails."""
    end, tried = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = mutated(random.Random(f"{seed}/{tried}"))
        began = time.process_time()
        try:
            rows, stop = accounted(data)
        except BaseException as error:
            raise AssertionError(f"seed {seed}/{tried}: {data[:2000]!r}") from error
        assert bool(rows) != bool(stop), f"seed {seed}/{tried}"
        assert time.process_time() - began < SLOW, f"seed {seed}/{tried} was slow"
        tried += 1
    return tried


if __name__ == "__main__":
    number = run(seconds=float(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(f"{number} files, none crashed")

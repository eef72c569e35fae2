"""Reads a file through the limited child process: rows arrive in chunks, the reading process never grows."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from leads.imports import limits
from leads.imports.errors import BY_CODE, FileRefused, TooDemanding

_ROOT = Path(__file__).resolve().parent.parent.parent


class SheetRow(NamedTuple):
    """One row that holds something. `fault` ({column, code}) means that it must be refused."""

    line: int
    cells: list[str]
    fault: dict[str, Any] | None


@dataclass(frozen=True)
class Reading:
    """What the file is, and its rows in chunks (lazily, once)."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str]
    chunks: Iterator[list[SheetRow]]


@contextmanager
def reading(
    path: str | Path, *, encoding: str = "", sheet: str = "", most_rows: int = 0, seconds: int = limits.WALL_SECONDS
) -> Iterator[Reading]:
    """Opens a CSV, TSV or XLSX file. `most_rows` > 0 reads only its beginning.

    Raises a FileRefused (errors.py), here or while the chunks are read; TooDemanding when the child died or kept
    us waiting for more than `seconds` in all: what is done with the rows in between is not the file's fault.
    """
    child = _start(path, encoding, sheet, most_rows)
    try:
        messages = _messages(child, seconds)
        about = next(messages)["sheet"]
        yield Reading(**about, chunks=_chunks(messages))
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _start(path: str | Path, encoding: str, sheet: str, most_rows: int) -> "subprocess.Popen[str]":
    arguments = [f"--encoding={encoding}", f"--sheet={sheet}", f"--rows={most_rows}", "--", str(path)]
    return subprocess.Popen(
        [sys.executable, "-m", "leads.imports.child", *arguments],
        cwd=_ROOT,
        env={"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
    )


def _lines(child: "subprocess.Popen[str]", seconds: float) -> Iterator[str]:
    """The child's lines; it is ended when the waiting for them adds up to `seconds`."""
    while True:
        alarm = threading.Timer(max(0, seconds), child.kill)
        begun = time.monotonic()
        alarm.start()
        line = child.stdout.readline() if child.stdout else ""
        alarm.cancel()
        seconds -= time.monotonic() - begun
        if not line:
            return
        yield line


def _messages(child: "subprocess.Popen[str]", seconds: float) -> Iterator[dict[str, Any]]:
    """The child's messages up to its end; a child that falls silent was stopped by a limit."""
    for line in _lines(child, seconds):
        try:
            message = json.loads(line)
        except ValueError as error:
            raise TooDemanding from error
        if "stop" in message:
            raise BY_CODE.get(message["stop"], FileRefused)(**message["values"])
        if "end" in message:
            return
        yield message
    raise TooDemanding


def _chunks(messages: Iterator[dict[str, Any]]) -> Iterator[list[SheetRow]]:
    for message in messages:
        yield [SheetRow(*row) for row in message["rows"]]

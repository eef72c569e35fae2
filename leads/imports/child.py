"""The child process that reads a stranger's file: limits itself, streams rows as JSON lines, never writes a file.

`python -m leads.imports.child FILE [--encoding E] [--sheet S] [--rows N]`. Each line on stdout is one of
`{"sheet": …}`, `{"rows": [[line, cells, fault], …]}`, `{"end": rows}` or `{"stop": code, "values": …}`.
"""

import argparse
import json
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from leads.imports import delimited, encodings, limits, workbook
from leads.imports.stops import Stop

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf")

Lines = Iterator[tuple[int, list[str]]]


def main(arguments: list[str]) -> int:
    """Reads the file named in the arguments; exit code 0 also for a refusal, which is told on stdout."""
    options = _options(arguments)
    _limit()
    tell(options, _say)
    return 0


def tell(options: argparse.Namespace, say: Callable[..., None]) -> None:
    """Says what stands in the file, or why it is refused; nothing that a file holds makes it raise."""
    try:
        _stream(options, say)
    except Stop as stop:
        say(stop=stop.code, values=stop.values)
    except MemoryError:
        say(stop="too_demanding", values={})
    except (KeyboardInterrupt, SystemExit, BrokenPipeError):
        raise
    except BaseException:  # the library that reads workbooks panics past Exception
        say(stop="unreadable", values={})


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--encoding", default="")
    parser.add_argument("--sheet", default="")
    parser.add_argument("--rows", type=int, default=0)
    return parser.parse_args(arguments)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _stream(options: argparse.Namespace, say: Callable[..., None]) -> None:
    with options.file.open("rb") as file:
        if file.seek(0, 2) > limits.FILE_BYTES:
            raise Stop("too_big", megabytes=limits.FILE_BYTES >> 20)
        about, lines = _open(file, options)
        say(sheet=about)
        count = 0
        for chunk in _chunks(lines, options.rows):
            count += len(chunk)
            say(rows=chunk)
        if not count:
            raise Stop("empty")
        say(end=count)


def _open(file: BinaryIO, options: argparse.Namespace) -> tuple[dict[str, Any], Lines]:
    file.seek(0)
    head = file.read(8)
    if not head:
        raise Stop("empty")
    if head.startswith(_OLD_OFFICE):
        raise Stop("old_workbook")
    if head.startswith(_OTHERS):
        raise Stop("not_a_sheet")
    if head.startswith(_ZIP):
        name, names, lines = workbook.rows(file, sheet=options.sheet)
        return {"format": "xlsx", "encoding": "", "delimiter": "", "sheet": name, "sheets": names}, lines
    encoding = encodings.detect(file, chosen=options.encoding)
    text = encodings.text_of(file, encoding)
    delimiter = delimited.sniff(text)
    text.seek(0)
    about = {"format": "csv", "encoding": encoding, "delimiter": delimiter, "sheet": "", "sheets": []}
    return about, delimited.rows(text, delimiter)


def _chunks(lines: Lines, most: int) -> Iterator[list[tuple[int, list[str], dict[str, Any] | None]]]:
    """Rows that hold something, in chunks; `most` > 0 ends early."""
    chunk: list[tuple[int, list[str], dict[str, Any] | None]] = []
    count = held = 0
    for line, cells in lines:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.COLUMNS:
            raise Stop("too_many_columns", line=line, most=limits.COLUMNS)
        count += 1
        if count > limits.ROWS + 100:
            raise Stop("too_many_rows", most=limits.ROWS)
        chunk.append((line, *_clean(cells)))
        held += sum(map(len, chunk[-1][1]))
        if len(chunk) == limits.CHUNK_ROWS or held > limits.CHUNK_CHARACTERS:
            yield chunk
            chunk, held = [], 0
        if most and count >= most:
            break
    if chunk:
        yield chunk


def _clean(cells: list[str]) -> tuple[list[str], dict[str, Any] | None]:
    """The cells as they can be shown and stored, and the first fault for which the row must be refused."""
    fault = None
    for index, cell in enumerate(cells):
        code = ""
        if len(cell) > limits.CELL_BYTES // 4 and len(cell.encode("utf-8", "replace")) > limits.CELL_BYTES:
            code, cells[index] = "cell_too_long", cell[:100] + "…"
        if not cell.isprintable() and any(_is_unstorable(char) for char in cell):
            code, cells[index] = (
                "unstorable",
                "".join("\ufffd" if _is_unstorable(char) else char for char in cells[index]),
            )
        if code and fault is None:
            fault = {"column": index, "code": code}
    return cells, fault


def _is_unstorable(char: str) -> bool:
    return (char < " " and char not in "\t\r\n") or "\ud800" <= char <= "\udfff"


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

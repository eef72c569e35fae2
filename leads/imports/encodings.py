"""Decides in which encoding a text file was written; never replaces a character, asks when it can't tell."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from leads.imports.stops import Stop

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEVEN_BIT = ("iso2022_jp", "iso2022_jp_2004", "iso2022_jp_ext")
_EUC = ("euc_jp", "euc_jis_2004")
# What a person may choose where the bytes alone don't tell.
CHOICES = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be", "cp1252")
# What may be found: a file is read again as what it was found to be, wider forms for ① and 髙 among them.
FOUND = frozenset({*CHOICES, *(name for _, name in _MARKS), *_SEVEN_BIT, *_EUC})


def detect(file: BinaryIO, *, chosen: str = "") -> str:
    """The name of the codec that reads the whole file strictly.

    Raises Stop `encoding_unknown` when none does or none convinces, `encoding_wrong` when the chosen one fails.
    """
    if chosen:
        if chosen not in FOUND or not _reads(file, chosen):
            raise Stop("encoding_wrong", encoding=chosen)
        return chosen
    head = _head(file)
    for mark, name in _MARKS:
        if head.startswith(mark):
            if _reads(file, name):
                return name
            raise Stop("encoding_unknown")
    return _by_bytes(file, head)


def _by_bytes(file: BinaryIO, head: bytes) -> str:
    wide = _without_mark(head)
    if wide and _reads(file, wide):
        return wide
    if b"\x1b$" in head:
        return _first(file, _SEVEN_BIT)
    if _reads(file, "utf-8"):
        return "utf-8"
    euc = next((name for name in _EUC if _reads(file, name)), "")
    shift = "cp932" if _reads_japanese(file) else ""
    if shift and euc:
        return euc if _strangeness(file, euc) < _strangeness(file, shift) else shift
    if shift or euc:
        return shift or euc
    raise Stop("encoding_unknown")


def _first(file: BinaryIO, names: tuple[str, ...]) -> str:
    for name in names:
        if _reads(file, name):
            return name
    raise Stop("encoding_unknown")


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(1 << 16)


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark shows as a NUL beside nearly every comma and line end."""
    if len(head) < 4 or head.count(0) * 10 < len(head):
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _texts(file: BinaryIO, name: str) -> Iterator[str]:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)("strict")
    while block := file.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _reads(file: BinaryIO, name: str) -> bool:
    try:
        for _ in _texts(file, name):
            pass
    except UnicodeError:
        return False
    return True


def _reads_japanese(file: BinaryIO) -> bool:
    """Python's cp932 lets some bytes through that no Japanese program writes; those don't count as read."""
    return _reads(file, "cp932") and _has_pairs(file) and not any(_NEVER.search(text) for text in _texts(file, "cp932"))


def _has_pairs(file: BinaryIO) -> bool:
    """Japanese in Shift-JIS has neighbouring bytes over 0x7f; 'José' of Western Europe has single ones."""
    file.seek(0)
    was_high = False
    while block := file.read(_BLOCK):
        highs = block.translate(_HIGH)
        if b"\x01\x01" in highs or (was_high and highs[0]):
            return True
        was_high = bool(highs[-1])
    return False


_NEVER = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_HIGH = bytes(1 if byte > 0x7F else 0 for byte in range(256))


def _strangeness(file: BinaryIO, name: str) -> int:
    """How many characters no Japanese list is made of: half-width kana, private use, controls."""
    return sum(
        1
        for text in _texts(file, name)
        for char in text
        if "\uff61" <= char <= "\uff9f" or "\ue000" <= char <= "\uf8ff" or "\x80" <= char <= "\x9f"
    )


def text_of(file: BinaryIO, name: str) -> io.TextIOWrapper:
    """The file as text from its start, with its line ends as written."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=name, errors="strict", newline="")

"""Reads one cell with a whole name as last name and first name, as they are written in Japan and elsewhere."""

import re
import unicodedata

from leads.domain.text_folding import tidy

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")
# What follows a name behind a comma without being one.
_TITLE = re.compile(r",\s*(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|mba|cpa|esq)\b", re.I)
_SPACES = re.compile(r"[ \t\u3000\u00a0]+")


def split_name(text: str, *, given_first: bool = False) -> tuple[str, str]:
    """(last, first). What is written without a blank goes whole into the last name; nothing is guessed.

    A name in Latin letters alone is read given name first ('John Smith', in a column 氏名 too), unless only its first
    word is in capitals ('YAMADA Taro'). `given_first` (a column named Full Name or the like) says so of other letters
    than Japanese ones. A comma there ends the last name.
    """
    value = _bare(text)
    if _JAPANESE.search(value) or not (given_first or _is_latin(value)):
        return _last_first(value)
    last, comma, first = (part.strip() for part in value.replace("，", ",").partition(","))
    if last and comma and not _TITLE.search(value):
        return last, first
    parts = value.split(" ")
    if len(parts) == 1 or _is_in_capitals(parts[0], parts[1:]):
        return _last_first(value)
    return parts[-1], " ".join(parts[:-1])


def split_kana(text: str) -> tuple[str, str]:
    """(last, first) of a name's reading, which stands last name first whatever its letters."""
    return _last_first(_bare(tidy(text)))


def _bare(text: str) -> str:
    value = _SPACES.sub(" ", text.replace("\n", " ")).strip()
    for suffix in (" 様", "様", " 殿", " さん", " 氏"):
        value = value.removesuffix(suffix)
    return value


def _last_first(value: str) -> tuple[str, str]:
    last, _blank, first = value.partition(" ")
    return last, first


def _is_latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and (name.isascii() or all("LATIN" in unicodedata.name(letter, "") for letter in letters))


def _is_in_capitals(word: str, others: list[str]) -> bool:
    """Whether the first word alone is written in capitals, as a last name that stands first is."""
    return len(word) > 2 and word.isupper() and not any(other.isupper() for other in others)

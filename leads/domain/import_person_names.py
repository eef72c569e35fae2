"""Reads one cell with a whole name as last name and first name, as they are written in Japan and elsewhere."""

import re
import unicodedata
from itertools import takewhile

from leads.domain.text_folding import tidy

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")
# What stands before or behind a name without being one, its points and case apart. Whose son somebody is tells two
# people apart, so it stays with the last name; an address or a degree doesn't.
_ADDRESSES = frozenset("mr mrs ms miss mx dr prof professor sir".split())
_GENERATIONS = frozenset("jr sr ii iii iv".split())
_DEGREES = frozenset("phd md mba msc bsc dds jd cpa cfa pmp esq dr prof".split())
# What is rather somebody's initials where it is all that stands behind the comma; MD alone is a doctor's.
_INITIALS = frozenset({"JD", "J.D", "D.R"})
_SPACES = re.compile(r"[ \t\u3000\u00a0]+")


def split_name(text: str, *, given_first: bool = False) -> tuple[str, str]:
    """(last, first). What is written without a blank goes whole into the last name; nothing is guessed.

    A name in Latin letters alone is read given name first ('John Smith', in a column 氏名 too), unless only its first
    word is in capitals ('YAMADA Taro'). `given_first` (a column named Full Name or the like) says so of other letters
    than Japanese ones. A comma there ends the last name ('Smith, John'), unless what follows it is no name
    ('John Smith, Jr.', 'John Smith, PhD'): Jr. stays with the last name; Dr., PhD and their like go, as 様 does.
    Initials that read like a degree stay where nothing else is the first name ('Smith, JD').
    """
    value = _bare(text)
    if _JAPANESE.search(value) or not (given_first or _is_latin(value)):
        return _last_first(value)
    return _in_latin(value)


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


def _in_latin(value: str) -> tuple[str, str]:
    written = [part.strip() for part in value.replace("，", ",").lstrip(", ").split(",")]
    parts, generation = _without_additions(written)
    if len(parts) > 1 or written[1:2] == [""]:
        last, first = " ".join(parts[:1]), " ".join(parts[1:])
    else:
        words = (parts or [""])[0].split(" ")
        if len(words) < 2 or _is_in_capitals(words[0], words[1:]):
            last, first = _last_first(" ".join(words))
        else:
            last, first = words[-1], " ".join(words[:-1])
    return " ".join(filter(None, (last, generation))), first


def _without_additions(parts: list[str]) -> tuple[list[str], str]:
    """The parts between the commas that are names, without what stands around a name; and Jr. or its like as written.

    A word that is all there is stays: somebody is called Md or Iv.
    """
    named = [part for place, part in enumerate(parts) if part and not (place and _is_addition(part))]
    generation = [word for part in parts[1:] if _is_addition(part) for word in part.split(" ") if _is_generation(word)]
    words = [_without_address(part.split(" ")) for part in named]
    if [len(own) for own in words] == [1]:
        words += [[part] for part in parts[1:] if part.removesuffix(".") in _INITIALS][:1]
    for own in words:
        # Behind two words only: the second of two is a name, even where it reads like a degree.
        while len(own) > (2 if len(words) == 1 else 1) and _is_addition(own[-1]):
            addition = own.pop()
            generation += [addition] if _is_generation(addition) else []
    return [" ".join(own) for own in words], " ".join(generation[:1])


def _without_address(words: list[str]) -> list[str]:
    # Mr. but not M.R.: points between letters are initials.
    addresses = takewhile(lambda word: word.removesuffix(".").lower() in _ADDRESSES, words[:-1])
    return words[len(list(addresses)) :]


def _is_addition(part: str) -> bool:
    # Md is how Mohammed is written for short; the degree is MD.
    return all((_plain(word) in _DEGREES and word != "Md") or _is_generation(word) for word in part.split(" "))


def _is_generation(word: str) -> bool:
    return _plain(word) in _GENERATIONS


def _plain(word: str) -> str:
    return word.replace(".", "").lower()


def _is_latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and (name.isascii() or all("LATIN" in unicodedata.name(letter, "") for letter in letters))


def _is_in_capitals(word: str, others: list[str]) -> bool:
    """Whether the first word alone is written in capitals, as a last name that stands first is."""
    return len(word) > 2 and word.isupper() and not any(other.isupper() for other in others)

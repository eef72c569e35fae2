"""What of a lead is compared with others, brought to one form once: names in every way of writing, numbers, places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import jaconv

from leads.domain.normalise import company_key, without_legal_form
from leads.domain.text_folding import fold, squeeze, tidy

# Names and companies come again and again.
REMEMBERED = 20_000
_KANA = re.compile(r"[ァ-ヶー]+")
_HAN = re.compile(r"[一-鿿々]")
_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = frozenset("the a an and of at in for de la le".split())
_ADDRESS_PART = re.compile(r"\d+|[^\W\d_]+")
_BLOCK_MARKS = re.compile(r"(?<=\d)(?:丁目|番地|番|号|の)(?=\d|$|\D)")


class Forms(NamedTuple):
    """One name in the ways it can be written; only like is compared with like."""

    han: str = ""
    kana: str = ""
    latin: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a lead is compared, normalised once. Empty means unknown."""

    last: Forms = Forms()
    first: Forms = Forms()
    whole: Forms = Forms()
    email: str = ""
    numbers: frozenset[str] = frozenset()
    # Those of them that ring in one person's pocket.
    mobiles: frozenset[str] = frozenset()
    company_id: int | None = None
    company: str = ""
    company_words: frozenset[str] = frozenset()
    company_phone: str = ""
    address: str = ""
    title: str = ""
    department: str = ""
    own: tuple[tuple[str, str], ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether it is a person with a name, not only a company."""
        return any(self.whole)


def profile(lead: Mapping[str, Any], company: Mapping[str, Any], own: Mapping[str, str]) -> Profile:
    """The profile of a lead's columns, its company's columns and the organisation's own fields of text."""
    last = forms(lead.get("last_name") or "", lead.get("last_name_kana") or "")
    first = forms(lead.get("first_name") or "", lead.get("first_name_kana") or "")
    numbers = {number_key(text): text for text in (lead.get("phone"), lead.get("mobile")) if text}
    numbers.pop("", None)
    works_at = _firm(*(company.get(name) or "" for name in ("name", "phone", "prefecture", "address")))
    return Profile(
        last=last,
        first=first,
        whole=Forms(*(a + b if a and b else "" for a, b in zip(last, first, strict=True))) if any(first) else last,
        email=(lead.get("email") or "").lower(),
        numbers=frozenset(numbers),
        mobiles=frozenset(number for number, text in numbers.items() if _MOBILE.match(_plain(text))),
        company_id=lead.get("company_id"),
        company=works_at.key,
        company_words=works_at.words,
        company_phone=works_at.phone,
        address=works_at.address,
        title=_squeezed(lead.get("title") or ""),
        department=_squeezed(lead.get("department") or ""),
        own=tuple((key, folded) for key, value in sorted(own.items()) if (folded := fold(value))) if own else (),
    )


_MOBILE = re.compile(r"\s*(?:\+81[\s-]*|0)[6789]0")


class Firm(NamedTuple):
    """What of a company is compared; many leads share it, so it is worth keeping."""

    key: str
    words: frozenset[str]
    phone: str
    address: str


@lru_cache(maxsize=REMEMBERED)
def _firm(name: str, phone: str, prefecture: str, address: str) -> Firm:
    known = words(without_legal_form(name)) if name else frozenset()
    return Firm(
        company_key(name) if name else "",
        known,
        number_key(phone),
        # A prefecture alone is shared by too many.
        address_key(f"{prefecture} {address}".strip()) if address else "",
    )


_squeezed = lru_cache(maxsize=REMEMBERED)(squeeze)


@lru_cache(maxsize=REMEMBERED)
def forms(name: str, reading: str) -> Forms:
    """As written, in kana, and the kana in Latin letters, so that サトウ, 佐藤 (サトウ) and Sato meet."""
    written, kana = squeeze(name), squeeze(reading)
    is_han = bool(_HAN.search(written))
    if not kana and _KANA.fullmatch(written):
        kana = written
    latin = _latin(kana) if _KANA.fullmatch(kana) else ""
    if not is_han and written != kana:
        latin = written
    return Forms(written if is_han else "", kana, latin)


def _latin(kana: str) -> str:
    letters = str(jaconv.kana2alphabet(jaconv.kata2hira(kana))).replace("-", "")
    return letters.replace("ou", "o").replace("oo", "o").replace("uu", "u")


def number_key(text: str) -> str:
    """The digits of a telephone number without the zeros or the +81 before it; '' for less than six.

    Coarser than normalise.phone_key: a number that no telephone company gives out can still be one that two share.
    """
    if not text:
        return ""
    first = _EXTENSION.split(_plain(text), maxsplit=1)[0]
    digits = _NOT_DIGIT.sub("", first)
    if first.startswith("+81"):
        digits = digits[2:]
    digits = digits.lstrip("0")
    return digits[:15] if len(digits) >= 6 else ""


def _plain(text: str) -> str:
    return text if text.isascii() else tidy(text)


_EXTENSION = re.compile(r"内線|ext|x|#|;", re.IGNORECASE)
_NOT_DIGIT = re.compile(r"\D")


def is_kanji(text: str) -> bool:
    """Whether the text has kanji: short names, in which another character is another name."""
    return bool(_HAN.search(text))


def words(text: str) -> frozenset[str]:
    """The words of a name that can tell it from another."""
    found = _WORD.findall(text.replace("'", "").replace("’", ""))
    return frozenset(found) - _SMALL_WORDS or frozenset(found)


def address_key(text: str) -> str:
    """丸の内1丁目2番3号 and 丸の内1-2-3 alike; words and numbers apart."""
    return " ".join(_ADDRESS_PART.findall(_BLOCK_MARKS.sub("-", fold(text)))) if text else ""

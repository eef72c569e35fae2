"""Decides which leads are compared at all: those that share a key, each key small enough to say something.

A misspelt name, a swapped one or a new telephone changes some of a lead's keys and leaves others.
"""

import hashlib
from collections.abc import Iterable

from leads.domain.normalise import is_role_address
from leads.domain.profile import Forms, Profile

# A key that more leads share says nothing about any two of them; a common name says nothing sooner.
MOST_OF_ONE_KEY = 30
MOST_OF_ONE_NAME = 12
_SHORTEST_WORD = 4


def keys(profile: Profile) -> set[int]:
    """The keys of this lead as 63-bit numbers; those of a name alone are odd."""
    return {_number(text) | 1 for text in _of_name(profile)} | {_number(text) for text in _texts(profile)}


def is_telling(key: int, leads: int) -> bool:
    """Whether a key that so many leads share is worth comparing them."""
    return 2 <= leads <= (MOST_OF_ONE_NAME if key & 1 else MOST_OF_ONE_KEY)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 2 << 1


def _texts(profile: Profile) -> Iterable[str]:
    local = profile.email.partition("@")[0]
    if len(local) >= _SHORTEST_WORD and not is_role_address(profile.email):
        yield f"e {local}"
    # Colleagues share their company's line: it leads from one lead to another only where nobody is named.
    lines = profile.numbers if profile.is_named else profile.numbers | {profile.company_phone} - {""}
    for number in lines:
        yield f"t {number}"
    yield from _of_company(profile)
    yield from _of_own_fields(profile)


def _of_name(profile: Profile) -> Iterable[str]:
    """The letters of the whole name, in any order, and how both names begin; in kanji and as it sounds."""
    for whole in (profile.whole.han, profile.whole.latin):
        if whole:
            yield "n " + "".join(sorted(whole))
    for last, first, length in (
        (profile.last.han, profile.first.han, 1),
        (profile.last.latin, profile.first.latin, 3),
    ):
        if last and first:
            yield "p " + " ".join(sorted((last[:length], first[:length])))


def _of_company(profile: Profile) -> Iterable[str]:
    company = profile.company
    if not company:
        return
    for name in (*_one(profile.last), *_one(profile.first)):
        yield f"c {company} {name}"
    for whole in _one(profile.whole):
        yield f"b {company[:2]} {whole}"
    if profile.is_named:
        return
    yield f"c {company}"
    yield f"a {profile.address}"
    for word in profile.company_words:
        if len(word) >= _SHORTEST_WORD:
            yield f"cw {word}"
            yield f"cs {word[:_SHORTEST_WORD]} {profile.address[:6]}"


def _of_own_fields(profile: Profile) -> Iterable[str]:
    """Equal texts, and shorter ones together with how a name begins."""
    starts = [name[:3] for name in (*_one(profile.last), *_one(profile.first))]
    for key, value in profile.own:
        if len(value) >= _SHORTEST_WORD:
            yield f"o {key} {value}"
        for start in starts:
            yield f"on {key} {value} {start}"


def _one(forms: Forms) -> Iterable[str]:
    return [written for written in forms if written][:1]

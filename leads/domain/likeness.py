"""Decides how likely two leads are one person, and why: a sum of evidence in bits, each with its similarity.

Every field known on both sides speaks for or against: its weight is what an agreement (or a contradiction) is
worth in bits, as in the model of Fellegi and Sunter. The weights are general: they know kinds of fields, never
single values. What colleagues share (company, its telephone, its address) can't make one person of two names.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from leads.domain.profile import Forms, Profile, is_kanji

# From so many bits on a pair is proposed.
LEAST = 7.5
# What colleagues share by working in one place is worth no more than this.
MOST_OF_ONE_PLACE = 7.0
# What two leads without a name say by being of one company, on top of its name.
NAMELESS = 3.0
# So much against the names makes two people, however much of their place agrees.
OTHER_NAME = -3.5
_NUMBER = re.compile(r"\d+")
# In a shorter one another letter is another company.
_LONG_DOMAIN = 12


@dataclass(frozen=True, slots=True)
class Weight:
    """Bits for full agreement and for contradiction; below `since` a similarity speaks against."""

    agrees: float
    differs: float
    since: float

    def of(self, similarity: float) -> float:
        """The bits that this similarity is worth."""
        if similarity >= self.since:
            return self.agrees * (similarity - self.since) / (1 - self.since)
        return self.differs * min(1.0, (self.since - similarity) / 0.25)


WEIGHTS = {
    "last_name": Weight(6.5, -4.5, 0.78),
    "first_name": Weight(6, -4.5, 0.78),
    "email": Weight(14, -1.5, 0.85),
    "mobile": Weight(12, -2, 0.85),
    "phone": Weight(7, -1.5, 0.85),
    "company": Weight(6, -5.5, 0.75),
    "address": Weight(6, -2.5, 0.72),
    "title": Weight(1, -0.5, 0.7),
    "department": Weight(1, -0.5, 0.7),
}
Found = tuple[str, float, float]


@dataclass(frozen=True)
class Likeness:
    """`bits` of evidence that two are one; `reasons` are (field, similarity 0 to 100), the weightiest first."""

    bits: float
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def score(self) -> int:
        """0 to 100; 60 where a pair is just worth proposing."""
        return max(0, min(100, round(60 + (self.bits - LEAST) * 2.5)))

    @property
    def told(self) -> list[dict[str, str | int]]:
        """The reasons as a pair keeps them."""
        return [{"field": field, "similarity": similarity} for field, similarity in self.reasons]


def compare(a: Profile, b: Profile) -> Likeness:
    """How likely a and b are one person; without reasons where they are not likely at all."""
    names = _names(a, b)
    is_other = _is_other(names)
    if is_other and not (a.own or (a.mobiles and b.mobiles) or (a.email and a.email == b.email)):
        # Colleagues, mostly: nothing that is left could make one person of them.
        return Likeness(sum(bits for _, _, bits in names))
    person = _person(a, b, is_other=is_other)
    place = _place(a, b)
    own = _own(a, b) if a.own and b.own else []
    shared = sum(bits for _, _, bits in place)
    limit = _limit(a, b, names, place)
    total = sum(bits for _, _, bits in (*names, *person, *own)) + min(shared, limit)
    if total < LEAST:
        return Likeness(total)
    return Likeness(total, _reasons([*names, *person, *place, *own]))


def _reasons(found: Iterable[Found]) -> tuple[tuple[str, int], ...]:
    weighty = sorted((one for one in found if one[2] > 0.5), key=lambda one: -one[2])
    return tuple({name: round(similarity * 100) for name, similarity, _ in weighty}.items())


def _limit(a: Profile, b: Profile, names: Sequence[Found], place: Sequence[Found]) -> float:
    """How much the place may say. Where nobody is named, the company's name says who it is."""
    if a.is_named and b.is_named:
        return 0.0 if _is_other(names) else MOST_OF_ONE_PLACE
    is_other = any(name == "company" and bits <= OTHER_NAME for name, _, bits in place)
    return 0.0 if is_other else 99.0


def _is_other(names: Sequence[Found]) -> bool:
    """One of the two names is another one: of a family, or of a common family name, there are many in one place."""
    return any(bits <= OTHER_NAME for _, _, bits in names)


def _weighed(name: str, similarity: float) -> Found:
    return name, similarity, WEIGHTS[name].of(similarity)


def _names(a: Profile, b: Profile) -> list[Found]:
    """Last and first name; swapped ones where that reads better; the whole where one side wrote it as one."""
    last, first = _alike(a.last, b.last), _alike(a.first, b.first)
    if last == 1.0 and first == 1.0:
        return [_weighed("last_name", 1.0), _weighed("first_name", 1.0)]
    straight = _sum(last, first)
    if straight < 1.6:
        crossed = _alike(a.last, b.first), _alike(a.first, b.last)
        if _sum(*crossed) > straight + 0.2:
            last, first = (None if one is None else one * 0.97 for one in crossed)
            straight = _sum(last, first)
        whole = _alike(a.whole, b.whole)
        if whole is not None and whole > 0.95 and whole * 2 > straight:
            last = first = whole
    found = ("last_name", last), ("first_name", first)
    return [_weighed(name, similarity) for name, similarity in found if similarity is not None]


def _sum(one: float | None, other: float | None) -> float:
    return (0.5 if one is None else one) + (0.5 if other is None else other)


def _alike(a: Forms, b: Forms) -> float | None:
    """The best over the ways of writing that both have; None where there are none.

    Kanji names are short: another character is another name, unless it reads the same.
    """
    best = None
    if a.han and b.han:
        best = 1.0 if a.han == b.han else OSA.normalized_similarity(a.han, b.han) * 0.85
    if best != 1.0 and a.kana and b.kana:
        best = max(best or 0.0, 0.96 if a.kana == b.kana else OSA.normalized_similarity(a.kana, b.kana))
        if not (a.han and b.han) and a.kana == b.kana:
            best = 1.0
    elif best is None and a.latin and b.latin:
        best = 1.0 if a.latin == b.latin else JaroWinkler.similarity(a.latin, b.latin)
    return best


def _person(a: Profile, b: Profile, *, is_other: bool) -> list[Found]:
    found = []
    if a.email and b.email:
        similarity = _email(a.email, b.email)
        # k.sato and s.sato are no slip when the names are two as well.
        found.append(_weighed("email", min(similarity, 0.7) if is_other and similarity < 1 else similarity))
    if a.mobiles and b.mobiles:
        found.append(_weighed("mobile", _best_number(a.mobiles, b.mobiles)))
    for name, mine, other in (("title", a.title, b.title), ("department", a.department, b.department)):
        if mine and other:
            found.append(_weighed(name, fuzz.ratio(mine, other) / 100))
    return found


def _place(a: Profile, b: Profile) -> list[Found]:
    """What colleagues share. Of one and the same company only its being the same counts, not each of its columns."""
    found = []
    is_same = a.company_id is not None and a.company_id == b.company_id
    if a.company and b.company:
        found.append(_weighed("company", _company(a, b)))
        if is_same and not (a.is_named or b.is_named):
            # Nobody is named, and they have the whole company in common.
            found.append(("company", 1.0, NAMELESS))
    if not is_same and a.address and b.address:
        found.append(_weighed("address", _address(a.address, b.address)))
    mine = a.numbers if is_same or not a.company_phone else a.numbers | {a.company_phone}
    other = b.numbers if is_same or not b.company_phone else b.numbers | {b.company_phone}
    mine, other = mine - b.mobiles, other - a.mobiles
    if mine and other:
        found.append(_weighed("phone", _best_number(mine, other)))
    return found


def _email(a: str, b: str) -> float:
    if a == b:
        return 1.0
    mine, _, domain = a.partition("@")
    other, _, elsewhere = b.partition("@")
    if domain == elsewhere:
        return 0.95 if min(len(mine), len(other)) >= 5 and OSA.distance(mine, other, score_cutoff=1) == 1 else 0.5
    if mine != other:
        return 0.7
    if min(len(domain), len(elsewhere)) >= _LONG_DOMAIN and OSA.distance(domain, elsewhere, score_cutoff=1) == 1:
        return 0.95
    # With a new employer, or at home. What everybody of that name is called says nothing beyond the name.
    return 0.88 if len(mine) >= 5 and any(letter.isdigit() for letter in mine) else 0.85


def _best_number(a: frozenset[str], b: frozenset[str]) -> float:
    """One digit off is a slip; anything else another line."""
    if a & b:
        return 1.0
    return 0.93 if any(OSA.distance(one, two, score_cutoff=1) == 1 for one in a for two in b) else 0.0


def _company(a: Profile, b: Profile) -> float:
    if a.company == b.company:
        return 1.0
    mine, other = a.company_words - b.company_words, b.company_words - a.company_words
    if not (mine and other) and len(a.company_words & b.company_words) > 0:
        return 0.93
    if is_kanji(a.company):
        return OSA.normalized_similarity(a.company, b.company) * 0.9
    return _by_words(a, b, mine, other)


def _by_words(a: Profile, b: Profile, mine: frozenset[str], other: frozenset[str]) -> float:
    """The letters of the words both have (abbreviated or misspelt), of all letters; less when each has one more."""
    like = {one: two for one in mine for two in other if _is_same_word(one, two)}
    left_here, left_there = mine - like.keys(), other - set(like.values())
    if not left_here and not left_there:
        return 0.95
    total = sum(map(len, a.company_words)) + sum(map(len, b.company_words))
    share = 1 - (sum(map(len, left_here)) + sum(map(len, left_there))) / total
    return share - 0.15 if left_here and left_there else max(share, 0.85)


def _is_same_word(one: str, two: str) -> bool:
    return one.startswith(two) or two.startswith(one) or JaroWinkler.similarity(one, two, score_cutoff=0.92) > 0


def _address(a: str, b: str) -> float:
    """Other numbers are another house, however alike the street."""
    if a == b:
        return 1.0
    alike = max(fuzz.token_set_ratio(a, b) * 0.97, fuzz.token_sort_ratio(a, b)) / 100
    mine, other = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
    if mine and other and not mine & other:
        return min(alike, 0.5)
    return alike


def _own(a: Profile, b: Profile) -> list[Found]:
    """The organisation's own fields: the longer a text, the more its agreement says."""
    others = dict(b.own)
    found = []
    for key, mine in a.own:
        if other := others.get(key):
            information = min(5.0, 0.4 * min(len(mine), len(other)) + 0.5)
            similarity = 1.0 if mine == other else OSA.normalized_similarity(mine, other)
            found.append((f"custom.{key}", similarity, Weight(information, -information / 2, 0.7).of(similarity)))
    return found

"""Which two leads are proposed as one person, as a table of cases."""

import pytest

from leads.domain import blocking, likeness
from leads.domain import profile as profiles

SATO = {
    "last_name": "佐藤",
    "first_name": "健一",
    "last_name_kana": "サトウ",
    "first_name_kana": "ケンイチ",
    "email": "k.sato@tohama.example",
    "phone": "03-1234-5678",
    "mobile": "090-1111-2222",
    "title": "営業部長",
}
TOHAMA = {"name": "東浜精工株式会社", "address": "静岡市葵区追手町5丁目1番", "phone": "03-1234-5678"}
OTHER = {"name": "北斗商事株式会社", "address": "札幌市中央区北1条西2-1", "phone": "011-222-3333"}


def profile(company=TOHAMA, own=None, *, but=(), **changes):
    lead = {name: value for name, value in SATO.items() if name not in but} | changes
    return profiles.profile(lead | {"company_id": id(company) if company else None}, company or {}, own or {})


WITHOUT_KEYS = ("email", "mobile", "phone")
SAME = {
    "written without a space": profile(last_name="佐藤健一", first_name="", but=("last_name_kana", "first_name_kana")),
    "swapped names": profile(last_name="健一", first_name="佐藤", but=("last_name_kana", "first_name_kana", "email")),
    "in kana": profile(last_name="サトウ", first_name="ケンイチ", but=(*WITHOUT_KEYS, "last_name_kana")),
    "in half-width kana": profile(last_name="ｻﾄｳ", first_name="ｹﾝｲﾁ", but=WITHOUT_KEYS),
    "in Latin letters": profile(
        last_name="Sato", first_name="Kenichi", last_name_kana="", first_name_kana="", email=""
    ),
    "another kanji of the same reading": profile(last_name="左藤", but=WITHOUT_KEYS),
    "a company form": profile({**TOHAMA, "name": "㈱東浜精工"}, but=WITHOUT_KEYS),
    "company form in front, other address": profile(
        {"name": "(株)東浜精工", "address": "浜松市中区1-1"}, but=WITHOUT_KEYS
    ),
    "a slip in the e-mail": profile(email="k.sato@tohama.exmaple", but=("phone", "mobile")),
    "a slip in the mobile": profile(mobile="090-1111-2223", but=("email", "phone")),
    "+81": profile(mobile="+81 90 1111 2222", but=("email", "phone")),
    "a new employer, the same mobile": profile(OTHER, email="sato@hokuto.example"),
    "no company known": profile(None, but=("email", "mobile")),
}
DIFFERENT = {
    "a colleague": profile(
        last_name="鈴木", first_name="翔太", but=("last_name_kana", "first_name_kana", "email", "mobile")
    ),
    "a colleague of the same family name": profile(
        first_name="翔太", first_name_kana="ショウタ", email="s.sato@tohama.example", mobile=""
    ),
    "a colleague with one kanji in common": profile(
        first_name="健二", first_name_kana="ケンジ", email="sato2@tohama.example", mobile="090-9999-8888"
    ),
    "a namesake elsewhere": profile(OTHER, email="sato@hokuto.example", mobile="", phone="011-222-3333"),
    "a namesake elsewhere, nothing else known": profile(OTHER, but=WITHOUT_KEYS),
}


@pytest.mark.parametrize("case", SAME)
def test_one_person_is_proposed_with_reasons(case):
    found = likeness.compare(profile(), SAME[case])
    assert found.bits >= likeness.LEAST, found
    assert found.score >= 60
    assert found.reasons
    assert blocking.keys(profile()) & blocking.keys(SAME[case]), "never compared"


@pytest.mark.parametrize("case", DIFFERENT)
def test_two_people_are_not(case):
    found = likeness.compare(profile(), DIFFERENT[case])
    assert found.bits < likeness.LEAST, found


def test_it_reads_the_same_from_both_sides():
    for other in (*SAME.values(), *DIFFERENT.values()):
        assert likeness.compare(profile(), other).bits == pytest.approx(likeness.compare(other, profile()).bits)


def test_nameless_leads_are_compared_as_companies():
    first = profiles.profile(
        {"phone": "03-5555-1234", "company_id": 1}, {"name": "Art's Delicatessen", "address": "12224 Ventura Blvd."}, {}
    )
    second = profiles.profile(
        {"phone": "03 5555 1234", "company_id": 2}, {"name": "Art's Deli", "address": "12224 ventura blvd"}, {}
    )
    tenant = profiles.profile(
        {"phone": "03-5555-1234", "company_id": 3}, {"name": "Bistro Mikado", "address": "12224 Ventura Blvd."}, {}
    )
    assert likeness.compare(first, second).bits >= likeness.LEAST
    assert likeness.compare(first, tenant).bits < likeness.LEAST


def test_own_fields_speak_by_their_length():
    one = profile(None, {"住所": "静岡市葵区追手町5-1", "区分": "A"}, but=(*WITHOUT_KEYS, "title"))
    reasons = dict(likeness.compare(one, one).reasons)
    assert reasons["custom.住所"] == 100

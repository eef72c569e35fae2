"""Decides which names, addresses and numbers mean the same: the keys for matching and the text for search."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

from leads.domain.choices import Seniority
from leads.domain.text_folding import fold, squeeze, tidy

_LEGAL_FORMS = (
    "株式会社 有限会社 合同会社 合資会社 合名会社 相互会社 一般社団法人 一般財団法人 公益社団法人 公益財団法人 "
    "特定非営利活動法人 npo法人 学校法人 医療法人社団 医療法人 社会福祉法人 宗教法人 国立大学法人 独立行政法人 "
    "(株) (有) (同) (資) (名) (社) (財) (医) (学) (福)"
).split()
_LEGAL = re.compile("|".join(re.escape(form) for form in sorted(map(squeeze, _LEGAL_FORMS), key=len, reverse=True)))
_LEGAL_LATIN = re.compile(
    r"[\s,.]+(?:co\.?\s*,?\s*ltd|incorporated|inc|corporation|corp|limited|ltd|llc|l\.l\.c|k\.?\s?k|g\.?\s?k|gmbh|plc|company|co)\.?\s*$"
)
# As banks write it: カ)ヒガシハマ before the name, ヒガシハマ(カ behind it.
_LEGAL_KANA = re.compile(r"^\(?(?:カ|ユ|ド|シ|メ|イ|ザ)\)|\((?:カ|ユ|ド|シ|メ|イ|ザ)\)?$")
_MARKS = re.compile(r"[\s\-'’\"“”`.,・･&/()\[\]「」『』<>_|:;!?*+~]+")


def without_legal_form(name: str) -> str:
    """The folded name without 株式会社, Co., Ltd. and their like, its words still apart."""
    folded = fold(name)
    return _LEGAL.sub("", _LEGAL_LATIN.sub("", _LEGAL_LATIN.sub("", folded)))


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """The name without its legal form, spaces and marks; the whole name when nothing else is left."""
    folded = fold(name)
    shorter = _LEGAL_LATIN.sub("", _LEGAL_LATIN.sub("", folded))
    without = _LEGAL_KANA.sub("", _LEGAL.sub("", shorter.replace(" ", "")))
    return (_MARKS.sub("", without) or squeeze(name))[:255]


@lru_cache(maxsize=4096)
def person_key(last_name: str, first_name: str) -> str:
    """Both names as one, without spaces and marks; '' when there is no name. Nothing is guessed."""
    return _MARKS.sub("", squeeze(last_name + first_name))[:170]


# -- e-mail -------------------------------------------------------------------------------------
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@(?:[^\s@<>\"',;:()\[\]\\.]+\.)+[^\s@<>\"',;:()\[\]\\.]{2,}")
_ROLES = frozenset(
    "info information sales contact support admin administrator webmaster postmaster hostmaster office mail "
    "inquiry inquiries enquiry toiawase otoiawase soumu eigyo eigyou keiri jinji koho kouhou pr press marketing "
    "recruit saiyo hr help helpdesk desk service customer cs noreply no-reply donotreply accounting billing "
    "order orders shop store hello team all staff company kaisha jimu jimukyoku honsha reception uketsuke "
    "sysadmin system security abuse root".split()
)


def email_address(text: str) -> str:
    """The bare address in `山田 <Yamada@Example.jp>`, 'mailto:…' or full-width letters; '' when there is none."""
    # Most are nothing but an address: those need no baring.
    found = (text.isascii() and text[:1] != "." and _ADDRESS.fullmatch(text)) or _ADDRESS.fullmatch(_bare(text))
    return found.group() if found and len(found.group()) <= 254 and ".." not in found.group() else ""


def _bare(text: str) -> str:
    tidied = tidy(text)
    inside = re.search(r"<([^<>]*)>\s*$", tidied)
    return (inside.group(1) if inside else tidied).strip().removeprefix("mailto:").strip(" .,;、。")


def is_role_address(address: str) -> bool:
    """info@, sales@ …: read by several people, so no key of one person."""
    return _is_role(email_address(address).lower())


def _is_role(bare: str) -> bool:
    local = bare.partition("@")[0].partition("+")[0]
    return local in _ROLES or re.sub(r"[-_.]?\d+$", "", local) in _ROLES


@lru_cache(maxsize=4096)
def email_key(text: str) -> str:
    """The address in lower case; '' for none and for role addresses."""
    address = email_address(text).lower()
    return "" if _is_role(address) else address


# -- telephone ----------------------------------------------------------------------------------
_EXTENSION = re.compile(r"(?:内線|ext\.?|extension|#|x)\s*[:：]?\s*\d+.*$", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"[0-9][0-9-]*")
_PLAIN_MOBILE = re.compile(r"0[6789]0\d{8}")
# The library's own pattern, asked directly: its way through a whole parse takes a hundred times as long.
_JAPAN: Any = PhoneMetadata.metadata_for_region("JP")
_PLAIN_LANDLINE = re.compile(f"0(?:{_JAPAN.fixed_line.national_number_pattern})")


# A chunk of a list, two numbers a row, asks for the key of one number several times.
@lru_cache(maxsize=8192)
def phone_key(text: str) -> str:
    """E.164 digits without the plus; Japan unless a country is written; '' when it is no possible number.

    A leading zero that a spreadsheet has eaten comes back: 9012345678 is 090-1234-5678.
    """
    number = text if _PLAIN_NUMBER.fullmatch(text) else _first_number(text)
    digits = re.sub(r"\D", "", number)
    if not 8 <= len(digits) <= 15:
        return ""
    if _PLAIN_MOBILE.fullmatch(digits) and not number.startswith("+"):
        return "81" + digits[1:]
    if _PLAIN_LANDLINE.fullmatch(digits) and number[0] == "0":
        return "81" + digits[1:]
    return _parsed(number) or ("" if number.startswith(("+", "0")) else _parsed("0" + digits))


def _first_number(text: str) -> str:
    first = re.split(r"[/、;\n]|\s{2,}", fold(text).translate({ord("ー"): "-"}))[0]
    return _EXTENSION.sub("", first).strip()


def _parsed(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "JP")
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return f"{parsed.country_code}{parsed.national_number}"


def is_mobile(key: str) -> bool:
    """True when the number of this key can only be somebody's own telephone."""
    if re.fullmatch(r"81[6789]0\d{8}", key):
        return True
    if not key or key.startswith("81"):
        return False
    return phonenumbers.number_type(phonenumbers.parse("+" + key)) == PhoneNumberType.MOBILE


@lru_cache(maxsize=4096)
def mobile_key(mobile: str, phone: str) -> str:
    """The key of the person's own telephone: what stands under mobile, or a mobile number under phone."""
    own = phone_key(mobile)
    if own and (is_mobile(own) or not own.startswith("81")):
        return own
    other = phone_key(phone)
    return other if is_mobile(other) else ""


def national_digits(key: str) -> str:
    """What people type into a search: 819012345678 as 09012345678; other countries as they are."""
    return "0" + key[2:] if key.startswith("81") else key


# -- search -------------------------------------------------------------------------------------
_TELEPHONE = re.compile(r"\+?[\d\-() ]{4,}")


def search_text(*parts: str, phones: tuple[str, ...] = ()) -> str:
    """One text to search in: each part squeezed, each telephone as digits, separated by line ends."""
    texts = [squeeze(part) for part in parts if part]
    numbers = [national_digits(phone_key(phone)) or re.sub(r"\D", "", fold(phone)) for phone in phones if phone]
    return "\n".join(dict.fromkeys(text for text in texts + numbers if text))


def search_terms(query: str) -> list[str]:
    """The query's words in the same form; all of them must be found. At most eight."""
    if _TELEPHONE.fullmatch(fold(query)):
        digits = re.sub(r"\D", "", fold(query))
        return ["0" + digits[2:] if fold(query).startswith("+81") else digits]
    return [_term(word) for word in fold(query).split(" ") if word][:8]


def _term(word: str) -> str:
    if _TELEPHONE.fullmatch(word):
        return re.sub(r"\D", "", word)
    return _LEGAL.sub("", word) or word


# -- seniority ----------------------------------------------------------------------------------
# The highest that matches wins; what only looks like a title is taken out first.
_NOT_A_TITLE = re.compile(r"社長室|役員室|社長付|部長付|秘書|会長室")
_TITLES = (
    (
        Seniority.PRESIDENT,
        r"社長(?!補佐)|代表|ceo|president|オーナー|owner|founder|創業者"
        r"|院長|理事長|学長|頭取",
    ),
    (
        Seniority.EXECUTIVE,
        r"managing director|executive director|取締役|役員|専務|常務|監査役|会長|理事|c[tfoim]o\b|chro|ciso"
        r"|\b[es]?vp\b|chief \w+ officer|board",
    ),
    (
        Seniority.DIRECTOR,
        r"(?<!副)(?:事業|本)?部長(?!代理|補佐|代行)|局長|工場長|支店長|支社長"
        r"|所長|館長|統括|\bdirector\b|\bhead\b|ゼネラルマネ|general manager|\bgm\b",
    ),
    (
        Seniority.MANAGER,
        r"課長(?!代理|補佐|代行)|次長|副部長|部長代理|部長補佐|部長代行"
        r"|室長|グループ長|センター長|店長|マネージャ|マネジャ|manager",
    ),
    (Seniority.ASSISTANT_MANAGER, r"係長|課長代理|課長補佐|課長代行|班長"),
    (Seniority.CHIEF, r"主任|主査|主幹|リーダー|leader|\blead\b|\bchief\b|supervisor"),
    (
        Seniority.STAFF,
        r"担当|社員|スタッフ|staff|一般|メンバー|なし|associate|アソシエイト"
        r"|engineer|エンジニア|営業職|事務",
    ),
)
_TITLE_PATTERNS = tuple((level, re.compile(pattern)) for level, pattern in _TITLES)


@lru_cache(maxsize=4096)
def seniority_of(title: str) -> str:
    """The seniority a title says; '' when it says none. 取締役 営業部長 is an executive."""
    folded = _NOT_A_TITLE.sub("", _latin_fold(title))
    if not folded:
        return ""
    if re.search(r"assistant manager|サブマネ", folded):
        return Seniority.ASSISTANT_MANAGER.value
    if "vice president" in folded or "副社長" in folded:
        return Seniority.EXECUTIVE.value
    return next((level.value for level, pattern in _TITLE_PATTERNS if pattern.search(folded)), "")


def _latin_fold(title: str) -> str:
    # Titles keep their hiragana: folding has nothing to win here.
    return tidy(title).lower()


# -- employees ----------------------------------------------------------------------------------
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万|千|億|k)?")
_SCALE = {"万": 10_000, "千": 1_000, "億": 100_000_000, "k": 1_000, None: 1, "": 1}
_MOST = 10_000_000


def employee_range(text: str) -> tuple[int | None, int | None]:
    """(lower, upper) of '120名', '101–300', '50人以上' (None above), '300名未満'; (None, None) when unknown."""
    folded = fold(text)
    if folded.startswith("-"):
        return None, None
    numbers = [_count(digits, scale) for digits, scale in _NUMBER.findall(folded)][:2]
    if not numbers or max(numbers) > _MOST:
        return None, None
    if len(numbers) == 2:
        return min(numbers), max(numbers)
    return _one_sided(folded, numbers[0])


def _count(digits: str, scale: str) -> int:
    return round(float(digits.replace(",", "")) * _SCALE[scale])


def _one_sided(folded: str, number: int) -> tuple[int | None, int | None]:
    if re.search(r"以上|超|[~〜]\s*$|\+|over|more than|-\s*$", folded):
        return (number + 1 if "超" in folded else number), None
    if re.search(r"未満|under|less than|<", folded):
        return min(1, number), max(number - 1, 0)
    if re.search(r"以下|まで|^[~〜]|up to", folded):
        return min(1, number), number
    return number, number


# -- all of a lead ------------------------------------------------------------------------------
def derived(lead: Mapping[str, Any], company_name: str) -> dict[str, str]:
    """The derived columns of a lead with these values: keys for matching and the text for search."""
    phone, mobile = str(lead.get("phone") or ""), str(lead.get("mobile") or "")
    last, first = str(lead.get("last_name") or ""), str(lead.get("first_name") or "")
    kana = f"{lead.get('last_name_kana') or ''}{lead.get('first_name_kana') or ''}"
    email = str(lead.get("email") or "")
    return {
        "email_key": email_key(email),
        "phone_key": phone_key(phone)[:20],
        "mobile_key": mobile_key(mobile, phone)[:20],
        "name_key": person_key(last, first),
        "search_text": search_text(last + first, kana, company_name, email, phones=(phone, mobile)),
    }

"""Understands single cells as people write them: なし, 2回以上, 120名, 101〜300名, ０３-…; refuses, never guesses."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from leads.domain import corporate_number, tag_names
from leads.domain.import_faults import CellFault
from leads.domain.prefectures import prefecture
from leads.domain.text_folding import KEPT_LENGTH, tidy

_NOTHING = {"", "-", "--", "ー", "―", "—", "–", "n/a", "#n/a", "null", "#value!", "#ref!", "#name?", "#div/0!"}
_UNKNOWN = {"なし", "無し", "無", "不明", "未定", "未入力", "未確認", "none", "unknown"}
_NO = {
    "none",
    "なし",
    "無し",
    "無",
    "ない",
    "no",
    "n",
    "false",
    "×",
    "✕",
    "x",
    "いいえ",
    "未",
    "未参加",
    "不参加",
    "欠席",
    "0",
    "off",
}
_YES = {
    "あり",
    "有り",
    "有",
    "yes",
    "y",
    "true",
    "○",
    "◯",
    "〇",
    "はい",
    "済",
    "済み",
    "参加",
    "参加済",
    "参加済み",
    "出席",
    "1",
    "on",
    "✓",
    "レ",
}
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_COUNT = re.compile(
    rf"(?:約|計|合計)?\s*({_NUMBER})\s*(?:[~\-–]\s*{_NUMBER})?\s*(?:回|件|度|本|ページ|pv|times?|x)?\s*(?:以上|程度|ほど|超|\+|or more)?",
    re.I,
)
_PEOPLE = r"\s*(?:名|人|people|employees)?\s*"
_RANGE = re.compile(rf"(?:約|およそ|~)?\s*({_NUMBER}){_PEOPLE}(?:[~\-–—―]|から|to)\s*({_NUMBER})?{_PEOPLE}", re.I)
_ONE = re.compile(rf"(?:約|およそ|~)?\s*({_NUMBER}){_PEOPLE}(以上|超|より多い|\+|ormore|以下|未満|程度|前後)?", re.I)
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.I)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_PHONE = re.compile(r"\+?[\d\s().\-–—―ー/]{6,30}(?:\s*(?:内線|ext\.?|x)\s*\d{1,6})?", re.I)
_CURRENCIES = {
    "¥": "JPY",
    "円": "JPY",
    "jpy": "JPY",
    "$": "USD",
    "usd": "USD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "r$": "BRL",
    "brl": "BRL",
}
_MONEY = re.compile(
    r"(?P<before>¥|r\$|\$|€|£|jpy|usd|eur|brl)?\s*(?P<number>-?\d[\d,]*(?:\.\d+)?)\s*(?P<scale>億|千万|百万|万|千)?\s*(?P<after>円|jpy|usd|eur|brl)?(?:\s*\(?税[込抜別]\)?)?",
    re.I,
)
_SCALES = {"億": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3}
_SPACES = re.compile(r"[ \t\u3000\u00a0]+")


def plain(text: str) -> str:
    """Half width where there is one, one kind of wave, no outer blanks."""
    return _kept_plain(text) if len(text) <= KEPT_LENGTH else _plain(text)


def _plain(text: str) -> str:
    half = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("〜", "~").replace("～", "~")
    return half.strip()


_kept_plain = lru_cache(maxsize=8192)(_plain)
# A cell that begins like this would be run as a formula; full-width signs too.
_FORMULA = "=+-@＝＋－＠\t\r"


def for_spreadsheet(text: str) -> str:
    """The cell as it can be written into a file for spreadsheets: never a formula."""
    return f"'{text}" if text.startswith(tuple(_FORMULA)) else text


def as_exported(text: str) -> str:
    """Takes back what `for_spreadsheet` did, so that an export comes in again unchanged."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in _FORMULA else text


def is_nothing(text: str) -> bool:
    """True for an empty cell and for what stands for one, such as '-' or '#N/A'."""
    return plain(text).lower() in _NOTHING


def understand_text(text: str, *, most: int) -> str:
    """The text without outer blanks. Raises CellFault `too_long`."""
    value = text.strip().strip("\u3000").strip()
    if len(value) > most:
        raise CellFault("too_long", most=most)
    return value


def understand_line(text: str, *, most: int) -> str:
    """A text of one line: line breaks become blanks, runs of blanks one."""
    return understand_text(_SPACES.sub(" ", " ".join(text.split("\n")).replace("\r", "")), most=most)


_MOST_TAGS = 20


def understand_tags(text: str, *, most: int) -> list[str]:
    """'展示会、要フォロー' → both, each once. Raises CellFault `too_long`, `unstorable`, `too_many_tags`."""
    parts = [tidy(part) for part in tag_names.split(text)]
    names = list(dict.fromkeys(understand_line(part, most=most) for part in parts if not _is_no_tag(part)))
    if not all(map(tag_names.is_one, names)):
        raise CellFault("unstorable")
    if len(names) > _MOST_TAGS:
        raise CellFault("too_many_tags", most=_MOST_TAGS)
    return names


def _is_no_tag(text: str) -> bool:
    return is_nothing(text) or text.lower() in _NO


def understand_count(text: str) -> int:
    """'なし' → 0, 'あり' → 1, '2回以上' → 2. Raises CellFault `count`, `too_many`."""
    value = plain(text).lower()
    if value in _NO:
        return 0
    if value in _YES:
        return 1
    match = _COUNT.fullmatch(value)
    if not match:
        raise CellFault("count")
    count = _whole(match[1], "count")
    if count > 1000:
        raise CellFault("too_many", most=1000)
    return count


def understand_whole(text: str) -> int:
    """A whole number, full-width and with separators. Raises CellFault `number`."""
    match = re.fullmatch(rf"([+-]?)({_NUMBER})\s*(?:点|pt|pts|points)?", plain(text).lower().replace("−", "-"))
    if not match:
        raise CellFault("number")
    return _whole(match[2], "number") * (-1 if match[1] == "-" else 1)


def understand_number(text: str) -> int | float:
    """An amount with or without its unit, or a number with its sign. Raises CellFault `number`."""
    value = plain(text).replace("−", "-")
    if re.fullmatch(rf"[+-]?{_NUMBER}%?", value):
        number = Decimal(value.rstrip("%").replace(",", ""))
    else:
        try:
            number, _currency = understand_money(text)
        except CellFault as fault:
            raise CellFault("number") from fault
    if abs(number) >= 10**15:
        raise CellFault("number")
    return int(number) if number == number.to_integral_value() else float(number)


def understand_employees(text: str) -> tuple[int | None, int | None] | None:
    """'120名' → (120, 120), '101〜300名' → (101, 300), '300名以上' → (300, None); None for 不明.

    Raises CellFault `employees`.
    """
    value = plain(text).replace(" ", "")
    if value.lower() in _UNKNOWN:
        return None
    if match := _RANGE.fullmatch(value):
        lower, upper = _whole(match[1], "employees"), _whole(match[2], "employees") if match[2] else None
        if upper is not None and upper < lower:
            raise CellFault("employees")
        return lower, upper
    match = _ONE.fullmatch(value)
    if not match:
        raise CellFault("employees")
    number, word = _whole(match[1], "employees"), (match[2] or "").lower()
    bounds: dict[str, tuple[int | None, int | None]] = {
        "以上": (number, None),
        "+": (number, None),
        "ormore": (number, None),
        "超": (number + 1, None),
        "より多い": (number + 1, None),
        "以下": (min(1, number), number),
        "未満": (min(1, number), max(number - 1, 0)),
    }
    return bounds.get(word, (number, number))


def _whole(text: str, code: str) -> int:
    number = Decimal(text.replace(",", ""))
    if number != number.to_integral_value() or number > 2_000_000_000:
        raise CellFault(code)
    return int(number)


def understand_email(text: str) -> str:
    """The address, half width. Raises CellFault `email`."""
    value = plain(text).removeprefix("mailto:").strip("<> ")
    if plain(text).lower() in _UNKNOWN:
        return ""
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        raise CellFault("email")
    return value


def understand_phone(text: str) -> str:
    """The number, with the leading zero that a spreadsheet has lost. Raises CellFault `phone`, `shortened`."""
    value = plain(text)
    if value.lower() in _UNKNOWN:
        return ""
    if _SHORTENED.fullmatch(value):
        raise CellFault("shortened")
    if not _PHONE.fullmatch(value):
        raise CellFault("phone")
    digits = re.sub(r"\D", "", value)
    if not 6 <= len(digits) <= 21:
        raise CellFault("phone")
    if value.isdigit() and digits[0] != "0" and (len(digits) == 9 or (len(digits) == 10 and digits[0] in "5789")):
        return "0" + value
    return value


def understand_contact(text: str) -> tuple[str, str]:
    """連絡先 by shape: ("email", …), ("mobile", …) or ("phone", …). Raises CellFault `contact`, `shortened`."""
    value = plain(text)
    if value.lower() in _UNKNOWN:
        return "phone", ""
    if "@" in value:
        return "email", understand_email(value)
    try:
        phone = understand_phone(value)
    except CellFault as fault:
        raise fault if fault.code == "shortened" else CellFault("contact") from fault
    return ("mobile" if re.match(r"0[5789]0", re.sub(r"\D", "", phone.replace("+81", "0"))) else "phone"), phone


def understand_corporate_number(text: str) -> str:
    """Thirteen digits, the first of which checks the others. Raises CellFault `shortened`, `corporate_number`, `check_digit`."""
    value = plain(text)
    if _SHORTENED.fullmatch(value):
        raise CellFault("shortened")
    digits = value.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"\d{13}", digits):
        raise CellFault("corporate_number")
    if not corporate_number.is_valid(digits):
        raise CellFault("check_digit")
    return digits


def understand_prefecture(text: str) -> str:
    """東京 or Tokyo as 東京都; another country's region stays as written where it is short, else it is none."""
    written = tidy(text)
    return prefecture(text) or (written if len(written) <= 10 else "")


def is_yes_or_no(text: str) -> bool:
    """Whether the cell says yes or no."""
    return plain(text).lower() in _YES | _NO


def understand_yes(text: str) -> bool:
    """Raises CellFault `yes_no`."""
    value = plain(text).lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise CellFault("yes_no")


def understand_money(text: str) -> tuple[Decimal, str]:
    """(amount, currency or ''): '1,530万円' → (15300000, JPY). Raises CellFault `amount`."""
    match = _MONEY.fullmatch(plain(text).replace("−", "-"))
    if not match:
        raise CellFault("amount")
    try:
        amount = Decimal(match["number"].replace(",", "")) * _SCALES.get(match["scale"] or "", 1)
    except InvalidOperation as error:
        raise CellFault("amount") from error
    if amount < 0 or amount >= 10**12:
        raise CellFault("amount")
    return amount, _CURRENCIES.get((match["before"] or match["after"] or "").lower(), "")


def understand_url(text: str) -> str:
    """A web address; one without https:// gets it. Raises CellFault `url`."""
    value = plain(text)
    if value.lower() in _UNKNOWN:
        return ""
    if not re.match(r"https?://", value, re.I):
        value = "https://" + value
    if len(value) > 500 or not re.fullmatch(
        r"https?://[^\s/?#@\"<>]+\.[^\s/?#@\"<>]+(?:[/?#][^\s\"<>]*)?", value, re.I
    ):
        raise CellFault("url")
    return value

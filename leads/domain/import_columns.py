"""Recognises columns: exact field names, known layouts, synonyms; and makes column names unique."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leads.domain.activity_types import BY_CODE
from leads.domain.import_fields import ACTIVITY, CUSTOM, FIELDS, LEAVE_OUT, REPEATABLE
from leads.domain.import_synonyms import SYNONYMS

_NOISE = re.compile(r"[\s_\-・/／()（）\[\]［］【】「」.,:：*＊'\"’?？※#]+")
# Any one of a layout's signs (all columns of a tuple) names the program or sheet the file came from.
LAYOUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "eight": (("eightでつながっている人",), ("再データ化中の名刺", "名刺交換日")),
    "sansan": (("名刺所有者ユーザid",), ("住所1全て",), ("tel11", "fax1")),
    "hubspot": (("recordid", "lifecyclestage"), ("recordid", "contactowner"), ("lifecyclestage", "leadstatus")),
    "salesforce": (
        ("lastname", "company", "leadsource"),
        ("companyaccount",),
        ("isconverted",),
        ("リードソース", "リード所有者"),
    ),
    "excel_starter": (
        ("会社名", "担当者名", "dl回数", "web閲覧回数"),
        ("会社名", "担当者名", "スコア合計", "優先度"),
        ("companyname", "contactname", "downloads", "websitevisits"),
        ("companyname", "contactname", "totalscore", "priority"),
    ),
    "inventory": (("企業名", "担当者名", "連絡先", "獲得経路"),),
}
_LEFT_OUT = {
    "優先度",
    "priority",
    "fax",
    "fax1",
    "tel部門",
    "eightでつながっている人",
    "再データ化中の名刺",
    "を含んだデータ",
}
_LIFECYCLE = {
    "subscriber": "lead", "lead": "lead", "marketingqualifiedlead": "mql", "marketing qualified lead": "mql",
    "salesqualifiedlead": "sql", "sales qualified lead": "sql", "opportunity": "opportunity", "customer": "won",
    "evangelist": "won", "other": "",
}  # fmt: skip
_CONVERTED = {"field": "stage", "values": {"true": "opportunity", "1": "opportunity", "false": "", "0": ""}}
_RATING = {"field": "qualification.temperature", "values": {"hot": "5", "warm": "3", "cold": "1"}}
_BY_LAYOUT: dict[str, dict[str, Any]] = {
    "hubspot": {
        "lifecyclestage": {"field": "stage", "values": _LIFECYCLE},
        "leadstatus": LEAVE_OUT,
        "リードステータス": LEAVE_OUT,
    },
    "salesforce": {
        "isconverted": _CONVERTED,
        "converted": _CONVERTED,
        "取引開始済み": _CONVERTED,
        "converteddate": "stage_at",
        "status": LEAVE_OUT,
        "leadstatus": LEAVE_OUT,
        "状況": LEAVE_OUT,
        "リード状況": LEAVE_OUT,
        "rating": _RATING,
        "評価": _RATING,
    },
    "sansan": {"id": LEAVE_OUT},
}


@dataclass(frozen=True)
class Recognised:
    """`layout` or "", the guessed mapping of every column, and the columns that nothing was guessed for."""

    layout: str
    mapping: dict[str, Any]
    unknown: list[str] = field(default_factory=list)


def header_key(text: str) -> str:
    """The column's name for comparing: half width, lower case, without blanks and brackets."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _field_key(name: str) -> str:
    return header_key(name)


_BY_KEY = {header_key(word): name for name, words in SYNONYMS.items() for word in words}
_BY_KEY |= {header_key(name): name for name in FIELDS} | {"companyemployeecount": "company.employee_count"}
_BY_KEY |= {"companyname": "company.name", "name": "full_name", "contact": "full_name"}


def unique_headers(cells: Sequence[str]) -> list[str]:
    """Column names that can serve as keys: the empty get '#5', repeated ones ' (2)'."""
    seen: dict[str, int] = {}
    names = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:200] or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def known_field(header: str) -> str:
    """The field a column name stands for by itself, or ''. API names such as `custom.area` stand for themselves."""
    text = header.strip()
    if text in FIELDS or (text.startswith(CUSTOM) and len(text) > len(CUSTOM)):
        return text
    if text.startswith(ACTIVITY) and text.removeprefix(ACTIVITY) in BY_CODE:
        return text
    key = header_key(text)
    return _BY_KEY.get(key) or _BY_KEY.get(_POLITE.sub("", key), "")


def is_known(header: str) -> bool:
    """Whether the cell reads like a column name."""
    return bool(known_field(header)) or header_key(header) in _LEFT_OUT


def layout_of(headers: Sequence[str]) -> str:
    """Which program or sheet these columns come from, or ''."""
    keys = {header_key(header) for header in headers}
    return next((name for name, signs in LAYOUTS.items() if any(keys.issuperset(sign) for sign in signs)), "")


def mending(headers: Sequence[str]) -> list[str]:
    """The first two columns of a file of refused rows, which say line and reason; [] for any other file."""
    keys = [header_key(header) for header in headers[:2]]
    return list(headers[:2]) if keys in _MENDING else []


# The channel that a column of campaigns names by its own name.
_CHANNELS = {
    "展示会名": "展示会",
    "出展名": "展示会",
    "イベント名": "イベント",
    "セミナー名": "セミナー",
    "ウェビナー名": "ウェビナー",
    "exhibition": "Exhibition",
    "exhibitionname": "Exhibition",
    "tradeshow": "Trade show",
    "tradeshowname": "Trade show",
    "eventname": "Event",
}


def channel_told(mapping: Mapping[str, Any]) -> str:
    """The channel that holds for all rows, told by the name of the campaigns' column; "" where a column holds it."""
    if "channel" in mapping.values():
        return ""
    told = (_CHANNELS.get(header_key(header), "") for header, target in mapping.items() if target == "campaign")
    return next(told, "")


# お役職 and ご所属 are 役職 and 所属, asked politely.
_POLITE = re.compile(r"^[おご御貴](?=[一-鿿ァ-ヶ])")
_MENDING = (["行", "理由"], ["line", "reason"])


def recognise(headers: Sequence[str]) -> Recognised:
    """A guess for every column. The first column wins a field that takes only one; others are left out."""
    layout = layout_of(headers)
    special = _BY_LAYOUT.get(layout, {})
    mapping: dict[str, Any] = {}
    unknown, taken = [], set()
    told = mending(headers)
    mapping |= dict.fromkeys(told, LEAVE_OUT)
    for header in headers[len(told) :]:
        target = special.get(header_key(header)) or known_field(header) or LEAVE_OUT
        name = target["field"] if isinstance(target, dict) else target
        if name != LEAVE_OUT and name in taken and name not in REPEATABLE:
            target, name = LEAVE_OUT, LEAVE_OUT
        if name == LEAVE_OUT and header_key(header) not in _LEFT_OUT | special.keys():
            unknown.append(header)
        taken.add(name)
        mapping[header] = target
    return Recognised(layout, _named_by_reading(_without_clash(mapping, taken), taken), unknown)


def _named_by_reading(mapping: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """In a list in kana alone the reading is the name that it has."""
    if "name_kana" not in taken or taken & {"name", "full_name", "last_name"}:
        return mapping
    return {header: "name" if target == "name_kana" else target for header, target in mapping.items()}


def _without_clash(mapping: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """氏名 beside 姓 and 名 (or Name beside Last Name) would write one thing twice: the parts win."""
    if "last_name" not in taken:
        return mapping
    return {header: LEAVE_OUT if target in ("name", "full_name") else target for header, target in mapping.items()}

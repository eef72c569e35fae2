"""The two models that ship, as practitioners publish them. Values as the API takes them."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

EXCEL = pgettext_lazy("shipped", "Excel starter")
ENGAGEMENT = pgettext_lazy("shipped", "Engagement starter")
EXCEL_WHY = pgettext_lazy("shipped", "The starting points of a small team (Excel starter)")
# Stored in the language of whoever began, said in the reader's; what people wrote themselves stays as it is.
SHIPPED: dict[str, Promise] = {
    "Excel スターター": EXCEL,
    "Excel starter": EXCEL,
    "エンゲージメント スターター": ENGAGEMENT,
    "Engagement starter": ENGAGEMENT,
    "はじめの配点（Excel スターター）": EXCEL_WHY,
    "The starting points of a small team (Excel starter)": EXCEL_WHY,
}
BANDS: list[dict[str, Any]] = [
    {"band": "high", "from": 30, "label_ja": "今すぐ対応", "label_en": "Act now"},
    {"band": "middle", "from": 15, "label_ja": "将来性あり", "label_en": "Promising"},
    {"band": "low", "from": None, "label_ja": "経過観察", "label_en": "Keep watching"},
]
DEFAULT_INDUSTRIES = (pgettext_lazy("shipped", "Manufacturing"),)

# What pages and documents are called; several words stand with commas between them.
_PRICING = pgettext_lazy("words in titles", "pricing")
_CASE_STUDY = pgettext_lazy("words in titles", "case study,case studies")


def shown(stored: str) -> str:
    """A model's name or reason as people read it."""
    return str(SHIPPED.get(stored, stored))


def _words(text: Promise) -> list[str]:
    return str(text).split(",")


def _rule(key: str, dimension: str, points: int, ja: str, en: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "dimension": dimension,
        "label_ja": ja,
        "label_en": en,
        "condition": condition,
        "points": points,
        "per_activity": False,
        "cap": None,
        "half_life_days": None,
    }


def excel_starter(industries: Sequence[str]) -> dict[str, Any]:
    """The sheet small firms start with: maximum 50, line 30 (AR-01)."""
    wanted = list(industries) or list(map(str, DEFAULT_INDUSTRIES))
    return {
        "name": str(EXCEL),
        "line": 30,
        "bands": BANDS,
        "caps": {},
        "rules": [
            _rule(
                "employees",
                "fit",
                5,
                "従業員50名以上",
                "50 employees or more",
                {"field": "company.employee_count", "op": "gte", "value": 50},
            ),
            _rule(
                "industry",
                "fit",
                5,
                "ターゲット業種",
                "Target industry",
                {"field": "company.industry", "op": "in", "value": wanted},
            ),
            _rule(
                "seniority",
                "authority",
                10,
                "部長以上",
                "Director or above",
                {"field": "seniority", "op": "gte", "value": "director"},
            ),
            _rule(
                "download",
                "engagement",
                10,
                "資料ダウンロード",
                "Document download",
                {"activity": {"types": ["document_download"]}},
            ),
            _rule(
                "webinar",
                "engagement",
                15,
                "ウェビナー参加",
                "Webinar attended",
                {"activity": {"types": ["webinar_attended"]}},
            ),
            _rule(
                "visits",
                "engagement",
                5,
                "サイト訪問2回以上",
                "Two site visits or more",
                {"activity": {"types": ["site_visit"], "at_least": 2}},
            ),
        ],
    }


def engagement_starter() -> dict[str, Any]:
    """Published with a line its rules can't reach (40 of 50): it ships as a draft that says so (AR-42)."""
    return {
        "name": str(ENGAGEMENT),
        "line": 50,
        "bands": [
            BANDS[0] | {"from": 50},
            BANDS[1] | {"from": 25},
            BANDS[2],
        ],
        "caps": {},
        "rules": [
            _rule(
                "pricing",
                "intent",
                10,
                "料金ページの閲覧",
                "Pricing page viewed",
                {"activity": {"types": ["page_view"], "content": {"contains": _words(_PRICING)}}},
            ),
            _rule(
                "case_study",
                "engagement",
                5,
                "導入事例のダウンロード",
                "Case study downloaded",
                {"activity": {"types": ["document_download"], "content": {"contains": _words(_CASE_STUDY)}}},
            ),
            _rule(
                "seniority",
                "authority",
                15,
                "部長以上",
                "Director or above",
                {"field": "seniority", "op": "gte", "value": "director"},
            ),
            _rule(
                "employees",
                "fit",
                10,
                "従業員500名以上",
                "500 employees or more",
                {"field": "company.employee_count", "op": "gte", "value": 500},
            ),
        ],
    }

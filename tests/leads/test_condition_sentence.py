"""Conditions read as sentences in both languages, with the pressable words apart."""

from typing import Any

import pytest
from django.utils import translation

from leads.domain import condition_fields
from leads.domain.condition_fields import Registry
from leads.domain.condition_parser import parse
from leads.domain.condition_sentence import parts, sentence

REGISTRY = Registry(
    {field.name: field for field in condition_fields.STANDARD},
    {
        code: code
        for code in ("site_visit", "page_view", "document_download", "webinar_attended", "email_open", "other")
    },
)
CASES: list[tuple[Any, str, str]] = [
    (
        {"field": "company.industry", "op": "in", "value": ["製造", "食品", "化学"]},
        "業種が製造・食品・化学のどれか",
        "Industry is one of 製造, 食品, 化学",
    ),
    (
        {"field": "company.employee_count", "op": "between", "value": [100, 999]},
        "従業員数が100〜999名",
        "Company size is 100–999 people",
    ),
    (
        {"field": "company.employee_count", "op": "gte", "value": 50},
        "従業員数が50名以上",
        "Company size is 50 people or more",
    ),
    (
        {"field": "seniority", "op": "gte", "value": "director"},
        "役職区分が部長以上",
        "Seniority is Director (department) or higher",
    ),
    (
        {"field": "seniority", "op": "lte", "value": "manager"},
        "役職区分が課長以下",
        "Seniority is Manager (section) or lower",
    ),
    (
        {"activity": {"types": ["site_visit"], "within_days": 30, "at_least": 2}},
        "30日以内に2回以上サイトを訪問",
        "visited the site 2 or more times within 30 days",
    ),
    ({"activity": {"types": ["webinar_attended"]}}, "ウェビナーに参加", "attended a webinar"),
    (
        {"activity": {"types": ["page_view"], "content": {"contains": ["料金"]}, "within_days": 14}},
        "14日以内に「料金」のページを閲覧",
        "viewed a page about “料金” within 14 days",
    ),
    (
        {"activity": {"types": ["email_open"], "distinct": "content", "at_least": 2}},
        "メールを異なる2件以上開封",
        "opened an email (2 or more different ones)",
    ),
    ({"inactive": {"days": 60}}, "60日間行動がない", "no activity for 60 days"),
    ({"field": "qualification.budget", "op": "unknown"}, "予算が未確認", "Budget is unknown"),
    ({"field": "opted_out", "op": "eq", "value": False}, "メール配信停止でない", "Unsubscribed from email: no"),
    (
        {
            "all": [
                {"field": "title", "op": "known"},
                {"any": [{"field": "phone", "op": "known"}, {"inactive": {"days": 7}}]},
            ]
        },
        "役職が分かっている、かつ（電話番号が分かっている、または7日間行動がない）",
        "Job title is known and (Phone is known or no activity for 7 days)",
    ),
    ({}, "いつでも", "always"),
]


@pytest.mark.parametrize(("tree", "japanese", "english"), CASES)
def test_a_condition_reads_as_a_sentence(tree: Any, japanese: str, english: str) -> None:
    node = parse(tree, registry=REGISTRY)
    with translation.override("ja"):
        assert sentence(node, REGISTRY) == japanese
    with translation.override("en"):
        assert sentence(node, REGISTRY) == english


def test_pressable_words_are_parts_of_their_own() -> None:
    node = parse({"activity": {"types": ["site_visit"], "within_days": 30, "at_least": 2}}, registry=REGISTRY)
    with translation.override("ja"):
        found = [(part.text, part.pressable) for part in parts(node, REGISTRY)]
    assert found == [("30日", True), ("以内に", False), ("2回以上", True), ("サイトを訪問", False)]

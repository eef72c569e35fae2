"""Two versions of the scoring rules held against one another, by API and on a page."""

import pytest
from rest_framework.test import APIClient

from leads.queries import conditions
from scoring.domain import difference
from scoring.queries import specs
from scoring.services import models
from tests.cast import NOON, Cast
from tests.scoring import scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
DEMO = {"activity": {"types": ["demo_request"]}}


@pytest.fixture
def two(cast: Cast):
    """Published with two rules, and a draft of it: one worth more, one gone, one new, and every figure moved."""
    first = scored.published(
        [scored.rule(VISIT, 9, key="visit"), scored.rule(DEMO, 5, key="demo")], line=10, bands=scored.bands(10, 4)
    )
    second = models.copy(model=first, changes={}, by=cast.ada, at=NOON)
    rules = [scored.rule(VISIT, 12, key="visit"), scored.rule({"inactive": {"days": 60}}, -3, key="quiet")]
    changes = {"rules": rules, "line": 12, "bands": scored.bands(12, 4), "caps": {"engagement": 12}}
    changes["applies_to"] = {"field": "company.industry", "op": "eq", "value": "製造業"}
    models.patch(model=second, values=changes, by=cast.ada, at=NOON)
    second.refresh_from_db()
    return first, second


def test_only_what_differs_is_found(two) -> None:
    known = conditions.registry()
    first, second = (specs.spec(model, known) for model in two)

    found = difference.between(first, second)

    assert [(change.key, change.kind) for change in found.rules] == [
        ("visit", "changed"),
        ("quiet", "added"),
        ("demo", "removed"),
    ]
    assert (found.line.before, found.line.after) == (10, 12)
    assert [(change.name, change.before, change.after) for change in found.bands] == [("high", 10, 12)]
    assert [(change.name, change.before, change.after) for change in found.caps] == [("engagement", None, 12)]
    assert found.labels == ()
    assert found.applies_to is not None
    assert difference.between(second, second).is_none
    assert not found.is_none


def test_the_api_answers_it_against_the_origin_or_any_other(two, cast: Cast) -> None:
    first, second = two
    client = APIClient()
    client.force_authenticate(cast.ada)

    told = client.get(f"/api/v1/scoring-models/{second.pk}/diff/").json()
    back = client.get(f"/api/v1/scoring-models/{first.pk}/diff/?against={second.pk}").json()

    assert (told["model"], told["against"]) == (str(second.pk), str(first.pk))
    assert told["line"] == {"before": 10, "after": 12}
    assert told["bands"] == [{"band": "high", "before": 10, "after": 12}]
    assert told["caps"] == [{"dimension": "engagement", "before": None, "after": 12}]
    assert told["applies_to"]["before"] is None
    assert [(row["rule"], row["change"]) for row in told["rules"]] == [
        ("visit", "changed"),
        ("quiet", "added"),
        ("demo", "removed"),
    ]
    assert (told["rules"][0]["before"]["points"], told["rules"][0]["after"]["points"]) == (9, 12)
    assert told["rules"][1]["before"] is None
    assert back["line"] == {"before": 12, "after": 10}
    assert {(row["rule"], row["change"]) for row in back["rules"]} == {
        ("visit", "changed"),
        ("quiet", "removed"),
        ("demo", "added"),
    }


@pytest.mark.parametrize("against", ["0", "x", "99999999999999999999"])
def test_a_version_that_is_not_there_is_named(two, cast: Cast, against: str) -> None:
    client = APIClient()
    client.force_authenticate(cast.ada)
    answer = client.get(f"/api/v1/scoring-models/{two[1].pk}/diff/?against={against}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "against"
    itself = client.get(f"/api/v1/scoring-models/{two[1].pk}/diff/?against={two[1].pk}")
    assert itself.status_code == 400


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["引き渡しライン", "「高」", "削除", "追加", "業種が製造業"]),
        ("en", ["Line for handing over", "removed", "new", "none"]),
    ],
)
def test_the_page_says_it_in_words(two, client, cast: Cast, language: str, words: list[str]) -> None:
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)
    address = f"/scoring/{two[1].pk}/diff/"
    assert address in client.get(f"/scoring/{two[1].pk}/").content.decode()

    text = client.get(address, headers={"accept-language": language}).content.decode()

    for word in words:
        assert word in text, word
    assert "<del>+9</del><ins>+12</ins>" in text
    assert client.get(f"{address}?against={two[1].pk}").status_code == 404
    assert client.get(f"/scoring/{two[0].pk}/diff/?against={two[1].pk}").status_code == 200


def test_a_rule_that_only_moved_or_was_renamed_says_which(client, cast: Cast) -> None:
    first = scored.published(
        [scored.rule(VISIT, 9, key="visit"), scored.rule(DEMO, 5, key="demo", label_ja="デモ", label_en="Demo")]
    )
    rules = [scored.rule(VISIT, 9, key="visit", dimension="intent")]
    rules += [scored.rule(DEMO, 5, key="demo", label_ja="デモ依頼", label_en="Demo")]
    second = models.copy(model=first, changes={"rules": rules}, by=cast.ada, at=NOON)
    client.force_login(cast.ada)

    text = client.get(f"/scoring/{second.pk}/diff/").content.decode()

    assert "「行動」から移動" in text
    assert "名称を「デモ」から「デモ依頼」に変更" in text
    assert text.count("から移動") == 1


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "「デモ」から「デモ依頼」"), ("en", "“Demo” to “Demo asked for”")]
)
def test_a_name_that_changed_in_both_languages_is_said_in_the_readers(client, cast: Cast, language, said) -> None:
    first = scored.published([scored.rule(DEMO, 5, key="demo", label_ja="デモ", label_en="Demo")])
    rules = [scored.rule(DEMO, 5, key="demo", label_ja="デモ依頼", label_en="Demo asked for")]
    second = models.copy(model=first, changes={"rules": rules}, by=cast.ada, at=NOON)
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)

    text = client.get(f"/scoring/{second.pk}/diff/").content.decode()

    assert said in text
    assert " / " not in text.split("hf-rules is-difference")[1].split("</table>")[0]


@pytest.mark.parametrize(
    ("language", "labels", "said"),
    [
        ("ja", {"label_en": "Demo asked for"}, "英語の名称を「Demo」から「Demo asked for」に変更"),
        ("en", {"label_ja": "デモ依頼"}, "Japanese name changed from “デモ” to “デモ依頼”"),
    ],
)
def test_a_name_that_changed_in_the_other_language_alone_says_in_which(
    client, cast: Cast, language, labels, said
) -> None:
    named = {"key": "demo", "label_ja": "デモ", "label_en": "Demo"}
    first = scored.published([scored.rule(DEMO, 5, **named)])
    second = models.copy(
        model=first, changes={"rules": [scored.rule(DEMO, 5, **(named | labels))]}, by=cast.ada, at=NOON
    )
    cast.ada.language = language
    cast.ada.save()
    client.force_login(cast.ada)

    assert said in client.get(f"/scoring/{second.pk}/diff/").content.decode()


def test_versions_that_say_the_same_say_so(client, cast: Cast) -> None:
    first = scored.published([scored.rule(VISIT, 9, key="visit")])
    second = models.copy(model=first, changes={}, by=cast.ada, at=NOON)
    client.force_login(cast.ada)
    assert "違いはありません" in client.get(f"/scoring/{second.pk}/diff/").content.decode()


def test_a_single_version_has_nothing_to_be_held_against(client, cast: Cast) -> None:
    only = scored.published([scored.rule(VISIT, 9)])
    client.force_login(cast.ada)
    assert client.get(f"/scoring/{only.pk}/diff/").status_code == 404
    assert "/diff/" not in client.get(f"/scoring/{only.pk}/").content.decode()

"""Points suggested from outcomes: what they are fitted to, what is doubted, and that the statement agrees."""

import os
import subprocess
import sys
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.environment import ROOT
from handoff.queries import outcomes as known_outcomes
from leads.models import Lead
from leads.queries import conditions
from scoring.domain.suggested import Suggestion
from scoring.models import ScoringModel
from scoring.queries import effect, outcome_sample, suggestion
from scoring.services import draft_rules
from tests.cast import NOON, Cast
from tests.scoring import outcomes, rows, scored

pytestmark = pytest.mark.django_db


def suggest(model: ScoringModel | None = None, **more: Any) -> Suggestion:
    return suggestion.suggest(model or scored.draft(), known=conditions.registry(), at=NOON, **more)


def third(place: int) -> bool:
    return place % 3 == 0


def noisy(place: int) -> bool:
    """Like `third`, but wrong for every seventh."""
    return third(place) != (place % 7 == 0)


def test_a_planted_reason_becomes_the_strongest_rule_with_cases_rate_and_interval(cast: Cast) -> None:
    outcomes.past(300, noisy, seniority=lambda place: "director" if third(place) else "staff")
    found = suggest()
    assert (found.leads, found.good, found.fitted, found.tested) == (300, sum(map(noisy, range(300))), 200, 100)
    [rule] = found.rules
    assert rule.condition == {"field": "seniority", "op": "gte", "value": "director"}
    assert (rule.dimension, rule.points, rule.cases, rule.good) == ("authority", 20, 100, 85)
    assert rule.low < rule.rate == rule.good / rule.cases < rule.high
    assert found.auc > 0.8
    assert found.lift > 1.5
    assert suggest() == found


@pytest.mark.parametrize(("good", "bad"), [(19, 200), (200, 19), (0, 0)])
def test_with_fewer_than_twenty_outcomes_of_either_kind_nothing_is_suggested(cast: Cast, good: int, bad: int) -> None:
    outcomes.past(good + bad, lambda place: place < good)
    found = suggest()
    assert not found.has_enough
    assert found.rules == ()
    assert "商談化したリードと、失注・対象外・差し戻しになったリードがそれぞれ20件" in suggestion.why_none(found)
    assert f"{good}件と{bad}件" in suggestion.why_none(found)


def test_nothing_is_suggested_where_nothing_stands_out(cast: Cast) -> None:
    for number in range(20):
        outcomes.own_field(f"項目{number}")
    chance = Random(7)

    def custom(place: int) -> dict[str, Any]:
        return {f"項目{number}": f"値{number}-{chance.randrange(5)}" for number in range(20)}

    outcomes.past(600, third, custom=custom)
    found = suggest()
    assert found.has_enough
    assert found.rules == ()
    assert "結果の違いが表れる" in suggestion.why_none(found)
    assert "±6ポイント" in suggestion.why_none(found)


def test_what_differs_most_is_told_without_points_where_chance_may_make_it(cast: Cast) -> None:
    """Twenty of each: read with its interval, and no rule made of it."""
    outcomes.past(40, lambda place: place % 2 == 0, seniority=lambda place: "director" if place // 2 % 2 else "staff")
    found = suggest()
    assert (found.good, found.bad, found.rules) == (20, 20, ())
    hint = found.hints[0]
    assert hint.condition["field"] == "seniority"
    assert hint.points == 0
    assert hint.low < found.rate < hint.high
    assert "±22ポイント" in suggestion.why_none(found)


def test_every_kind_of_condition_counts_as_the_statement_counts_it(cast: Cast) -> None:
    """The rules, taken into a draft, find the same leads by SQL."""
    for key, kind in [("面積", "number"), ("比率", "number"), ("地域", "text"), ("既存", "yes_no")]:
        outcomes.own_field(key, kind)
    outcomes.own_field("区分", "choice", "A", "B")
    industries = ["製造業", "Manufacturing", "小売業", "教育"]
    companies = [
        rows.company(name=f"会社{n}", name_key=f"会社{n}", industry=industries[n], employee_count=20 * n + 1,
                     employee_count_max=20 * n + 20)
        for n in range(4)
    ]  # fmt: skip

    def custom(place: int) -> dict[str, Any]:
        return {
            "面積": place * 7 % 90,
            "比率": (place * 13 % 100) / 10,
            "地域": ["Tokyo", "tokyo", "大阪", "仙台"][place % 4],
            "区分": ["A", "B", "C"][place % 3],
            **({"既存": place % 5 == 0} if place % 2 else {}),
        }

    def is_good(place: int) -> bool:
        values = custom(place)
        for_it = (
            (values["面積"] > 50)
            + (values["比率"] < 3)
            + 2 * (values["地域"].lower() == "tokyo")
            + (values["区分"] == "B")
            + 2 * bool(values.get("既存"))
            + (place % 4 > 1)
        )
        return for_it + place % 11 / 4 > 4

    leads = outcomes.past(600, is_good, custom=custom, company=lambda place: companies[place // 3 % 4])
    outcomes.did([lead for place, lead in enumerate(leads) if is_good(place) or place % 5 == 0], "webinar_attended")
    model = scored.draft()
    found = suggest(model, without=[], most=30)
    assert len({rule.condition.get("field", "activity") for rule in found.rules if "all" not in rule.condition}) >= 5
    taken = [{"dimension": r.dimension, "condition": r.condition, "points": r.points} for r in found.rules]
    model = draft_rules.add_rules(model=model, rules=taken, by=cast.mia, at=NOON)
    counted = effect.of(model, user=cast.ada, at=NOON)
    by_sql = [counted.matches[rule.key] for rule in model.rules.order_by("position")]
    assert by_sql == [rule.cases for rule in found.rules]


def test_what_was_known_at_the_offer_counts_and_what_came_later_is_doubted(cast: Cast) -> None:
    outcomes.own_field("決裁状況")
    leads = outcomes.past(120, third, custom=lambda place: {"決裁状況": "稟議済み" if third(place) else "見送り"})
    known = conditions.registry()
    for number, values in conditions.values(Lead.objects.all(), known=known).items():
        then = values | {"custom.決裁状況": None, "department": "購買", "acquired_at": "2026-01-05"}
        lead = next(lead for lead in leads if lead.pk == number)
        outcomes.offered(lead, lead.stage_since - timedelta(days=3), then)
    sample = outcome_sample.take(applies_to=None, known=known, at=NOON)
    assert set(sample.values["custom.決裁状況"]) == {None}
    assert set(sample.values["department"]) == {"購買"}
    found = suggest()
    assert [(doubt.field, doubt.code, doubt.share) for doubt in found.doubts] == [
        ("custom.決裁状況", "filled_later", 1.0)
    ]
    assert found.rules == ()


def test_activities_count_up_to_the_offer_and_only_those_of_the_lead(cast: Cast) -> None:
    leads = outcomes.past(90, third)
    good = [lead for lead in leads if lead.stage == "won"]
    outcomes.did(good, "call", days_before=1)
    outcomes.did(leads, "site_visit", days_before=40)
    outcomes.did(good, "page_view", days_before=-1)
    outcomes.did(good, "webinar_attended", days_before=2)
    for lead in good[:10]:
        outcomes.offered(lead, lead.stage_since - timedelta(days=5), {})
    sample = outcome_sample.take(applies_to=None, known=conditions.registry(), at=NOON)
    totals = {key: sum(column) for key, column in sample.counts.items() if sum(column)}
    assert totals == {
        ("site_visit", None): 90,
        ("site_visit", 90): 90,
        ("webinar_attended", None): 20,
        ("webinar_attended", 90): 20,
        ("webinar_attended", 30): 20,
    }
    assert [rule.condition for rule in suggest().rules] == [{"activity": {"types": ["webinar_attended"]}}]


def test_the_model_condition_chooses_the_leads(cast: Cast) -> None:
    outcomes.past(90, third, department=lambda place: "購買" if place % 2 else "総務")
    model = scored.draft(applies_to={"field": "department", "op": "eq", "value": "購買"})
    assert suggest(model).leads == 45


def test_who_a_person_is_and_what_numbers_a_lead_become_no_rule(cast: Cast) -> None:
    outcomes.own_field("受付番号", "number")
    leads = outcomes.past(150, lambda place: place < 75, custom=lambda place: {"受付番号": 1000 + place})
    Lead.objects.filter(pk__in=[lead.pk for lead in leads[:75]]).update(last_name="佐藤")
    assert suggest(without=[]).rules == ()


# -- doubts -------------------------------------------------------------------------------------------


def doubts(key: str, kind: str = "text") -> list[str]:
    return [doubt.code for doubt in suggest().doubts if doubt.field == f"custom.{key}"]


def test_a_field_that_is_the_result_is_doubted_and_left_out(cast: Cast) -> None:
    outcomes.own_field("状況")
    outcomes.past(150, noisy, custom=lambda place: {"状況": "成約" if noisy(place) else "見送り"})
    assert doubts("状況") == ["too_good"]
    assert suggest().rules == ()
    assert [rule.condition["field"] for rule in suggest(without=[]).rules][0] == "custom.状況"


def test_a_field_that_good_ones_have_twice_as_often_is_doubted(cast: Cast) -> None:
    outcomes.own_field("担当者メモ")

    def custom(place: int) -> dict[str, Any]:
        return {"担当者メモ": f"電話{place}"} if (place % 2 if third(place) else place % 10 == 0) else {}

    outcomes.past(300, third, custom=custom)
    assert doubts("担当者メモ") == ["one_outcome"]


def test_a_field_that_repeats_another_with_changes_is_doubted(cast: Cast) -> None:
    for key in ("直近の行動", "直近の注目行動", "地域"):
        outcomes.own_field(key)
    acts = ["閲覧", "開封", "送信", "来場", "登録", "退会"]

    def custom(place: int) -> dict[str, Any]:
        act = acts[place // 3 % 6]
        return {"直近の行動": act, "直近の注目行動": act if place % 3 else "変更", "地域": f"{place % 9}区"}

    outcomes.past(300, lambda place: place * 7 % 11 < 4, custom=custom)
    assert doubts("直近の行動") == ["written_twice"]
    assert doubts("直近の注目行動") == ["written_twice"]
    assert doubts("地域") == []


def test_fields_filled_in_one_go_are_doubted_unless_they_came_with_their_list(cast: Cast) -> None:
    for key in ("指数", "評点", "部門", "拠点"):
        outcomes.own_field(key)

    def custom(place: int) -> dict[str, Any]:
        rated = {"指数": f"A{place % 3}", "評点": f"B{place % 5}"} if place % 2 else {}
        return rated | ({"部門": f"C{place % 3}", "拠点": f"D{place % 5}"} if place < 150 else {})

    leads = outcomes.past(300, lambda place: place * 7 % 11 < 4, custom=custom)
    # Two lists: the first with department and site, the second without.
    Lead.objects.filter(pk__in=[lead.pk for lead in leads[:150]]).update(created_at=NOON - timedelta(days=90))
    Lead.objects.filter(pk__in=[lead.pk for lead in leads[150:]]).update(created_at=NOON)
    found = {doubt.field: (doubt.code, doubt.others) for doubt in suggest().doubts}
    assert found == {
        "custom.指数": ("filled_together", ("custom.評点",)),
        "custom.評点": ("filled_together", ("custom.指数",)),
    }


def test_what_a_form_shows_before_anything_is_chosen_is_no_value(cast: Cast) -> None:
    """A text that three fields share is a placeholder: without it the field is known mostly for good ones."""
    for key in ("専攻", "都市", "経緯"):
        outcomes.own_field(key)

    def custom(place: int) -> dict[str, Any]:
        told = place % 2 if third(place) else place % 10 == 0
        return {
            "専攻": f"{place % 3}科" if told else "選択してください",
            "都市": "選択してください",
            "経緯": "選択してください",
        }

    outcomes.past(300, third, custom=custom)
    assert doubts("専攻") == ["one_outcome"]
    assert doubts("都市") == []


# -- outcomes -----------------------------------------------------------------------------------------


def test_what_counts_as_a_good_or_a_bad_outcome(cast: Cast) -> None:
    duty = {"due_at": NOON, "due_kind": "resurface", "owner": cast.mia}
    named: dict[str, Lead] = {}
    for stage in ("lead", "mql", "sal", "opportunity", "won", "lost", "disqualified", "nurture"):
        named[stage] = rows.lead(stage=stage, last_name=stage, **duty)
    named["given back"] = rows.lead(stage="nurture", last_name="given back", **duty)
    named["reached"] = rows.lead(stage="lost", last_name="reached", **duty)
    named["merged"] = rows.lead(stage="lost", last_name="merged", is_present=False, **duty)
    outcomes.entered(list(named.values()))
    outcomes.offered(named["given back"], NOON - timedelta(days=1), {})
    named["reached"].stage = "opportunity"
    outcomes.entered([named["reached"]])
    found = known_outcomes.latest(Lead.objects.present(), 100)
    names = {lead.pk: name for name, lead in named.items()}
    assert {names[one.lead]: one.is_good for one in found} == {
        "opportunity": True,
        "won": True,
        "reached": True,
        "lost": False,
        "disqualified": False,
        "given back": False,
    }
    assert len(known_outcomes.latest(Lead.objects.present(), 4)) == 4


def test_the_latest_offer_of_marketing_before_the_outcome_counts(cast: Cast) -> None:
    lead = outcomes.past(1, lambda place: True)[0]
    at = lead.stage_since
    outcomes.offered(lead, at - timedelta(days=9), {})
    wanted = outcomes.offered(lead, at - timedelta(days=5), {})
    outcomes.offered(lead, at - timedelta(days=2), {}, leg="inside_to_field")
    outcomes.offered(lead, at + timedelta(days=2), {})
    withdrawn = outcomes.offered(lead, at - timedelta(days=1), {})
    withdrawn.withdrawn_at = at
    withdrawn.save()
    [one] = known_outcomes.latest(Lead.objects.present(), 10)
    assert (one.offer, one.at) == (wanted.pk, wanted.offered_at)


# -- cost ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [100, 900])
def test_the_queries_do_not_grow_with_the_leads(cast: Cast, number: int) -> None:
    outcomes.past(number, third)
    model = scored.draft()
    known = conditions.registry()
    with CaptureQueriesContext(connection) as queries:
        suggest_at = outcome_sample.take(applies_to=model.applies_to, known=known, at=NOON)
    assert len(suggest_at) == number
    assert len(queries) <= 9


@pytest.mark.once
def test_no_page_pays_for_the_statistics() -> None:
    """Neither web process nor worker loads scikit-learn before somebody asks for a suggestion."""
    code = (
        "import django, sys; django.setup(); import config.urls, config.celery, scoring.web.suggestions;"
        "print([name for name in ('sklearn', 'scipy', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"

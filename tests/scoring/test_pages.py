"""The pages of scoring in both languages: read, draft, effect, publish, recompute; and the panel of a lead."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from journal import clock
from leads.models import ScoreDue
from scoring.domain import check, presets
from scoring.models import RecomputeRun, ScoringModel
from scoring.queries import effect
from scoring.services import models, recompute
from tests.cast import NOON, Cast, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}


@pytest.fixture
def ada(client: Client, cast: Cast) -> Any:
    client.force_login(cast.ada)
    with clock.frozen(NOON):
        yield client


def text(response: Any) -> str:
    """What a person reads on the page, without tags; a condition's JSON stands in a textarea that scripts replace."""
    body = re.sub(r"<(script|style|title|textarea)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    main = body.partition("<main")[2] or body
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main.partition("</main>")[0]))


def tanaka() -> Any:
    lead = rows.lead(
        seniority="manager", company_fields={"industry": "製造業", "employee_count": 120, "employee_count_max": 120}
    )
    rows.activity(lead, "document_download", "2026-11-09", content="導入ガイド")
    for day in ("2026-11-18", "2026-11-19"):
        rows.activity(lead, "site_visit", day)
    scored.score(lead)
    return lead


def test_the_rules_read_as_sentences_in_japanese_and_english(ada: Client) -> None:
    scored.excel()
    said = text(ada.get("/scoring/"))
    for words in (
        "満点は50点。",
        "30点以上",
        "従業員数が50名以上",
        "業種が製造業",
        "役職区分が",
        "2回以上サイトを訪問",
        "ウェビナーに参加",
        "+15",
    ):
        assert words in said
    ada.cookies["handoff_language"] = "en"
    english = text(ada.get("/scoring/"))
    for words in ("The maximum score is 50 points.", "Visited the site 2 or more times", "Attended a webinar", "+15"):
        assert words in english
    assert "Excel starter" in english
    assert not re.search(r"[\u3040-\u30ff]", english)


def test_the_panel_of_a_lead_says_every_rule_with_its_evidence(ada: Client) -> None:
    scored.excel()
    lead = tanaka()
    said = text(ada.get(reverse("lead-score-panel", args=[lead.pk])))
    for words in (
        "25点",
        "引き渡しラインの30点まであと5点です。",
        "11/9 導入ガイド",
        "120名",
        "まだなし（あると +15）",
        "10 / 10",
    ):
        assert words in said
    fragment = ada.get(reverse("lead-score-panel", args=[lead.pk]), headers={"HX-Request": "true"})
    assert b"<main" not in fragment.content
    assert b"hf-points" in fragment.content


def test_the_panel_without_rules_says_what_will_be_there(ada: Client) -> None:
    assert "まだスコアがありません" in text(ada.get(reverse("lead-score-panel", args=[rows.lead().pk])))


def test_a_lead_that_one_may_not_see_has_no_panel(ada: Client) -> None:
    assert ada.get(reverse("lead-score-panel", args=[rows.lead(is_present=False).pk])).status_code == 404


def test_from_nothing_to_published_by_the_pages_alone(ada: Client) -> None:
    assert "六つのルールから始める" in text(ada.get("/scoring/"))
    assert ada.post("/scoring/start/").status_code == 302
    draft = ScoringModel.objects.get()
    url = f"/scoring/{draft.pk}/"
    new = {
        "kind": "activity",
        "type": "page_view",
        "contains": "料金、pricing",
        "within_days": "14",
        "at_least": "2",
        "dimension": "intent",
        "points": "15",
        "op": "in",
    }
    assert ada.post(f"{url}rules/new/", new).status_code == 302
    rule = draft.rules.get(dimension="intent")
    assert rule.condition == {
        "activity": {
            "types": ["page_view"],
            "content": {"contains": ["料金", "pricing"]},
            "within_days": 14,
            "at_least": 2,
        }
    }
    changed = {
        "kind": "field",
        "field": "seniority",
        "op": "gte",
        "value": "役員",
        "dimension": "authority",
        "points": "12",
    }
    assert ada.post(f"{url}rules/seniority/", changed).status_code == 302
    assert draft.rules.get(key="seniority").points == 12
    assert ada.post(f"{url}rules/webinar/remove/").status_code == 302
    assert ada.post(f"{url}figures/line/", {"figure": "35"}).status_code == 302
    assert ada.post(f"{url}figures/engagement/", {"figure": "10"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.line, draft.caps, draft.rules.filter(key="webinar").count()) == (35, {"engagement": 10}, 0)
    refused = ada.post(f"{url}publish/", {"why": ""}, follow=True)
    assert "なぜ変えるのかを書いてください。" in refused.content.decode()
    ada.post(f"{url}publish/", {"why": "はじめの\x00配点"})
    draft.refresh_from_db()
    assert (draft.state, draft.why) == ("published", "はじめの配点")


def test_what_the_service_refuses_stands_beside_the_field(ada: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 5)])
    bad = {
        "kind": "field",
        "field": "company.employee_count",
        "op": "gte",
        "value": "many",
        "dimension": "fit",
        "points": "0",
    }
    answer = ada.post(f"/scoring/{draft.pk}/rules/new/", bad)
    assert answer.status_code == 400
    assert "整数を入れてください。" in text(answer)
    assert "0点のルールは置けません。" in text(answer)


def test_a_comparison_without_a_value_is_asked_for_one(ada: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 5)])
    rule = {"kind": "field", "field": "company.industry", "op": "in", "value": " ", "dimension": "fit", "points": "3"}
    for op, words in (("in", "値を入れてください。"), ("gte", "値を入れてください。")):
        answer = ada.post(f"/scoring/{draft.pk}/rules/new/", rule | {"op": op})
        assert (answer.status_code, words in text(answer)) == (400, True)
    assert ada.post(f"/scoring/{draft.pk}/rules/new/", rule | {"op": "known"}).status_code == 302


def test_what_a_rule_cannot_do_without_is_not_called_optional(ada: Client) -> None:
    draft = scored.draft()
    said = text(ada.get(f"/scoring/{draft.pk}/rules/new/"))
    assert "項目任意" not in said
    assert "比べ方任意" not in said
    assert "何日以内任意" in said


def test_a_draft_shows_what_it_changes_and_its_effect(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "ENOUGH_LEADS", 1)
    model = scored.excel()
    lead = tanaka()
    draft = models.copy(model=model, by=None, at=NOON)
    rules = [rule for rule in models.rule_values(draft) if rule["key"] != "webinar"]
    for rule in rules:
        if rule["key"] == "download":
            rule["points"] = 20
    rules.append(scored.rule({"inactive": {"days": 60}}, -3))
    models.patch(model=draft, values={"rules": rules}, by=None, at=NOON)
    page = ada.get(f"/scoring/{draft.pk}/?effect=1")
    said = text(page)
    for words in (
        "第2版の下書き",
        "+10+20",
        "追加",
        "60日間行動がない",
        "0件から1件に増えます",
        "ラインに届く",
        lead.name,
        "「60日間行動がない」に当てはまるリードは、いま一人もいません。",
    ):
        assert words in said
    fragment = ada.get(f"/scoring/{draft.pk}/effect/", headers={"HX-Request": "true"})
    assert b'id="match-download" hx-swap-oob="true"' in fragment.content
    assert ada.get(f"/scoring/{draft.pk}/effect/").status_code == 302


def test_a_nested_condition_is_built_within_the_rule(ada: Client) -> None:
    rich = {"any": [VISIT, {"field": "title", "op": "known"}]}
    draft = scored.draft([scored.rule(rich, 5, key="rich")])
    url = f"/scoring/{draft.pk}/rules/rich/"
    assert re.search(r'value="built"[^>]* checked', ada.get(url).content.decode())
    changed = {"all": [rich, {"not": VISIT}]}
    built = {"kind": "built", "condition": json.dumps(changed), "dimension": "fit", "points": "7"}
    assert ada.post(url, built).status_code == 302
    rule = draft.rules.get()
    assert (rule.condition, rule.points, rule.dimension) == (changed, 7, "fit")
    wrong = ada.post(url, built | {"condition": '{"not": {"field": "score", "op": "known"}}'})
    assert wrong.status_code == 400
    assert "not.field: " in wrong.content.decode()


def test_ar_42_the_page_of_the_draft_offers_the_fix(ada: Client) -> None:
    draft = models.create(values=presets.engagement_starter(), by=None, at=NOON)
    said = text(ada.get(f"/scoring/{draft.pk}/"))
    assert "引き渡しラインの50点には届きません。満点は40点です。" in said
    assert "満点は55点になります。" in said
    ada.post(f"/scoring/{draft.pk}/fix/")
    assert "満点は55点。" in text(ada.get(f"/scoring/{draft.pk}/"))


def test_agreement_is_asked_for_and_given_on_the_page(ada: Client, cast: Cast, client: Client) -> None:
    organization(publishing_needs_agreement=True)
    draft = scored.draft([scored.rule(VISIT, 5)])
    assert "未了承" in text(ada.get(f"/scoring/{draft.pk}/"))
    client.force_login(cast.maki)
    client.post(f"/scoring/{draft.pk}/agree/", {"side": "sales"})
    assert "牧 真紀が了承" in text(client.get(f"/scoring/{draft.pk}/"))


def test_the_number_of_leads_a_rule_finds_leads_to_them(ada: Client) -> None:
    scored.published([scored.rule(VISIT, 5)])
    lead = rows.lead()
    rows.activity(lead, "site_visit", "2026-11-18")
    rows.lead()
    page = ada.get("/scoring/?effect=1").content.decode()
    address = re.search(r'href="(/leads/\?condition=[^"]+)"', page)
    assert address
    assert [row.pk for row in ada.get(address[1]).context["rows"]] == [lead.pk]


def test_publishing_what_is_out_of_reach_says_which_line(ada: Client) -> None:
    scored.excel()
    draft = models.create(values=presets.engagement_starter(), by=None, at=NOON)
    page = ada.post(f"/scoring/{draft.pk}/publish/", {"why": "試す"}, follow=True).content.decode()
    assert (
        "公開していません。引き渡しラインの50点には届きません。満点は40点です。ラインを下げるか、ルールの点数を増やしてください。"
        in page
    )
    assert 'value="試す"' in page
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_is_discarded_by_a_second_press_that_says_what_is_lost(ada: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 5)])
    page = ada.get(f"/scoring/{draft.pk}/").content.decode()
    asked, _, rest = page.partition("この下書きを、変更ごと捨てます。元には戻せません。")
    assert asked.rindex("<summary") > asked.rindex("</details>")
    assert "下書きを捨てる" in rest
    ada.post(f"/scoring/{draft.pk}/discard/")
    assert not ScoringModel.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (2, "ラインに新しく届くのは2件で、すべて引き渡せます。"),
        (1, "うち1件を引き渡せます。残りは"),
        (0, "引き渡せるものはありません。"),
    ],
)
def test_the_effect_speaks_of_others_only_where_there_are_some(
    ada: Client, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    for _ in range(2):
        rows.activity(rows.lead(), "site_visit")
    draft = scored.draft([scored.rule(VISIT, 5)])
    found = effect.of
    monkeypatch.setattr(effect, "of", lambda *args, **more: replace(found(*args, **more), newly_free=free))
    assert words in text(ada.get(f"/scoring/{draft.pk}/?effect=1"))


def test_a_reason_is_kept_while_the_draft_changes(ada: Client) -> None:
    model = scored.published([scored.rule(VISIT, 5)])
    draft = models.copy(model=model, by=None, at=NOON)
    address = f"/scoring/{draft.pk}/why/"
    assert f'hx-post="{address}"' in ada.get(f"/scoring/{draft.pk}/").content.decode()
    assert ada.post(address, {"why": "商談は来訪のあと"}).status_code == 204
    assert ScoringModel.objects.get(pk=draft.pk).version == draft.version, "publishing what was read still works"
    page = ada.post(f"/scoring/{draft.pk}/figures/line/", {"figure": "4"}, follow=True).content.decode()
    assert 'value="商談は来訪のあと"' in page
    assert ada.post(f"/scoring/{model.pk}/why/", {"why": "別"}).status_code == 204
    model.refresh_from_db()
    assert model.why == "test"


def test_the_figures_beside_the_rules_are_counted_anew_when_a_run_ends(ada: Client) -> None:
    rows.lead()
    model = scored.published([scored.rule(VISIT, 5)])
    run = RecomputeRun.objects.latest("pk")
    assert "rescored from:body" in ada.get(f"/scoring/{model.pk}/").content.decode()
    asked = {"HX-Request": "true"}
    assert "HX-Trigger" not in ada.get(f"/scoring/runs/{run.pk}/", headers=asked).headers
    recompute.work_range(run_id=run.pk, at=NOON)
    assert ada.get(f"/scoring/runs/{run.pk}/", headers=asked).headers["HX-Trigger"] == "rescored"


def test_a_run_over_no_leads_has_no_bar(ada: Client) -> None:
    scored.excel()
    ada.post("/scoring/recompute/")
    run = RecomputeRun.objects.latest("pk")
    assert run.leads_total == 0
    assert "0 / 0" not in text(ada.get(f"/scoring/runs/{run.pk}/"))


def test_the_run_has_a_bar_and_can_be_stopped_and_resumed(ada: Client) -> None:
    scored.published([scored.rule(VISIT, 5)])
    rows.lead()
    ada.post("/scoring/recompute/")
    run = RecomputeRun.objects.latest("pk")
    assert "待機中" in text(ada.get("/scoring/"))
    ada.post(f"/scoring/runs/{run.pk}/stop/")
    ada.post(f"/scoring/runs/{run.pk}/resume/")
    recompute.work_range(run_id=run.pk, at=NOON)
    assert "完了" in text(ada.get(f"/scoring/runs/{run.pk}/"))


def test_a_run_stands_above_the_rules_while_it_goes_on_and_below_them_afterwards(ada: Client) -> None:
    model = scored.draft([scored.rule(VISIT, 5)])
    rows.lead()
    said = text(ada.post(f"/scoring/{model.pk}/publish/", {"why": "来訪で測る"}, follow=True))
    assert said.count("全件の再計算") == 1
    assert said.index("待機中") < said.index("引き渡しライン")
    recompute.work_range(run_id=RecomputeRun.objects.latest("pk").pk, at=NOON)
    said = text(ada.get(f"/scoring/{model.pk}/"))
    assert said.count("全件の再計算") == 1
    assert said.index("版の一覧") < said.index("完了")


def test_a_retired_version_counts_todays_leads_by_its_own_rules(ada: Client) -> None:
    lead = rows.lead()
    rows.activity(lead, "site_visit", "2026-11-18")
    former = scored.published([scored.rule(VISIT, 5)])
    scored.published([scored.rule({"activity": {"types": ["webinar_attended"]}}, 5)])
    assert not scored.score(lead).reaches_line
    said = text(ada.get(f"/scoring/{former.pk}/?effect=1"))
    assert "このルールで採点すると" in said
    assert "引き渡しラインに届いているのは1件です" in said


def test_who_may_not_draft_sees_the_rules_without_the_forms(client: Client, cast: Cast) -> None:
    draft = scored.draft([scored.rule(VISIT, 5, key="visit")])
    client.force_login(cast.sato)
    with clock.frozen(NOON):
        page = client.get(f"/scoring/{draft.pk}/")
        assert page.status_code == 200
        assert b"rules/visit/" not in page.content
        client.post(f"/scoring/{draft.pk}/rules/visit/remove/")
        client.post(f"/scoring/{draft.pk}/publish/", {"why": "x"})
    draft.refresh_from_db()
    assert (draft.state, draft.rules.count()) == ("draft", 1)
    client.logout()
    assert client.get("/scoring/").status_code == 302


def test_the_page_costs_a_constant_number_of_queries(ada: Client, django_assert_max_num_queries: Any) -> None:
    model = scored.excel()
    for _ in range(5):
        models.copy(model=model, by=None, at=NOON)
    ada.get("/scoring/")
    with django_assert_max_num_queries(34):
        ada.get("/scoring/")


def test_japanese_pages_hold_no_english_words(ada: Client) -> None:
    model = scored.excel()
    tanaka()
    draft = models.copy(model=model, changes={"line": 51}, by=None, at=NOON)
    organization(publishing_needs_agreement=True)
    for address in (
        "/scoring/?effect=1",
        f"/scoring/{draft.pk}/?effect=1",
        f"/scoring/{draft.pk}/rules/new/",
        f"/scoring/{draft.pk}/rules/seniority/",
        f"/scoring/runs/{RecomputeRun.objects.get().pk}/",
    ):
        words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"^.*?>", "", text(ada.get(address)))))
        assert words <= {"Excel", "test"}, address  # a name and a why that people typed


def test_the_command_scores_everybody_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    organization()
    scored.excel()
    lead = rows.lead(seniority="director")
    call_command("recompute_scores")
    assert "1 / 1 leads, 1 changed, 0 changed band" in capsys.readouterr().out
    assert lead.score.total == 10


def test_an_open_page_asks_again_for_a_score_that_is_owed_and_hears_when_it_is_there(ada: Client) -> None:
    scored.excel()
    lead = tanaka()
    address, headers = f"/leads/{lead.pk}/score/", {"HX-Request": "true"}
    assert "asked=" not in ada.get(address, headers=headers).content.decode()
    ScoreDue.objects.create(lead=lead, cause="live", marked_at=NOON)

    waiting = ada.get(address, headers=headers)
    given_up = ada.get(f"{address}?asked=30", headers=headers)
    ScoreDue.objects.all().delete()
    there = ada.get(f"{address}?asked=1", headers=headers)

    assert f'hx-get="{address}?asked=1"' in waiting.content.decode()
    assert "HX-Trigger" not in waiting.headers
    assert "hx-get" not in given_up.content.decode()
    assert "自動的に変わります" in waiting.content.decode()
    assert "数分後にページを読み込み直してください" in given_up.content.decode()
    assert "<div data-score>" in ada.get(address).content.decode()
    assert there["HX-Trigger"] == "hf:scored"
    assert "asked=" not in there.content.decode()


def test_who_may_not_draft_is_shown_no_builder_of_a_rule(client: Client, cast: Cast) -> None:
    draft = scored.draft([scored.rule(VISIT, key="visit")])
    client.force_login(cast.sato)
    for address in ("rules/new/", "rules/visit/"):
        assert client.get(f"/scoring/{draft.pk}/{address}").status_code == 403
        assert client.post(f"/scoring/{draft.pk}/{address}", {}).status_code == 403
    assert draft.rules.count() == 1

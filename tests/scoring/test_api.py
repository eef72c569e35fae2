"""Scores, models and runs over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from journal import clock
from scoring.models import RecomputeRun, ScoringModel
from scoring.services import models
from tests.cast import NOON, Cast, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}


@pytest.fixture
def client(cast: Cast) -> Any:
    api = APIClient()
    api.force_authenticate(cast.ada)
    with clock.frozen(NOON):
        yield api


def test_the_score_of_a_lead_adds_up_and_names_its_evidence(client: APIClient) -> None:
    model = scored.excel()
    lead = rows.lead(
        seniority="director", company_fields={"industry": "製造業", "employee_count": 120, "employee_count_max": 120}
    )
    visits = [rows.activity(lead, "site_visit", day) for day in ("2026-11-18", "2026-11-19")]
    scored.score(lead)
    body = client.get(f"/api/v1/leads/{lead.pk}/score/").json()
    assert (body["total"], body["band"], body["reaches_line"]) == (25, "middle", False)
    assert body["model"] == {"id": str(model.pk), "version": 1}
    assert body["dimensions"] == {"fit": 10, "engagement": 5, "intent": 0, "readiness": 0, "authority": 10}
    assert sum(line["points"] for line in body["rules"]) == 25
    lines = {line["rule"]: line for line in body["rules"]}
    assert lines["industry"]["evidence"] == [{"field": "company.industry", "value": "製造業"}]
    assert [item["activity"] for item in lines["visits"]["evidence"]] == [str(visits[1].pk), str(visits[0].pk)]
    assert lines["webinar"]["points"] == 0


def test_caps_and_decay_are_lines_of_their_own(client: APIClient) -> None:
    opened = {"activity": {"types": ["email_open"]}}
    scored.published(
        [scored.rule(opened, 10, key="mail", per_activity=True, cap=25, half_life_days=10), scored.rule(VISIT, 9)],
        caps={"engagement": 30},
    )
    lead = rows.lead()
    for day in ("2026-11-20", "2026-11-20", "2026-11-10", "2026-11-10"):
        rows.activity(lead, "email_open", day)
    rows.activity(lead, "site_visit")
    scored.score(lead)
    body = client.get(f"/api/v1/leads/{lead.pk}/score/").json()
    assert [(line["kind"], line["points"]) for line in body["rules"]] == [
        ("rule", 40),
        ("decay", -10),
        ("rule_cap", -5),
        ("rule", 9),
        ("dimension_cap", -4),
    ]
    assert body["total"] == 30


def test_a_lead_that_one_may_not_see_is_not_there(client: APIClient, cast: Cast) -> None:
    lead = rows.lead(is_present=False)
    assert client.get(f"/api/v1/leads/{lead.pk}/score/").status_code == 404
    assert client.get("/api/v1/leads/abc/score/").status_code == 404
    organization(reps_see_own_team_only=True)
    client.force_authenticate(cast.otto)
    other = rows.lead(owner=cast.sato)
    assert client.get(f"/api/v1/leads/{other.pk}/score/").status_code == 404


def test_a_model_is_made_changed_and_published(client: APIClient) -> None:
    made = client.post("/api/v1/scoring-models/", {"name": "甲", "line": 5, "rules": [scored.rule(VISIT, 9)]})
    assert made.status_code == 201, made.json()
    body, tag = made.json(), made["ETag"]
    assert (body["state"], body["maximum"], body["rules"][0]["label_ja"]) == ("draft", 9, "サイトを訪問")
    assert {finding["code"] for finding in body["findings"]} == {"unreachable_band"}
    url = f"/api/v1/scoring-models/{body['id']}/"
    assert client.patch(url, {"bands": scored.bands(5, 2)}, headers={"If-Match": tag}).status_code == 200
    assert client.patch(url, {"line": 6}, headers={"If-Match": tag}).status_code == 412
    published = client.post(f"{url}publish/", {"why": "because"})
    assert published.status_code == 200, published.json()
    assert published.json()["state"] == "published"
    run = client.get(f"/api/v1/recompute-runs/{published.json()['recompute_run']}/").json()
    assert (run["state"], run["reason"], run["leads_total"]) == ("queued", "publish", 0)
    assert client.patch(url, {"line": 6}).status_code == 409
    again = client.post(f"{url}publish/", {"why": "because"})
    assert again.status_code == 409
    copied = client.post("/api/v1/scoring-models/", {"copy_of": body["id"], "line": 7})
    assert (copied.json()["number"], copied.json()["line"], copied.json()["copied_from"]) == (2, 7, body["id"])


def test_ar_05_an_unreachable_line_is_a_problem_that_names_it(client: APIClient) -> None:
    made = client.post("/api/v1/scoring-models/", {"name": "甲", "line": 51, "rules": [scored.rule(VISIT, 50)]}).json()
    answer = client.post(
        f"/api/v1/scoring-models/{made['id']}/publish/", {"why": "x"}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "unreachable: the maximum is 50"
    assert answer.json()["errors"][0]["field"] == "line"


def test_faults_in_rules_are_named_all_at_once(client: APIClient) -> None:
    bad = {"name": "", "rules": [scored.rule({"field": "nope", "op": "eq", "value": 1}, 0)]}
    answer = client.post("/api/v1/scoring-models/", bad)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {
        "name",
        "rules[0].condition.field",
        "rules[0].points",
    }
    assert client.post("/api/v1/scoring-models/", [1]).status_code == 400
    assert client.post("/api/v1/scoring-models/", {"copy_of": "999"}).status_code == 404


@pytest.mark.parametrize(
    ("verb", "body"), [("patch", {"line": 8}), ("publish", {"why": "x"}), ("agree", {"side": "sales"})]
)
def test_what_changes_between_check_and_write_is_as_stale_as_what_changed_before(
    client: APIClient, cast: Cast, monkeypatch: pytest.MonkeyPatch, verb: str, body: dict[str, Any]
) -> None:
    write, draft = getattr(models, verb), scored.draft([scored.rule(VISIT, 9)])

    def change_first(**given: Any) -> Any:
        monkeypatch.undo()
        models.patch(model=draft, values={"line": 7}, by=cast.ada, at=NOON)
        return write(**given)

    monkeypatch.setattr(models, verb, change_first)
    client.force_authenticate(cast.maki if verb == "agree" else cast.ada)
    url = f"/api/v1/scoring-models/{draft.pk}/"
    headers = {"If-Match": client.get(url)["ETag"]}

    send, address = (client.patch, url) if verb == "patch" else (client.post, f"{url}{verb}/")
    answer = send(address, body, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (412, "urn:handoff:problem:stale")
    assert (client.get(url).json()["line"], client.get(url).json()["state"]) == (7, "draft")
    assert not draft.agreements.exists()


def test_publishing_without_the_agreement_that_is_asked_for_is_403(client: APIClient, cast: Cast) -> None:
    organization(publishing_needs_agreement=True)
    draft = scored.draft([scored.rule(VISIT, 9)])
    url = f"/api/v1/scoring-models/{draft.pk}/"
    assert client.post(f"{url}publish/", {"why": "x"}).status_code == 403
    client.force_authenticate(cast.maki)
    for side in ("marketing", "sales"):
        agreed = client.post(f"{url}agree/", {"side": side})
        assert agreed.status_code == 200, agreed.json()
    assert {item["side"] for item in agreed.json()["agreements"]} == {"marketing", "sales"}
    client.force_authenticate(cast.ada)
    assert client.post(f"{url}publish/", {"why": "x"}).status_code == 200


def test_runs_are_started_stopped_and_resumed(client: APIClient, cast: Cast) -> None:
    scored.published([scored.rule(VISIT, 9)])
    rows.lead()
    run = client.post("/api/v1/recompute-runs/", {})
    assert run.status_code == 201
    url = f"/api/v1/recompute-runs/{run.json()['id']}/"
    assert client.post(f"{url}stop/").json()["state"] == "stopped"
    assert client.post(f"{url}stop/").status_code == 409
    assert client.post(f"{url}resume/").json()["state"] == "queued"
    client.force_authenticate(cast.sato)
    assert client.post("/api/v1/recompute-runs/", {}).status_code == 403
    assert client.get(url).status_code == 200


def test_the_same_key_publishes_once(client: APIClient) -> None:
    draft = scored.draft([scored.rule(VISIT, 9)])
    url = f"/api/v1/scoring-models/{draft.pk}/publish/"
    first, second = (client.post(url, {"why": "x"}, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert RecomputeRun.objects.count() == 1


def test_the_list_of_models_costs_a_constant_number_of_queries(
    client: APIClient, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        scored.draft([scored.rule(VISIT, 9)], name=f"m{number}")
    with django_assert_max_num_queries(8):
        assert len(client.get("/api/v1/scoring-models/?state=draft").json()["results"]) == 6
    assert client.get("/api/v1/scoring-models/?colour=red").status_code == 400
    assert ScoringModel.objects.count() == 6

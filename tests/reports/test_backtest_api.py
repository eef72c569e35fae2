"""A model tried on past handoffs, over HTTP and on its page."""

import json

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import Organization, User
from accounts.services import api_keys
from journal.clock import frozen
from reports.queries import backtest
from tests.cast import NOON
from tests.reports.test_backtest import LATER, drafted, handed, people, published

__all__ = ["people", "published"]
pytestmark = pytest.mark.django_db
NOVEMBER = {"from": "2026-11-01", "to": "2026-12-01"}


@pytest.fixture
def draft(people, published):
    handed(people, "won", download="導入事例")
    handed(people, "opportunity", download="導入事例", employees=400)
    handed(people, "lost", employees=400)
    handed(people)
    return drafted(published)


@pytest.fixture
def api(people):
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=people.mia.pk))
    with frozen(LATER):
        yield client


def address(model):
    return f"/api/v1/scoring-models/{model.pk}/backtest/"


def test_the_draft_and_the_published_model_stand_side_by_side(api, draft, published):
    answer = api.post(address(draft), NOVEMBER, format="json")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["from"], told["to"], told["tz"], told["outcome"]) == (
        "2026-11-01", "2026-12-01", "Asia/Tokyo", "opportunity",
    )  # fmt: skip
    assert told["handoffs"] == {"total": 4, "counted": 3, "open": 1, "other_model": 0, "on_present_values": 0}
    assert told["with_outcome"] == 2
    own, other = told["draft"], told["published"]
    assert own["model"] == {"id": str(draft.pk), "name": "モデル", "version": 2, "state": "draft"}
    assert (own["line"]["handed_over"], own["line"]["precision"], own["line"]["recall"]) == (2, 1.0, 1.0)
    assert (own["line"]["precision_low"], own["line"]["uncertain"]) == (0.3424, True)
    assert (other["line"]["handed_over"], other["line"]["precision"], other["line"]["recall"]) == (2, 0.5, 0.5)
    assert (own["auc"], other["auc"]) == (1.0, 0.25)
    assert [row["threshold"] for row in own["thresholds"]] == [20, 0]
    assert [row["band"] for row in own["bands"]] == ["high", "middle", "low"]
    assert sum(row["cases"] for row in own["deciles"]) == 3
    assert (own["rules"][0]["id"], own["rules"][0]["rate"], own["rules"][0]["rate_without"]) == ("download", 1.0, 0.0)
    assert [(row["label"], row["cases"], row["lift"]) for row in told["contents"]] == [("導入事例", 2, 1.5)]
    assert {"newly_qualifying", "no_longer_qualifying"} <= set(told)


def test_a_threshold_stands_in_for_the_drafts_line_alone(api, draft):
    told = api.post(address(draft), NOVEMBER | {"threshold": 21, "outcome": "won"}, format="json").json()
    assert (told["draft"]["line"]["threshold"], told["draft"]["line"]["handed_over"]) == (21, 0)
    assert (told["draft"]["line"]["precision"], told["published"]["line"]["threshold"]) == (None, 30)
    assert (told["handoffs"]["counted"], told["handoffs"]["open"]) == (2, 2)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["from", "to"]),
        ({"from": "2026-11-01", "to": "2026-11-01"}, ["to"]),
        ({"from": "2010-11-01", "to": "2026-11-01"}, ["to"]),
        ({"from": "x", "to": "2026-12-01", "threshold": 0}, ["from", "threshold"]),
        (NOVEMBER | {"threshold": 10**30}, ["threshold"]),
        (NOVEMBER | {"outcome": "lost", "colour": "red"}, ["colour"]),
        (NOVEMBER | {"outcome": "lost"}, ["outcome"]),
    ],
)
def test_a_wrong_question_is_refused_by_name(api, draft, body, fields):
    answer = api.post(address(draft), body, format="json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert [fault["field"] for fault in answer.json()["errors"]] == fields


def test_no_such_model_and_no_json_object(api, draft):
    assert api.post("/api/v1/scoring-models/99999/backtest/", NOVEMBER, format="json").status_code == 404
    assert api.post("/api/v1/scoring-models/x/backtest/", NOVEMBER, format="json").status_code == 404
    assert api.post(address(draft), [1], format="json").status_code == 400
    assert api.get(address(draft)).status_code == 405


@pytest.mark.parametrize(("scope", "status"), [("scoring:read", 200), ("reports:read", 403)])
def test_a_key_that_may_read_scoring_may_try(people, draft, scope, status):
    token = api_keys.create(name="k", scopes=[scope], by=people.ada, at=NOON)[1]
    client = APIClient(headers={"Authorization": f"Bearer {token}"})
    with frozen(LATER):
        assert client.post(address(draft), NOVEMBER, format="json").status_code == status
    assert APIClient().post(address(draft), NOVEMBER, format="json").status_code == 401


# -- the page ---------------------------------------------------------------------------------------


@pytest.fixture
def page(client, people):
    client.force_login(User.objects.get(pk=people.mia.pk))
    with frozen(LATER), translation.override("ja"):
        yield client


def text(answer):
    return answer.content.decode()


def test_the_page_comes_at_once_and_its_figures_after_it(page, draft):
    at_once = page.get(f"/scoring/{draft.pk}/backtest/?period=month")
    assert at_once.status_code == 200
    assert "found" not in at_once.context
    later = page.get(f"/scoring/{draft.pk}/backtest/?period=month", headers={"HX-Request": "true"})
    assert later.context["found"].everything.denominator == 3
    assert "<html" not in text(later)


def test_without_script_the_threshold_is_a_form(page, draft):
    answer = page.get(f"/scoring/{draft.pk}/backtest/?period=month&outcome=won&threshold=21&count=1")

    assert (answer.context["line"], answer.context["found"].own.model.line) == (21, 21)
    assert (answer.context["crossing"].reach_newly, answer.context["is_won"]) == (0, True)
    assert 'name="outcome" value="won"' in text(answer)
    rows = {row.key: row.values for row in answer.context["comparison"]}
    assert rows["start"] == ["21", "30"]
    assert rows["handed"] == ["0", "1"]


def test_the_slider_has_every_step_in_words(page, draft):
    answer = page.get(f"/scoring/{draft.pk}/backtest/?period=month&count=1")
    steps = json.loads(answer.context["steps"])
    assert [step[:2] for step in steps] == [[0, "3"], [20, "2"], [21, "0"]]
    assert steps[1][2].startswith("100.0%")
    assert steps[2][2] == "–"


def test_what_is_not_understood_in_the_address_falls_back(page, draft):
    answer = page.get(f"/scoring/{draft.pk}/backtest/?period=x&outcome=y&threshold=²&from=1&count=1")
    assert (answer.status_code, answer.context["line"], answer.context["is_won"]) == (200, 20, False)


def test_a_period_without_outcomes_says_so(page, draft):
    answer = page.get(f"/scoring/{draft.pk}/backtest/?period=12m&count=1")
    assert answer.context["found"].everything.denominator == 0
    assert 'class="hf-empty' in text(answer)


def test_the_rules_lead_to_it_behind_the_advanced_settings(page, draft):
    link = f"/scoring/{draft.pk}/backtest/"
    Organization.objects.update(shows_advanced=False)
    assert link not in text(page.get(f"/scoring/{draft.pk}/"))
    Organization.objects.update(shows_advanced=True)
    assert link in text(page.get(f"/scoring/{draft.pk}/"))


def test_todays_leads_are_counted_by_themselves(page, draft):
    answer = page.get(f"/scoring/{draft.pk}/backtest/today/?threshold=20")
    assert answer.status_code == 200
    assert 'id="backtest-today"' in text(answer)


def test_the_page_costs_a_constant_number_of_queries(page, people, draft, django_assert_max_num_queries):
    where = f"/scoring/{draft.pk}/backtest/?period=month"
    page.get(where, headers={"HX-Request": "true"})
    for _ in range(3):
        handed(people, "lost", download="導入事例")
    with django_assert_max_num_queries(24):
        page.get(where, headers={"HX-Request": "true"})


def test_a_person_sees_the_leads_that_they_may_see(people, published, draft):
    Organization.objects.update(reps_see_own_team_only=True)
    otto = User.objects.get(pk=people.otto.pk)
    client = APIClient()
    client.force_authenticate(otto)
    with frozen(LATER):
        told = client.post(address(draft), NOVEMBER, format="json").json()
    assert (told["handoffs"]["total"], backtest.OUTCOMES) == (0, ("opportunity", "won"))

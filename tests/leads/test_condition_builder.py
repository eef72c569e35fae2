"""The page that builds a condition, and what it asks while one types."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from leads.web import condition_builder
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, SAY = "/leads/condition/", "/leads/condition/say/"
MAKERS = {"field": "company.industry", "op": "in", "value": ["製造業"]}


@pytest.fixture
def page(client, cast):
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    return client


def test_the_page_goes_back_to_the_list_with_all_other_filters(page):
    shown = page.get(f"{PAGE}?stage=lead,mal&ordering=-score&cursor=abc&condition={json.dumps(MAKERS)}")
    assert 'name="query" value="stage=lead%2Cmal&amp;ordering=-score"' in shown.content.decode()
    answer = page.post(PAGE, {"query": "stage=lead,mal&ordering=-score", "condition": json.dumps(MAKERS)})
    address = urlsplit(answer["Location"])
    query = parse_qs(address.query)
    assert (address.path, query["stage"], query["ordering"]) == ("/leads/", ["lead,mal"], ["-score"])
    assert json.loads(query["condition"][0]) == MAKERS
    assert page.get(answer["Location"]).status_code == 200


def test_no_condition_goes_back_without_one(page):
    assert page.post(PAGE, {"query": "q=x", "condition": "{}"})["Location"] == "/leads/?q=x"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (json.dumps({"field": "title", "op": "in", "value": ["部長" * 50] * 20}, ensure_ascii=False), "too long"),
        ("{", "not valid JSON"),
        ('{"all": [{"field": "shoe_size"}]}', "all[0].field: There is no such field."),
    ],
)
def test_a_wrong_condition_is_told_where_it_is_wrong(page, text, fault):
    answer = page.post(PAGE, {"condition": text})
    body = answer.content.decode()
    assert answer.status_code == 400
    assert fault in body
    assert "Apply this condition" in body


def test_the_condition_is_said_and_its_leads_are_counted(page, lead):
    factories.lead(company={"name": "別の会社", "industry": "食品"})
    industry = {"field": "company.industry", "op": "eq", "value": lead.company.industry}
    answer = page.post(SAY, {"condition": json.dumps(industry), "count": "yes", "query": "stage=lead"}).json()
    assert "".join(text for text, _strong in answer["parts"]).startswith("Industry is")
    assert answer["count"] == "1 lead"
    none = page.post(SAY, {"condition": json.dumps(industry), "count": "yes", "query": "stage=won"}).json()
    assert none["count"] == "0 leads"


def test_what_is_wrong_is_said_with_its_spot(page):
    wrong = {"any": [MAKERS, {"activity": {"within_days": 0}}]}
    answer = page.post(SAY, {"condition": json.dumps(wrong), "count": "yes"}).json()
    assert [fault["at"] for fault in answer["faults"]] == ["any[1].activity.within_days"]
    assert page.post(SAY, {"condition": "[" * 100_000}).json()["faults"][0]["at"] == ""


def test_a_scoring_rule_is_offered_no_field_that_scores_bring_about(page):
    score = json.dumps({"field": "score", "op": "gte", "value": 1})
    assert "parts" in page.post(SAY, {"condition": score}).json()
    assert "faults" in page.post(SAY, {"condition": score, "scoring": "yes"}).json()
    offered = condition_builder.of("", scoring=True).vocabulary["groups"]
    assert "score" not in [field["name"] for group in offered for field in group["fields"]]


def test_the_list_offers_the_builder_and_the_way_back_into_it(page, lead):
    body = page.get(f"/leads/?stage=lead&condition={json.dumps(MAKERS)}").content.decode()
    assert "Advanced conditions" in body
    assert body.count('href="/leads/condition/?stage=lead&amp;condition=') == 2


def test_nobody_counts_leads_without_signing_in(client, cast):
    assert client.post(SAY, {"condition": "{}"}).status_code == 302
    assert client.get(PAGE).status_code == 302

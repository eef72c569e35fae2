"""The condition builder in a real browser: it keeps a tree as it was, works by keyboard, and tells faults in their rows."""

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from leads.models import ActivityType
from tests.cast import cast, organization
from tests.factories import standard_rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DOWNLOADS = {
    "types": ["document_download", "webinar_attended"],
    "within_days": 30,
    "at_least": 2,
    "distinct": "content",
    "content": {"contains": ["料金, 税込"], "kind": ["document", "自社の種類"]},
}
VISITS = {"types": ["site_visit"], "measure": "duration_seconds", "at_least_total": 90}
RICH = {
    "all": [
        {"field": "company.industry", "op": "in", "value": ["製造業", "食品"]},
        {"not": {"field": "seniority", "op": "in", "value": ["staff", "chief"]}},
        {"any": [{"activity": DOWNLOADS}, {"not": {"activity": VISITS}}, {"inactive": {"days": 60, "types": []}}]},
        {
            "some": {
                "at_least": 2,
                "of": [
                    {"field": "company.employee_count", "op": "between", "value": [100, 999]},
                    {"field": "acquired_at", "op": "gte", "value": "2026-01-01"},
                    {"not": {"all": [{"field": "opted_out", "op": "eq", "value": False}]}},
                ],
            }
        },
    ]
}


@pytest.fixture
def page(chrome, live_server):
    """A page of Mia's, in English, on a phone; its console must stay silent."""
    organization()
    people = cast()
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)
    visitor = Client()
    visitor.force_login(people.mia)
    context = chrome.new_context(viewport={"width": 390, "height": 844}, locale="en-US", base_url=live_server.url)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    for name, value in ((settings.SESSION_COOKIE_NAME, session), (settings.LANGUAGE_COOKIE_NAME, "en")):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield shown
    assert faults == []
    context.close()


def condition(page):
    return json.loads(page.locator("[data-condition-text]").input_value())


def test_a_nested_condition_comes_out_as_it_went_in(page):
    page.goto(f"/leads/condition/?stage=lead&condition={quote(json.dumps(RICH))}")
    expect(page.locator("[data-condition-say]")).to_contain_text("at least 2 of")
    expect(page.locator("[data-condition-count]")).to_have_text("0 leads")
    assert condition(page) == RICH
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
    page.get_by_role("button", name="Apply this condition").click()
    page.wait_for_url("**/leads/?**")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["stage"], json.loads(query["condition"][0])) == (["lead"], RICH)


def test_a_value_that_has_just_been_typed_is_not_called_missing(page):
    page.goto("/leads/condition/")
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("[data-condition-say]")).to_have_text("Some fields are still empty.")
    page.locator(".hf-cb-row [data-part=value]").fill("製造")
    page.keyboard.press("Tab")
    # A line that comes and goes would move the button away under the press that saves.
    assert page.locator(".hf-cb-row .hf-error").count() == 0
    page.get_by_role("button", name="Apply this condition").click()
    page.wait_for_url("**/leads/?condition=*")


def test_an_answer_about_what_stood_there_before_is_not_heard(page):
    held = []
    page.goto("/leads/condition/")
    expect(page.locator("[data-condition-say]")).to_have_text("No conditions yet: matches every lead.")
    page.route("**/condition/say/", lambda route: held.append(route))
    page.get_by_role("button", name="Add a condition").click()
    while not held:
        page.wait_for_timeout(50)
    page.locator(".hf-cb-row [data-part=value]").fill("製造")
    page.keyboard.press("Enter")
    held[0].fulfill(json={"faults": [{"at": "all[0].value", "say": "missing"}]})
    page.get_by_role("button", name="Apply this condition").click()
    page.wait_for_url("**/leads/?condition=*")


def test_what_was_wrong_with_a_value_goes_while_it_is_mended(page):
    page.goto("/leads/condition/")
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("[data-condition-say]")).to_have_text("Some fields are still empty.")
    page.get_by_role("button", name="Apply this condition").click()
    expect(page.locator(".hf-cb-row .hf-error")).to_be_visible()
    page.locator(".hf-cb-row [data-part=value]").press_sequentially("製")
    expect(page.locator(".hf-cb-row .hf-error")).to_have_count(0)
    page.get_by_role("button", name="Apply this condition").click()
    page.wait_for_url("**/leads/?condition=*")


def test_a_condition_is_built_by_keyboard_and_its_fault_stands_in_its_row(page):
    page.goto("/leads/condition/")
    page.get_by_role("button", name="Add a condition").press("Enter")
    expect(page.locator("[data-condition-say]")).to_have_text("Some fields are still empty.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("製造、食品、")
    expect(page.locator("[data-condition-say]")).to_have_text("Industry contains one of 製造, 食品")
    page.get_by_role("button", name="Add a group").press("Enter")
    page.get_by_role("combobox", name="Field").nth(1).select_option("activity")
    page.get_by_role("spinbutton", name="Within days").fill("-3")
    expect(page.locator(".hf-cb-row").nth(1).locator(".hf-error")).to_contain_text("3660")
    page.get_by_role("button", name="Apply this condition").click()
    assert page.url.endswith("/leads/condition/")
    page.get_by_role("spinbutton", name="Within days").fill("7")
    expect(page.locator(".hf-error")).to_have_count(0)
    industry = {"field": "company.industry", "op": "contains", "value": ["製造", "食品"]}
    assert condition(page) == {"all": [industry, {"any": [{"activity": {"types": [], "within_days": 7}}]}]}
    page.get_by_role("button", name="Remove: Industry").press("Enter")
    assert condition(page) == {"any": [{"activity": {"types": [], "within_days": 7}}]}

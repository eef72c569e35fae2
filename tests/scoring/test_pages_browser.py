"""The pages of scoring on a phone, in the longer language: a word for what changed takes nothing from the names."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from scoring.services import models
from tests import factories
from tests.cast import NOON, Cast, cast, organization
from tests.scoring import scored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BIG = {"field": "company.employee_count", "op": "gte", "value": 50}


@pytest.fixture
def people() -> Cast:
    organization()
    return cast()


@pytest.fixture
def phone(chrome, live_server, people):
    """Ada's phone in English; what is drawn waits for nobody."""
    User.objects.filter(pk=people.ada.pk).update(language="en")
    visitor = Client()
    visitor.force_login(people.ada)
    context = chrome.new_context(viewport={"width": 390, "height": 844}, locale="en-US", base_url=live_server.url)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.fixture
def draft(people):
    """A draft by which a lead of a company with a long name reaches the line."""
    first = scored.published(
        [scored.rule(BIG, 5, key="size", label_ja="規模", label_en="Size")], line=5, bands=scored.bands(5, 3)
    )
    scored.score(factories.lead(company={"name": "若葉台プレシジョンホールディングス株式会社", "employee_count": 90}))
    rules = [scored.rule(BIG, 12, key="size", label_ja="従業員数が50名以上", label_en="Fifty people or more")]
    return models.copy(
        model=first, changes={"rules": rules, "line": 8, "bands": scored.bands(8, 4)}, by=people.ada, at=NOON
    )


def test_the_priority_of_a_lead_that_changes_ends_where_its_row_ends(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/?effect=1")
    row = phone.locator(".hf-ba.is-leads tbody tr").first.bounding_box()
    band = phone.locator(".hf-ba.is-leads .bd .hf-band").first.bounding_box()
    assert band["x"] + band["width"] <= row["x"] + row["width"] + 0.5


def test_a_changed_rule_is_read_over_the_whole_width(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/diff/")
    table = phone.locator(".is-difference").first.bounding_box()
    words = phone.locator(".is-difference tbody tr:not(.grp) td").first.bounding_box()
    assert words["width"] == pytest.approx(table["width"], abs=1)


def test_a_row_of_lists_that_goes_on_says_so_at_its_end(phone, draft):
    phone.goto("/dashboard/")
    lists = phone.locator(".hf-lists").first
    assert lists.evaluate("row => row.scrollWidth > row.clientWidth")
    shades = lists.evaluate("row => getComputedStyle(row).backgroundAttachment").split(", ")
    assert shades == ["local", "local", "scroll", "scroll"]


def test_a_new_rule_shows_where_it_begins_until_somebody_chooses(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/rules/new/")
    dimension = phone.locator("[name=dimension]")
    expect(dimension).to_have_value("engagement")
    phone.check("[name=kind][value=field]")
    phone.select_option("[name=field]", "company.industry")
    expect(dimension).to_have_value("fit")
    phone.select_option("[name=field]", "seniority")
    expect(dimension).to_have_value("authority")
    dimension.select_option("intent")
    phone.select_option("[name=field]", "company.industry")
    expect(dimension).to_have_value("intent")


def test_a_rule_put_together_in_detail_shows_and_takes_the_dimension_that_the_server_says(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/rules/new/")
    dimension = phone.locator("[name=dimension]")
    phone.check("[name=kind][value=built]")
    for what in ("inactive", "seniority"):
        phone.get_by_role("button", name="Add a condition").click()
        phone.locator("[data-part=field]").last.select_option(what)
    expect(dimension).to_have_value("authority")
    phone.locator("[data-part=op]").last.select_option("known")
    phone.locator("[name=points]").fill("4")
    with phone.expect_request(lambda request: request.url.endswith("/rules/new/")) as sent:
        phone.get_by_role("button", name="Save to draft").click()
    phone.wait_for_url(f"**/scoring/{draft.pk}/")
    assert "dimension=&" in sent.value.post_data
    assert draft.rules.get(points=4).dimension == "authority"


@pytest.mark.parametrize("page", ["frame/", "rules/size/"])
def test_who_leaves_with_something_typed_is_asked_first_and_goes_on(phone, draft, page):
    asked = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    phone.goto(f"/scoring/{draft.pk}/{page}")
    address = phone.url
    field = phone.locator("[name=name], [name=points]").first
    field.fill("77")
    phone.locator("a[href='/leads/']:visible").first.click()
    phone.wait_for_function("() => true")
    assert (asked, phone.url) == (["beforeunload"], address)
    expect(field).to_have_value("77")
    phone.locator("form[data-unsaved] button.btn-primary").click()
    phone.wait_for_url(f"**/scoring/{draft.pk}/")
    assert asked == ["beforeunload"]


def test_nobody_is_asked_who_typed_nothing_or_gives_up(phone, draft):
    asked = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    phone.goto(f"/scoring/{draft.pk}/frame/")
    phone.locator("[name=name]").click()
    phone.locator("a[href='/leads/']:visible").first.click()
    phone.wait_for_url("**/leads/")
    phone.goto(f"/scoring/{draft.pk}/frame/")
    phone.locator("[name=name]").fill("77")
    phone.locator("[data-discards]").click()
    phone.wait_for_url(f"**/scoring/{draft.pk}/")
    assert asked == []


def test_what_would_count_for_nothing_does_not_show(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/rules/new/")
    expect(phone.locator("[name=cap]")).to_be_hidden()
    expect(phone.locator("[name=half_life_days]")).to_be_hidden()
    phone.check("[name=per_activity]")
    phone.locator("[name=half_life_days]").fill("0")
    phone.uncheck("[name=per_activity]")
    phone.locator("[name=points]").fill("3")
    phone.locator(".hf-rule-edit button.btn-primary").click()
    phone.wait_for_url(f"**/scoring/{draft.pk}/")
    assert draft.rules.filter(points=3, per_activity=False, half_life_days=None).exists()

    phone.goto(f"/scoring/{draft.pk}/rules/size/")
    value, note = phone.locator("[name=value]"), phone.locator("label[for=id_value] span")
    expect(value).to_be_visible()
    expect(note).to_be_hidden()
    phone.select_option("[name=op]", "in")
    expect(note).to_be_visible()
    phone.select_option("[name=op]", "known")
    expect(value).to_be_hidden()


def test_a_rule_saved_with_two_quick_presses_is_saved_once(phone, draft):
    phone.goto(f"/scoring/{draft.pk}/rules/size/")
    phone.locator("[name=points]").fill("14")
    phone.locator(".hf-rule-edit button.btn-primary").dblclick()
    phone.wait_for_url(f"**/scoring/{draft.pk}/")
    expect(phone.get_by_text("Draft saved.")).to_have_count(1)

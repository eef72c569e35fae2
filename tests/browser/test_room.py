"""What stands beside one another keeps to its own place at the widths of common screens."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Membership, RoleGrant, User
from handoff.models import Batch, Handoff
from handoff.services import eligibility
from journal import clock
from tests.cast import NOON
from tests.handoff import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1024, 1280, 1366)
# Where the cells of the tables end beyond the section that holds them, unless they move in a box of their own.
BEYOND = """() => [...document.querySelectorAll("section .hf-table")].filter(table => !table.closest(".hf-scroll") &&
    table.getBoundingClientRect().right > table.closest("section").getBoundingClientRect().right + 1).length"""
TALLEST = """() => Math.max(...[...document.querySelectorAll(".hf-now-row > :nth-child(4) > :first-child")].map(
    state => state.getBoundingClientRect().height / parseFloat(getComputedStyle(state).lineHeight)))"""
CUT = """() => [...document.querySelectorAll("main .btn")].filter(
    button => button.scrollWidth > button.clientWidth).map(button => button.textContent.trim())"""
LINES = """() => [...document.querySelectorAll(".is-bleed")].every(
    table => getComputedStyle(table.rows[1].cells[0]).borderBottomWidth === "0px")"""


@pytest.fixture(params=["ja", "en"])
def page(request, chrome, live_server, settings):
    with clock.frozen(NOON):
        people = stories.small()
        User.objects.update(language=request.param)
        for minutes in (20, 60):
            stories.offered(people, to=people.sato, channel="展示会", at=NOON - timedelta(minutes=minutes))
        visitor = Client()
        visitor.force_login(people.maki)
        context = chrome.new_context(locale="ja-JP" if request.param == "ja" else "en-GB")
        session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        shown = context.new_page()
        yield lambda address: shown.goto(f"{live_server.url}{address}") and shown
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_tables_keep_to_their_column(page, width):
    for address in ("/dashboard/?period=month", "/"):
        shown = page(address)
        shown.set_viewport_size({"width": width, "height": 900})
        assert shown.locator("section .hf-table").count()
        assert shown.evaluate(BEYOND) == 0, address
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_a_duty_waits_for_stands_in_one_line(page, width):
    shown = page("/")
    shown.set_viewport_size({"width": width, "height": 900})
    assert shown.evaluate(TALLEST) < 1.5


def test_the_lines_of_the_list_end_with_those_above(page):
    shown = page("/leads/")
    shown.set_viewport_size({"width": 1280, "height": 900})
    assert shown.evaluate(LINES)


def test_a_long_button_is_not_cut_on_a_phone(page):
    shown = page(f"/leads/{stories.lead().pk}/offer/")
    shown.set_viewport_size({"width": 360, "height": 800})
    shown.evaluate("document.querySelector('main .btn-primary').textContent = 'インサイドセールスへ引き渡す'")
    assert shown.locator("main .btn").count() == 2
    assert shown.evaluate(CUT) == []


OUTSIDE = """() => [...document.querySelectorAll("details[open] > .hf-menu")].filter(menu => {
    const box = menu.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight;
}).length"""


def test_menus_open_inside_a_phone(page):
    lead = stories.lead()
    for address in ("/leads/", f"/leads/{lead.pk}/", "/dashboard/"):
        shown = page(address)
        shown.set_viewport_size({"width": 360, "height": 740})
        opened = shown.evaluate(
            "() => { const all = [...document.querySelectorAll('main details.hf-drop')];"
            " all.forEach(drop => { drop.open = true; }); return all.length; }"
        )
        assert opened, address
        assert shown.evaluate(OUTSIDE) == 0, address


def test_the_facts_beside_a_lead_follow_what_its_score_brought(page):
    lead = stories.lead()
    shown = page(f"/leads/{lead.pk}/")
    assert "佐藤 翔太" not in shown.locator("#lead-facts").inner_text()

    type(lead).objects.filter(pk=lead.pk).update(owner=User.objects.get(last_name="佐藤"))
    shown.evaluate("htmx.trigger(document.body, 'hf:scored')")

    shown.locator("#lead-facts", has_text="佐藤 翔太").wait_for()
    assert shown.locator("#lead-facts").count() == 1


def test_a_file_leaves_the_page_as_it_was(page):
    shown = page("/leads/export/")
    for _time in range(2):
        with shown.expect_download():
            shown.locator("main form [type=submit]").click()
    shown.wait_for_timeout(600)  # the line of progress comes after 300 ms
    assert shown.locator("#hf-progress.is-on").count() == 0


SEEN = """() => { const box = document.querySelector("main .hf-error").getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight; }"""


def test_a_form_comes_back_at_its_first_fault(page):
    RoleGrant.objects.get_or_create(user=User.objects.get(last_name="牧"), role="admin")
    shown = page("/settings/people/")
    shown.set_viewport_size({"width": 390, "height": 600})
    shown.locator("form[action*=invite]").evaluate("form => form.submit()")
    shown.wait_for_selector("main .hf-error")
    shown.wait_for_function("document.activeElement.name === 'email'")  # the script comes after the page
    assert shown.evaluate(SEEN)


def test_what_was_decided_together_is_no_longer_asked_for_one_by_one(page):
    RoleGrant.objects.get_or_create(user=User.objects.get(last_name="牧"), role="marketer")
    Membership.objects.filter(user__last_name="佐藤").update(capacity=3)  # two are with him already
    Membership.objects.exclude(user__last_name="佐藤").update(receives=False)
    leads = [stories.lead(total=30 + number) for number in range(2)]
    eligibility.decide(lead_ids=[lead.pk for lead in leads], cause="bulk", reason="import", at=NOON)
    shown = page(f"/batches/{Batch.objects.get().pk}/")
    assert shown.locator("#batch-each li").count() == 2

    shown.locator("[data-whole] button").last.click()

    shown.wait_for_selector("#batch-each li:only-child")
    assert Handoff.objects.filter(lead__in=leads).count() == 1

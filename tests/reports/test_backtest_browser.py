"""The slider of a backtest in a browser."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from leads.models import ActivityType
from tests.cast import NOON
from tests.factories import standard_rows
from tests.handoff import stories
from tests.reports.test_backtest import DOWNLOAD, drafted, handed
from tests.scoring import scored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The server under test has a clock of its own.
LONG_AGO = NOON.replace(year=2024)


def test_the_slider_tells_at_once_what_another_line_would_have_come_to(chrome, live_server):
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
    people = stories.small()
    visit = {"activity": {"types": ["site_visit"]}}
    published = scored.published([scored.rule(visit, 30)], line=30, bands=scored.bands(30, 10))
    draft = drafted(published, rules=[scored.rule(DOWNLOAD, 20), scored.rule(visit, 40)])
    handed(people, "won", download="導入事例", at=LONG_AGO)
    handed(people, "lost", at=LONG_AGO)
    visitor = Client()
    visitor.force_login(people.mia)
    context = chrome.new_context(locale="en-US")
    context.add_cookies([{
        "name": settings.SESSION_COOKIE_NAME,
        "value": visitor.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": live_server.url,
    }])  # fmt: skip
    page = context.new_page()
    held = []
    page.route("**/backtest/today/**", lambda route: held.append(route))
    page.goto(f"{live_server.url}/scoring/{draft.pk}/backtest/?from=2024-11-01&until=2024-11-30")

    handed_over, precision = page.locator('[data-says="handed"]'), page.locator('[data-says="precision"]')
    expect(handed_over).to_have_text("1")
    expect(precision).to_have_text("100.0%")
    page.locator("#threshold").press("End")
    expect(page.locator('table [data-says="start"]')).to_have_text("60")
    expect(handed_over).to_have_text("0")
    expect(precision).to_have_text("–")
    with page.expect_request(re.compile("today/.*threshold=12")):
        page.locator("#threshold").fill("12")
    expect(handed_over).to_have_text("1")
    expect(page).to_have_url(re.compile("threshold=12"))
    # What was asked before is answered only now that the last question is on its way, and must not stand for it.
    for route in held:
        route.continue_()
        page.wait_for_timeout(300)
    expect(page.locator("#backtest-today")).to_contain_text("1")
    context.close()

"""The answer check on a phone: the reason of a surprise is read over the width of its row."""

import pytest
from django.conf import settings
from django.test import Client

from handoff.services import handoffs
from tests.cast import NOON
from tests.handoff import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The server under test has a clock of its own.
LONG_AGO = NOON.replace(year=2024)


def test_the_word_for_a_result_takes_nothing_from_its_reason(chrome, live_server):
    people = stories.small()
    offered = stories.offered(people, to=people.sato, at=LONG_AGO)
    handoffs.reject(handoff=offered, reason="out_of_scope", by=people.sato, at=LONG_AGO)
    visitor = Client()
    visitor.force_login(people.mia)
    context = chrome.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP", base_url=live_server.url)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto("/dashboard/answer-check/?from=2024-11-01&until=2024-11-30")
    table = page.locator(".hf-table.is-cases").first.bounding_box()
    result = page.locator(".is-cases tbody td:nth-child(3)").first.bounding_box()
    chip = page.locator(".is-cases tbody .hf-mark").first.bounding_box()
    reason = page.locator(".is-cases .hf-case-why").first.bounding_box()
    assert result["width"] == pytest.approx(table["width"], abs=1)
    # One line: the reason stands beside the chip.
    assert reason["x"] > chip["x"] + chip["width"]
    assert reason["height"] < 1.8 * chip["height"]
    context.close()

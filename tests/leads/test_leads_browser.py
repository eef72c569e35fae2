"""The list of leads and a lead's page on a desk: many columns keep within the page, each number is its own target."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from leads.domain import export_columns
from leads.models import ActivityType
from leads.services import column_choices
from tests.cast import cast, organization
from tests.factories import lead, standard_rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINES = """cell => {
    const words = document.createRange();
    words.selectNodeContents(cell);
    return new Set([...words.getClientRects()].map(line => line.top)).size;
}"""


@pytest.fixture
def people():
    organization()
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)
    return cast()


@pytest.fixture
def page(chrome, live_server, people):
    """A page of Mia's, in Japanese, on a desk."""
    visitor = Client()
    visitor.force_login(people.mia)
    context = chrome.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", base_url=live_server.url)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_many_columns_move_within_the_list_and_keep_their_words_whole(page, people):
    lead(company={"name": "東浜精工株式会社", "industry": "製造業"}, email="gotou.kenichi@touhin-seikou.example.jp")
    column_choices.choose(user=people.mia, names=list(export_columns.SHOWN))
    page.goto(reverse("leads"))
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    assert page.locator("td.c-industry").evaluate(LINES) == 1
    assert page.locator("td.c-who .hf-co").evaluate(LINES) == 1


def test_each_of_two_numbers_is_a_target_of_its_own(page):
    one = lead(phone="03-1234-5678", mobile="090-1234-5678")
    page.goto(reverse("lead", args=[one.pk]))
    tops = [number.bounding_box()["y"] for number in page.locator("main a[href^='tel:']").all()]
    assert len(tops) == 2
    assert tops[1] - tops[0] >= 24

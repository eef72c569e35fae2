"""The briefing sheet as a browser prints it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from handoff.services import handoffs
from leads.models import ActivityType
from leads.services import activities
from tests.cast import NOON
from tests.factories import standard_rows
from tests.handoff import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = ("site_visit", "document_download", "webinar_attended", "event_attended", "email_click", "form_submit")


@pytest.fixture
def full():
    """A sheet with everything on it: all that can be known, six acts, six returns."""
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
    people = stories.small()
    company = {"name": "東浜精工株式会社", "industry": "製造業", "employee_count": 320}
    lead = stories.lead(company=company, phone="042-000-0005", email="maeda-saki@tohama-seiko.example")
    lead = stories.qualified(
        lead,
        by=people.isao,
        at=NOON,
        phase="comparing",
        challenge="月末の棚卸に三日かかり、その間は出荷が止まる。拠点ごとに数え方も違う",
        temperature=4,
        competitors="現行ベンダーの後継品と、海外製の二つを比較中",
        budget="来期に500万円を確保する見込み",
    )
    for day, kind in enumerate(KINDS, start=1):
        activities.record(lead=lead, type=kind, occurred_at=NOON - timedelta(days=day), by=None, at=NOON)
    for hour in range(7):
        at = NOON + timedelta(minutes=hour)
        handoff = handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=at, to=people.sato, note="棚卸に月40時間")
        if hour < 6:
            handoffs.reject(handoff=handoff, reason="missing_information", by=people.sato, at=at)
    return people, handoff


# How far the score stands from the end of the line that says how to reach the person.
DISTANCE = """() => {
    const line = document.createRange();
    line.selectNodeContents(document.querySelector(".hf-paper .reach"));
    const score = document.querySelector(".hf-paper .hf-sheet-score").getBoundingClientRect();
    return score.left - line.getBoundingClientRect().right;
}"""


def test_ar_31_a_full_sheet_is_printed_on_one_page_in_both_languages(chrome, live_server, full):
    people, handoff = full
    visitor = Client()
    visitor.force_login(people.sato)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    pages, distances = {}, []
    for language in ("ja", "en"):
        context = chrome.new_context(viewport={"width": 1440, "height": 900})
        for name, value in ((settings.SESSION_COOKIE_NAME, session), ("handoff_language", language)):
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        sheet = context.new_page()
        sheet.goto(f"{live_server.url}/handoffs/{handoff.pk}/sheet/")
        pages[language] = re.findall(rb"/Count (\d+)", sheet.pdf(format="A4", prefer_css_page_size=True))
        sheet.emulate_media(media="print")
        sheet.set_viewport_size({"width": 794, "height": 1123})
        distances.append(sheet.evaluate(DISTANCE))
        context.close()

    assert min(distances) >= 20
    assert pages == {"ja": [b"1"], "en": [b"1"]}

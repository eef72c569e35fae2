"""The dashboards as people open them."""

import html
import re
from datetime import timedelta

import pytest

from accounts.models import User
from feedback.services import feedback
from journal.clock import frozen
from reports.web.dashboard import TABS
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def story(people):
    handoff = stories.accepted(people, to=people.sato, channel="展示会", company={"name": "東浜精工株式会社"})
    feedback.give(handoff=handoff, result="opportunity", quality=4, comment="来週見積もり", by=people.sato, at=NOON)
    stories.offered(people, to=people.sato)
    return handoff


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_opens_in_both_languages_empty_and_full(people, client, tab, language):
    User.objects.update(language=language)
    client.force_login(people.maki)
    with frozen(NOON):
        assert client.get(f"/dashboard/?tab={tab}").status_code == 200
        handoff = stories.accepted(people, to=people.sato, channel="展示会")
        feedback.give(handoff=handoff, result="lost", reason="budget", comment="来期", by=people.sato, at=NOON)
        page = client.get(f"/dashboard/?tab={tab}&period=month")
    assert page.status_code == 200
    assert 'style="' not in page.content.decode()


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-01-05"), ("9999-12-30", "9999-12-31")])
@pytest.mark.parametrize("tab", list(TABS))
def test_days_at_the_ends_of_the_calendar_fall_back_on_the_usual_period(people, client, tab, first, last):
    client.force_login(people.maki)
    with frozen(NOON):
        usual = client.get(f"/dashboard/?tab={tab}")
        page = client.get(f"/dashboard/?tab={tab}&from={first}&until={last}")
    assert page.status_code == 200
    assert page.context["period_label"] == usual.context["period_label"]


def test_ar_32_the_row_prints_denominators_and_leads_to_the_leads_behind(people, story, client):
    client.force_login(people.maki)
    with frozen(NOON):
        page = client.get("/dashboard/?period=month").content.decode()
        behind = client.get("/dashboard/leads/?figure=opportunities&period=month").content.decode()

    assert "1 / 2件" in page
    assert "figure=opportunities" in page
    assert "東浜精工株式会社" in behind


@pytest.mark.parametrize(
    "figure", ["acquired", "handoffs", "acted", "never_contacted", "wins", "won", "kept", "broken", "nothing"]
)
def test_every_figure_has_a_page_behind_it(people, story, client, figure):
    client.force_login(people.maki)
    with frozen(NOON):
        assert client.get(f"/dashboard/leads/?figure={figure}&period=month").status_code == 200


def test_reasons_marks_and_promises_lead_to_their_leads(people, story, client):
    client.force_login(people.maki)
    with frozen(NOON):
        handoff = stories.accepted(people, to=people.sato, channel="展示会")
        feedback.give(handoff=handoff, result="lost", reason="budget", quality=2, by=people.sato, at=NOON)
        name = str(handoff.lead)
    with frozen(NOON + timedelta(days=4)):
        for tab, links in {
            "feedback": {"figure=lost&amp;": "detail=budget", "figure=quality&amp;": "detail=2"},
            "sla": {"figure=broken&amp;": "detail=answer"},
        }.items():
            page = client.get(f"/dashboard/?tab={tab}&period=month").content.decode()
            hrefs = re.findall(r'href="(/dashboard/leads/[^"]+)"', page)
            for figure, detail in links.items():
                assert [href for href in hrefs if figure in href and detail in href], (tab, figure)
        answers = {
            query: client.get(f"/dashboard/leads/?period=month&{query}").content.decode()
            for query in (
                "figure=lost&detail=budget",
                "figure=lost&detail=timing",
                "figure=quality&detail=2",
                "figure=quality&detail=x",
                f"figure=kept&detail=answer&person={people.sato.pk}&every_leg=1",
                f"figure=kept&detail=answer&person={people.maki.pk}&every_leg=1",
                "figure=rejected&detail=nobody",
            )
        }
    assert [name in page for page in answers.values()] == [True, False, True, False, True, False, False]


def test_the_leads_behind_a_figure_lead_back_to_the_same_tab_and_question(people, story, client):
    client.force_login(people.maki)
    with frozen(NOON + timedelta(days=4)):
        page = client.get("/dashboard/?tab=sla&period=month").content.decode()
        of_team = [href for href in re.findall(r'href="(/dashboard/leads/[^"]+)"', page) if "team=" in href]
        behind = client.get(html.unescape(of_team[0])).content.decode()
    assert 'href="../?tab=sla&amp;period=month"' in behind


@pytest.mark.parametrize("stage", ["mql", "sal", "sql", "opportunity", "won", "x"])
def test_the_bars_lead_to_their_leads(people, story, client, stage):
    client.force_login(people.maki)
    with frozen(NOON):
        assert client.get(f"/dashboard/leads/?figure=funnel&stage={stage}&period=month").status_code == 200
        assert client.get(f"/dashboard/leads/?figure=channel&stage={stage}&period=month").status_code == 200


def test_odd_addresses_fall_back(people, client):
    client.force_login(people.maki)
    with frozen(NOON):
        for query in (
            "tab=x&period=y&team=z",
            "from=2026-02-30&until=x",
            "from=2026-01-01&until=2025-01-01",
            "team=999999999999999999999",
        ):
            assert client.get(f"/dashboard/?{query}").status_code == 200
        assert (
            client.get("/dashboard/?from=2026-11-02&until=2026-11-10&size=under_50&leg=marketing_to_field").status_code
            == 200
        )
        assert client.get("/dashboard/definitions/").status_code == 200


def test_ar_33_one_card_per_side(people, story, client):
    client.force_login(people.mia)
    with frozen(NOON):
        page = client.get("/dashboard/?tab=feedback&period=month").content.decode()

    for word in ("マーケティング", "営業", "リードの質", "商談化率", "受注率", "来週見積もり"):
        assert word in page


def test_only_who_may_see_reports(people, client):
    assert client.get("/dashboard/").status_code == 302


def test_one_of_a_kind_is_no_plural(people, client):
    User.objects.update(language="en")
    client.force_login(people.maki)
    with frozen(NOON):
        stories.accepted(people, to=people.sato, channel="展示会")
        funnel = client.get("/dashboard/?tab=funnel&period=month").content.decode()
        promises = client.get("/dashboard/?tab=sla&period=month").content.decode()
    assert "1 lead that became MQL during" in funnel
    assert '<span class="hf-figure">1<small>case</small>' in funnel
    assert "Progress of the 1 lead (MQL)" in funnel
    assert "in working hours, 1 case<" in promises

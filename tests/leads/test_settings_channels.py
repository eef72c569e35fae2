"""Channels and campaigns: named once, costed, dated."""

from decimal import Decimal

import pytest

from leads.models import Campaign, Channel
from leads.services import sources
from tests.factories import channel

pytestmark = pytest.mark.django_db

FAIR = {"name": "ものづくりフェア", "cost": "1800000", "starts_on": "2026-09-08", "ends_on": "2026-09-10"}


@pytest.fixture
def page(client, cast):
    client.force_login(cast.ada)
    return client


def test_a_campaign_keeps_its_cost_and_days(page):
    exhibition = channel("展示会")
    assert page.post("/settings/campaigns/new/", FAIR | {"channel": exhibition.pk}).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.channel, campaign.cost) == (exhibition, Decimal("1800000"))
    page.post(f"/settings/campaigns/{campaign.pk}/", FAIR | {"channel": exhibition.pk, "cost": "2000000"})
    campaign.refresh_from_db()
    assert campaign.cost == Decimal("2000000")
    assert "200万円" in page.get("/settings/channels/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"cost": "-1"}, {"ends_on": "2026-09-01"}, {"ends_on": ""}, {"name": " "}, {"cost": "abc"}]
)
def test_a_wrong_campaign_is_refused_beside_its_field(page, wrong):
    answer = page.post("/settings/campaigns/new/", FAIR | {"channel": channel("展示会").pk} | wrong)
    assert answer.status_code == 400
    assert "hf-error" in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_name_stands_once_in_a_channel(page):
    exhibition = channel("展示会")
    page.post("/settings/campaigns/new/", FAIR | {"channel": exhibition.pk})
    assert page.post("/settings/campaigns/new/", FAIR | {"channel": exhibition.pk}).status_code == 400
    assert page.post("/settings/channels/new/", {"name": "展示会"}).status_code == 400


def test_a_channel_is_offered_no_longer(page):
    page.post("/settings/channels/new/", {"name": "ラジオ"})
    radio = Channel.objects.get(name="ラジオ")
    page.post(f"/settings/channels/{radio.pk}/", {"active": "no"})
    radio.refresh_from_db()
    assert not radio.is_active


def test_every_channel_gets_a_code_of_its_own():
    names = ["Ads", "Ads 3", "Ads!", "Ads?", "Ads."]
    assert [sources.channel_named(name).code for name in names] == ["ads", "ads-3", "ads-2", "ads-4", "ads-5"]

"""One channel under its names in both languages."""

import pytest

from leads.domain import channel_names
from leads.models import Channel, LeadSource
from leads.services import campaigns, sources
from tests import factories
from tests.cast import NOON
from tests.leads.taking import take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("展示会", "Exhibition", True),
        ("Trade show", "展示会", True),
        ("ＷＥＢ広告", "web ads", True),
        ("Trade-show", "trade show", True),
        ("展示会", "セミナー", False),
        ("展示会 大阪", "Exhibition", False),
        ("独自の経路", "独自の経路", True),
    ],
)
def test_names_of_one_channel(one, other, same):
    assert channel_names.is_same(one, other) is same


def test_english_name_finds_the_japanese_channel_and_the_other_way_round():
    shown = factories.channel("展示会")
    assert sources.channel_named("Exhibition") == shown
    event = factories.channel("Event")
    assert sources.channel_named("イベント") == event
    assert sources.channel_named("Partner").name == "Partner"
    assert Channel.objects.count() == 3


def test_exact_name_wins_over_the_other_language():
    factories.channel("展示会")
    own = factories.channel("Exhibition")
    assert sources.channel_named("Exhibition") == own


def test_channel_column_in_english_is_counted_under_the_channel_that_is_here(cast):
    shown = factories.channel("展示会")
    take(cast, "Company,Full name,Email,Channel\nAoi,John Smith,john@aoi.example,Exhibition\n")
    assert list(LeadSource.objects.values_list("channel", flat=True)) == [shown.pk]
    assert Channel.objects.count() == 1


def test_administrator_may_still_keep_both(cast):
    factories.channel("展示会")
    made = campaigns.add_channel(name="Exhibition", by=cast.ada, at=NOON)
    assert made.name == "Exhibition"

"""Who changed something last: of the log's events about that very thing, as pages say it in both languages."""

import pytest
from django.utils import timezone, translation

from accounts.interface.change_words import whose
from accounts.models import Team
from accounts.queries import changes
from journal import services as journal
from tests.cast import NOON, Cast, organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(cast: Cast) -> Team:
    return Team.objects.order_by("pk")[0]


def note(thing: Team, kind: str, by: object) -> None:
    journal.record(kind, subject=thing, by=by, at=NOON)


def test_the_latest_change_is_this_things_own_of_the_kind_asked_for(team: Team, cast: Cast) -> None:
    other = Team.objects.order_by("pk")[1]
    assert changes.latest(team, kind="team.changed") is None
    for by in (cast.mia, cast.ada):
        note(team, "team.changed", by)
    note(team, "team.closed", cast.sato)
    note(other, "team.changed", cast.otto)
    assert changes.latest(team, kind="team.changed") == changes.Change(cast.ada, NOON)
    assert [event.actor_id for event in changes.events(team, kind="team.changed")] == [cast.ada.pk, cast.mia.pk]


@pytest.mark.parametrize(
    ("language", "who", "someone"), [("ja", "足立さん", "ほかの人"), ("en", "足立", "Someone else")]
)
def test_who_is_no_longer_there_is_someone_else(team: Team, cast: Cast, language: str, who: str, someone: str) -> None:
    note(team, "team.changed", cast.ada)
    with translation.override(language), timezone.override(organization().zone):
        assert whose(changes.latest(team, kind="team.changed"))["who"] == who
        note(team, "team.changed", None)
        told = whose(changes.latest(team, kind="team.changed"))
        assert (told["who"], told["when"].endswith("12:30")) == (someone, True)
        assert whose(None) == {"who": someone, "when": ""}

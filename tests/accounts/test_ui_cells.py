"""What stands in every row of a list: the words, the exact moment on hover, and nothing of a name taken as markup."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from accounts.interface import cells

TODAY = date(2026, 11, 21)
BAD = "<b>&\"'"
ESCAPED = "&lt;b&gt;&amp;&quot;&#x27;"


@pytest.fixture(autouse=True)
def in_tokyo():
    with timezone.override("Asia/Tokyo"), translation.override("en"):
        yield


def test_names_come_out_as_text():
    drawn = cells.who(BAD, company=BAD, url=f"/{BAD}", title=BAD)
    assert drawn.count(ESCAPED) == 4
    assert BAD not in drawn


def test_what_is_unknown_takes_no_place():
    assert cells.who("Isao") == '<span class="hf-who"><span class="hf-pe"><b>Isao</b></span></span>'
    assert cells.when(None, "near", today=TODAY) == ""


def test_a_moment_near_at_hand_keeps_the_exact_one_on_hover():
    at = datetime(2026, 11, 21, 4, 52, tzinfo=UTC)
    drawn = cells.when(at, "near", today=TODAY)
    assert ">Today 13:52<" in drawn
    assert 'title="Sat\N{NO-BREAK SPACE}21\N{NO-BREAK SPACE}Nov 13:52"' in drawn
    assert "title" not in cells.when(date(2026, 3, 2), "day", today=TODAY)


def test_a_due_time_at_midnight_is_the_end_of_its_day_in_sight_and_on_hover():
    drawn = cells.when(datetime(2026, 11, 21, 15, tzinfo=UTC), "due", today=TODAY)
    assert ">Today 24:00<" in drawn
    assert 'title="Sat\N{NO-BREAK SPACE}21\N{NO-BREAK SPACE}Nov 24:00"' in drawn


@pytest.mark.parametrize(
    ("days", "age"), [(0, "week"), (7, "week"), (8, "month"), (30, "month"), (31, "old"), (None, "none")]
)
def test_the_moon_wanes(days, age):
    at = None if days is None else datetime(2026, 11, 21, 3, tzinfo=UTC) - timedelta(days=days)
    assert f'data-age="{age}"' in cells.touch(at, today=TODAY)

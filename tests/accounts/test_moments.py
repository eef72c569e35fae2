"""Times that no time zone can hold are refused by name, not by an error of ours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from rest_framework.serializers import ValidationError

from accounts.api.moments import DayField, MomentField
from accounts.api.renderers import JSONRenderer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_moment_at_the_ends_of_the_calendar_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        MomentField().run_validation(text)

    assert refusal.value.detail[0].code == "far"


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_day_at_the_ends_of_the_calendar_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        DayField().run_validation(text)

    assert refusal.value.detail[0].code == "far"


def test_days_between_are_taken():
    assert MomentField().run_validation("1900-01-02T00:00:00+09:00").year == 1900
    assert DayField().run_validation("2200-12-31").year == 2200


def test_answers_write_every_moment_in_utc():
    tokyo = datetime(2026, 11, 20, 13, 15, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert JSONRenderer().render({"at": tokyo}) == b'{"at":"2026-11-20T04:15:00Z"}'

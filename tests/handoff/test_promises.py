"""What is owed by default, and the moments of a promise."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from handoff.domain.calendar import WorkCalendar
from handoff.domain.promises import Moment, Promise, default_promise, moments

TOKYO = ZoneInfo("Asia/Tokyo")
HOURS = ((time(9), time(12)), (time(13), time(18)))
CALENDAR = WorkCalendar(TOKYO, (HOURS,) * 5 + ((), ()))


def tokyo(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("kind", "band", "minutes", "days"),
    [
        ("contact", "high", 30, None),
        ("contact", "middle", 240, None),
        ("contact", "low", 540, None),
        ("answer", "high", 15, None),
        ("answer", "middle", 120, None),
        ("answer", "low", 270, None),
        ("contact", "", 540, None),
        ("qualify", "high", None, 5),
        ("feedback", "low", None, 3),
    ],
)
def test_ar_34_default_promises(kind, band, minutes, days):
    promise = default_promise(kind, band)

    assert (promise.minutes, promise.working_days) == (minutes, days)


@pytest.mark.parametrize(("contact", "answer"), [(10, 15), (30, 15), (31, 16), (45, 23), (60, 30)])
def test_ar_34_answer_is_half_of_the_contact_but_at_least_15(contact, answer):
    assert Promise(minutes=contact).halved().minutes == answer


@pytest.mark.parametrize(("contact", "answer"), [(1, 1), (2, 1), (5, 2)])
def test_answer_to_a_contact_in_days_is_half_the_days(contact, answer):
    assert Promise(working_days=contact).halved().working_days == answer


def test_moments_lie_in_working_time_and_in_order():
    found = moments(Promise(minutes=240), CALENDAR, tokyo("2026-11-13 16:00"), escalates=True)

    assert found == [
        Moment("warn", 50, tokyo("2026-11-13 18:00")),
        Moment("warn", 80, tokyo("2026-11-16 10:12")),
        Moment("breach", 100, tokyo("2026-11-16 11:00")),
        Moment("escalate", 200, tokyo("2026-11-16 16:00")),
    ]


def test_moments_of_working_days_share_the_time_until_the_closing():
    found = moments(Promise(working_days=1), CALENDAR, tokyo("2026-11-16 16:00"), escalates=False)

    # Two hours on Monday and eight on Tuesday: half of ten hours is Tuesday noon.
    assert [(moment.level, moment.at) for moment in found] == [
        (50, tokyo("2026-11-17 12:00")),
        (80, tokyo("2026-11-17 16:00")),
        (100, tokyo("2026-11-17 18:00")),
    ]


def test_a_moment_survives_being_stored():
    moment = Moment("warn", 50, tokyo("2026-11-13 18:00"))

    assert Moment.read(moment.stored()) == moment

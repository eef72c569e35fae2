"""Working time: the table of F-1, the edges of a day, and days counted."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.domain.calendar import BadWindows, NoWorkingTime, WorkCalendar

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
STRAIGHT = ((time(9), time(18)),)
LUNCH = ((time(9), time(12)), (time(13), time(18)))


def week(windows, *, saturday=(), sunday=()):
    return (windows,) * 5 + (saturday, sunday)


def tokyo(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


# Culture Day 2026-11-03 is a Tuesday; Labour Thanksgiving 2026-11-23 a Monday; 2026-05-06 stands in for Sunday 05-03.
HOLIDAYS = {date(2026, 11, 3), date(2026, 11, 23), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)}
YEAR_END = frozenset(date(2026, 12, 29) + timedelta(days=n) for n in range(6))


@pytest.mark.parametrize(
    ("windows", "arrival", "minutes", "due"),
    [
        (STRAIGHT, "2026-11-14 15:00", 120, "2026-11-16 11:00"),  # Saturday afternoon
        (STRAIGHT, "2026-11-14 20:00", 120, "2026-11-16 11:00"),  # Saturday night
        (STRAIGHT, "2026-11-15 23:59", 120, "2026-11-16 11:00"),  # Sunday, last minute
        (STRAIGHT, "2026-11-13 17:30", 120, "2026-11-16 10:30"),  # Friday evening
        (LUNCH, "2026-11-16 11:30", 120, "2026-11-16 14:30"),  # over lunch
        (LUNCH, "2026-11-16 12:20", 120, "2026-11-16 15:00"),  # within lunch
        (LUNCH, "2026-11-16 10:00", 120, "2026-11-16 12:00"),  # exactly at a closing
        (STRAIGHT, "2026-11-13 16:00", 120, "2026-11-13 18:00"),  # exactly at Friday's closing
        (STRAIGHT, "2026-11-13 18:00", 120, "2026-11-16 11:00"),  # arriving at the closing
        (STRAIGHT, "2026-11-02 17:30", 120, "2026-11-04 10:30"),  # across 祝日 (Tuesday)
        (STRAIGHT, "2026-11-20 17:30", 120, "2026-11-24 10:30"),  # across a weekend and a holiday Monday
        (STRAIGHT, "2026-05-01 17:30", 120, "2026-05-07 10:30"),  # across 振替休日
        (STRAIGHT, "2026-12-28 17:30", 120, "2027-01-04 10:30"),  # across 年末年始
        (STRAIGHT, "2026-11-16 07:00", 540, "2026-11-16 18:00"),  # before opening, a whole day
        (STRAIGHT, "2026-11-16 09:00", 541, "2026-11-17 09:01"),
    ],
)
def test_f_1_due_time_counts_only_working_time(windows, arrival, minutes, due):
    calendar = WorkCalendar(TOKYO, week(windows), closed=YEAR_END, is_holiday=HOLIDAYS.__contains__)

    assert calendar.add_minutes(tokyo(arrival), minutes) == tokyo(due)
    assert calendar.minutes_between(tokyo(arrival), tokyo(due)) == minutes


def test_f_1_seconds_are_kept():
    calendar = WorkCalendar(TOKYO, week(LUNCH))

    due = calendar.add_minutes(tokyo("2026-11-16 11:59:30"), 1)

    assert due == tokyo("2026-11-16 13:00:30")
    assert calendar.time_between(tokyo("2026-11-16 11:59:30"), due) == timedelta(minutes=1)


def test_zero_minutes_are_now_and_negative_ones_are_refused():
    calendar = WorkCalendar(TOKYO, week(STRAIGHT))

    assert calendar.add_minutes(tokyo("2026-11-15 12:00"), 0) == tokyo("2026-11-15 12:00")
    with pytest.raises(ValueError, match="counted forwards"):
        calendar.add_minutes(tokyo("2026-11-15 12:00"), -1)


def test_elapsed_time_backwards_is_negative():
    calendar = WorkCalendar(TOKYO, week(STRAIGHT))

    assert calendar.minutes_between(tokyo("2026-11-16 10:30"), tokyo("2026-11-13 17:30")) == -120


@pytest.mark.parametrize(
    ("at", "is_open", "opening"),
    [
        ("2026-11-16 09:00", True, "2026-11-16 09:00"),
        ("2026-11-16 08:59", False, "2026-11-16 09:00"),
        ("2026-11-16 12:00", False, "2026-11-16 13:00"),
        ("2026-11-16 17:59:59", True, "2026-11-16 17:59:59"),
        ("2026-11-20 18:00", False, "2026-11-24 09:00"),
        ("2026-12-31 10:00", False, "2027-01-04 09:00"),
    ],
)
def test_opening_is_working_time_and_closing_is_not(at, is_open, opening):
    calendar = WorkCalendar(TOKYO, week(LUNCH), closed=YEAR_END, is_holiday=HOLIDAYS.__contains__)

    assert calendar.is_open(tokyo(at)) is is_open
    assert calendar.next_open(tokyo(at)) == tokyo(opening)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-11-16 10:00", 1, "2026-11-17 18:00"),
        ("2026-11-16 03:00", 1, "2026-11-17 18:00"),
        ("2026-11-20 17:59", 1, "2026-11-24 18:00"),  # weekend, then the Monday holiday
        ("2026-11-21 12:00", 1, "2026-11-24 18:00"),  # from a Saturday
        ("2026-11-16 10:00", 5, "2026-11-24 18:00"),
        ("2026-12-28 10:00", 3, "2027-01-06 18:00"),
    ],
)
def test_working_days_end_at_the_closing_of_the_nth_day_after(start, n, due):
    calendar = WorkCalendar(TOKYO, week(LUNCH), closed=YEAR_END, is_holiday=HOLIDAYS.__contains__)

    assert calendar.close_of_nth_working_day(tokyo(start), n) == tokyo(due)


def test_start_day_is_the_local_one():
    calendar = WorkCalendar(TOKYO, week(STRAIGHT))

    # 23:30 UTC on Monday is Tuesday morning in Tokyo.
    due = calendar.close_of_nth_working_day(datetime(2026, 11, 16, 23, 30, tzinfo=UTC), 1)

    assert due == tokyo("2026-11-18 18:00")


def test_date_duty_is_due_at_that_days_closing_or_the_next_working_days():
    calendar = WorkCalendar(TOKYO, week(LUNCH), is_holiday=HOLIDAYS.__contains__)

    assert calendar.closing_of(date(2026, 11, 20)) == tokyo("2026-11-20 18:00")
    assert calendar.closing_of(date(2026, 11, 21)) == tokyo("2026-11-24 18:00")


def test_an_opened_day_beats_week_holiday_and_closing():
    saturday, holiday, closing = date(2026, 11, 21), date(2026, 11, 23), date(2026, 11, 24)
    morning = ((time(10), time(12)),)
    calendar = WorkCalendar(
        TOKYO,
        week(STRAIGHT),
        closed=frozenset({closing}),
        opened={saturday: morning, holiday: morning, closing: morning},
        is_holiday=HOLIDAYS.__contains__,
    )

    assert calendar.add_minutes(tokyo("2026-11-20 18:00"), 6 * 60) == tokyo("2026-11-24 12:00")
    assert [calendar.is_working_day(day) for day in (saturday, holiday, closing)] == [True, True, True]


def test_windows_between_two_moments_are_cut_to_them():
    calendar = WorkCalendar(TOKYO, week(LUNCH), closed=YEAR_END)

    spans = calendar.windows(tokyo("2026-12-28 11:00"), tokyo("2027-01-04 10:00"))

    assert spans == [
        (tokyo("2026-12-28 11:00"), tokyo("2026-12-28 12:00")),
        (tokyo("2026-12-28 13:00"), tokyo("2026-12-28 18:00")),
        (tokyo("2027-01-04 09:00"), tokyo("2027-01-04 10:00")),
    ]


def test_a_round_the_clock_calendar_counts_every_minute():
    calendar = WorkCalendar(TOKYO, (((time(0), time(0)),),) * 7)

    assert calendar.add_minutes(tokyo("2026-12-31 23:00"), 120) == tokyo("2027-01-01 01:00")


@pytest.mark.parametrize(
    ("day", "minutes"),
    [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60), ("2026-03-30", 24 * 60)],
)
def test_days_of_the_clock_change_have_their_true_length(day, minutes):
    calendar = WorkCalendar(BERLIN, (((time(0), time(0)),),) * 7)
    begin = calendar.midnight_of(date.fromisoformat(day))
    end = calendar.midnight_of(date.fromisoformat(day) + timedelta(days=1))

    assert calendar.minutes_between(begin, end) == minutes
    assert calendar.add_minutes(begin, minutes) == end


@pytest.mark.parametrize(
    ("day", "minutes"),
    [("2026-03-29", 30), ("2026-10-25", 150), ("2026-11-01", 90)],
)
def test_a_window_across_the_clock_change_covers_what_the_clock_reads(day, minutes):
    # 01:30-03:00: half of it is skipped in spring (02:00-03:00), an hour comes twice in autumn.
    calendar = WorkCalendar(BERLIN, (((time(1, 30), time(3)),),) * 7)
    begin = calendar.midnight_of(date.fromisoformat(day))

    assert calendar.minutes_between(begin, begin + timedelta(hours=12)) == minutes


def test_a_calendar_without_working_time_is_a_named_error():
    empty = WorkCalendar(TOKYO, ((),) * 7)
    only_holidays = WorkCalendar(TOKYO, week(STRAIGHT), is_holiday=lambda day: True)
    at = tokyo("2026-11-16 10:00")

    for calendar in (empty, only_holidays):
        for question in (
            lambda calendar=calendar: calendar.add_minutes(at, 1),
            lambda calendar=calendar: calendar.next_open(at),
            lambda calendar=calendar: calendar.close_of_nth_working_day(at, 1),
            lambda calendar=calendar: calendar.closing_of(at.date()),
        ):
            with pytest.raises(NoWorkingTime):
                question()


def test_one_open_day_is_not_enough_for_a_longer_promise():
    calendar = WorkCalendar(TOKYO, ((),) * 7, opened={date(2026, 11, 16): ((time(9), time(10)),)})
    at = tokyo("2026-11-14 10:00")

    assert calendar.add_minutes(at, 60) == tokyo("2026-11-16 10:00")
    with pytest.raises(NoWorkingTime):
        calendar.add_minutes(at, 61)


@pytest.mark.parametrize(
    "windows",
    [
        ((time(18), time(9)),),
        ((time(9), time(9)),),
        ((time(9), time(13)), (time(12), time(18))),
        ((time(13), time(18)), (time(9), time(12))),
        ((time(20), time(0)), (time(1), time(2))),
    ],
)
def test_windows_that_overlap_or_run_backwards_are_refused(windows):
    with pytest.raises(BadWindows):
        WorkCalendar(TOKYO, week(windows))


def test_a_naive_moment_is_refused():
    calendar = WorkCalendar(TOKYO, week(STRAIGHT))

    with pytest.raises(ValueError, match="time zone"):
        calendar.add_minutes(datetime(2026, 11, 16, 10), 30)  # noqa: DTZ001


def test_ten_years_of_minutes_come_back_as_they_went():
    calendar = WorkCalendar(TOKYO, week(LUNCH), is_holiday=HOLIDAYS.__contains__)
    start, minutes = tokyo("2026-11-20 17:30"), 10 * 250 * 480

    due = calendar.add_minutes(start, minutes)

    assert due.year == 2036
    assert calendar.minutes_between(start, due) == minutes


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 0),
        (date(2026, 11, 20), date(2026, 11, 24), 1),
        (date(2026, 11, 16), date(2026, 11, 24), 5),
        (date(2026, 12, 28), date(2027, 1, 5), 2),
        (date(2026, 11, 24), date(2026, 11, 20), 0),
    ],
)
def test_working_days_between_two_dates(first, last, days):
    calendar = WorkCalendar(TOKYO, week(LUNCH), closed=YEAR_END, is_holiday=HOLIDAYS.__contains__)

    assert calendar.working_days_between(first, last) == days


def test_a_working_day_has_the_length_of_its_windows():
    assert WorkCalendar(TOKYO, week(LUNCH)).day_minutes == 480
    assert WorkCalendar(TOKYO, ((),) * 7).day_minutes == 0

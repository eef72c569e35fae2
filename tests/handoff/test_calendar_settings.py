"""Stored calendars: who is counted by which, holidays by name, and what cannot be saved."""

from datetime import date

import pytest
from django.utils import translation

from handoff.models import Calendar, SlaPolicy
from handoff.queries import calendars
from handoff.queries.holidays import holiday_name
from handoff.services import calendars as calendar_service
from handoff.services import policies
from tests.cast import cast, organization, tokyo

pytestmark = pytest.mark.django_db
NINE_TO_SIX = {str(day): [["09:00", "18:00"]] for day in range(5)}
AFTERNOONS = {str(day): [["13:00", "17:00"]] for day in range(5)}


@pytest.fixture
def people():
    organization()
    return cast()


def opening(calendar):
    return calendar.next_open(tokyo("2026-11-16 00:00"))


def test_without_any_calendar_the_usual_hours_hold():
    calendar = calendars.default()

    assert calendar.add_minutes(tokyo("2026-11-20 17:30"), 60) == tokyo("2026-11-24 09:30")
    assert calendar.minutes_between(tokyo("2026-11-16 00:00"), tokyo("2026-11-17 00:00")) == 480


def test_person_beats_team_beats_organisation(people):
    Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)
    Calendar.objects.create(name="営業1部", weekly=AFTERNOONS, team=people.field)
    Calendar.objects.create(name="佐藤", weekly={"0": [["10:00", "16:00"]]}, user=people.sato)

    assert opening(calendars.default()) == tokyo("2026-11-16 09:00")
    assert opening(calendars.for_team(people.field)) == tokyo("2026-11-16 13:00")
    assert opening(calendars.for_receiver(user=people.sato, team=people.field)) == tokyo("2026-11-16 10:00")
    assert opening(calendars.for_receiver(user=people.otto, team=people.field)) == tokyo("2026-11-16 13:00")
    assert opening(calendars.for_user(people.otto)) == tokyo("2026-11-16 09:00")


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2026, 11, 23), "勤労感謝の日", "Labor Thanksgiving Day"),
        (date(2026, 5, 6), "振替休日", "Substitute Holiday"),
        (date(2026, 9, 22), "国民の休日", "National Holiday"),
    ],
)
def test_holidays_have_names_in_both_languages(day, ja, en):
    with translation.override("ja"):
        assert holiday_name(day) == ja
    with translation.override("en"):
        assert holiday_name(day) == en
    assert holiday_name(date(2026, 11, 24)) is None


def test_a_closing_of_every_year_runs_over_new_year(people):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)
    calendar_service.add_closing_days(
        calendar=calendar,
        starts_on=date(2020, 12, 29),
        ends_on=date(2021, 1, 3),
        every_year=True,
        by=people.ada,
        at=tokyo("2026-11-16 10:00"),
    )

    assert calendars.default().next_open(tokyo("2026-12-28 18:00")) == tokyo("2027-01-04 09:00")
    assert calendars.default().next_open(tokyo("2030-12-28 18:00")) == tokyo("2031-01-06 09:00")


def test_an_opened_holiday_and_saturday_have_the_usual_hours(people):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)
    calendar_service.add_closing_days(
        calendar=calendar,
        starts_on=date(2026, 11, 21),
        ends_on=date(2026, 11, 23),
        is_open=True,
        by=people.ada,
        at=tokyo("2026-11-16 10:00"),
    )

    found = calendars.default()
    assert found.minutes_between(tokyo("2026-11-21 00:00"), tokyo("2026-11-24 00:00")) == 3 * 540


def test_a_change_is_seen_by_the_next_question(people):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)
    assert opening(calendars.default()) == tokyo("2026-11-16 09:00")

    calendar_service.change(
        calendar=calendar, values={"weekly": AFTERNOONS}, by=people.ada, at=tokyo("2026-11-13 10:00")
    )

    assert opening(calendars.default()) == tokyo("2026-11-16 13:00")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"weekly": {}}, "no_working_time"),
        ({"weekly": {"0": [["18:00", "09:00"]]}}, "bad_calendar"),
        ({"weekly": {"0": [["09:00", "13:00"], ["12:00", "18:00"]]}}, "bad_calendar"),
        ({"weekly": {"0": [["9 o'clock", "18:00"]]}}, "bad_calendar"),
        ({"weekly": ["09:00"]}, "bad_calendar"),
        ({"time_zone": "Asia/Atlantis"}, "bad_calendar"),
        ({"time_zone": "../etc"}, "bad_calendar"),
        ({"country": "XX"}, "bad_calendar"),
    ],
)
def test_what_arithmetic_could_not_use_is_refused(people, values, code):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)

    with pytest.raises(calendar_service.Invalid) as refused:
        calendar_service.change(calendar=calendar, values=values, by=people.ada, at=tokyo("2026-11-16 10:00"))

    assert refused.value.code == code
    assert Calendar.objects.get().weekly == NINE_TO_SIX


def test_a_closing_period_that_runs_backwards_is_refused(people):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)

    with pytest.raises(calendar_service.BadCalendar):
        calendar_service.add_closing_days(
            calendar=calendar,
            starts_on=date(2026, 8, 15),
            ends_on=date(2026, 8, 13),
            by=people.ada,
            at=tokyo("2026-11-16 10:00"),
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "minutes"),
        ({"minutes": 30, "working_days": 2}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"working_days": 251}, "working_days"),
        ({"minutes": 30, "warn_at": [50, 100]}, "warn_at"),
    ],
)
def test_a_policy_nobody_can_keep_is_refused(people, values, field):
    with pytest.raises(policies.BadPolicy) as refused:
        policies.set_policy(kind="contact", by=people.ada, at=tokyo("2026-11-16 10:00"), **values)

    assert [error.field for error in refused.value.errors] == [field]
    assert not SlaPolicy.objects.exists()


def test_a_policy_taken_away_leaves_the_default(people):
    at = tokyo("2026-11-16 10:00")
    policy = policies.set_policy(kind="contact", minutes=60, by=people.ada, at=at)

    policies.remove_policy(policy=policy, by=people.ada, at=at)

    assert not SlaPolicy.objects.exists()


def test_only_who_may_change_settings_changes_hours_and_policies(people):
    calendar = Calendar.objects.create(name="会社", weekly=NINE_TO_SIX)
    at = tokyo("2026-11-16 10:00")

    with pytest.raises(calendar_service.NotYourCalendar):
        calendar_service.change(calendar=calendar, values={"weekly": AFTERNOONS}, by=people.maki, at=at)
    with pytest.raises(policies.NotYourPolicy):
        policies.set_policy(kind="contact", minutes=60, by=people.sato, at=at)

    assert Calendar.objects.get().weekly == NINE_TO_SIX
    assert not SlaPolicy.objects.exists()

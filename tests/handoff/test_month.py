"""The month of a calendar: what each day shows, pressing a day, whose calendar it is, where a week begins."""

import re
from datetime import date

import pytest
from django.utils.translation import override

from accounts.interface import dates
from accounts.models import Absence
from handoff.models import Calendar, Clock, ClosingDay
from handoff.queries import calendars
from handoff.services import calendars as calendar_service
from handoff.services import defaults
from handoff.web.settings.month import month_of, names_of
from journal import clock
from tests.at_once import at_once
from tests.cast import cast as make_cast
from tests.cast import organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
AT = tokyo("2026-11-20 10:00")  # a Friday; Monday 11/23 is a holiday


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def people():
    organization()
    people = make_cast()
    defaults.install(preset="small", at=AT)
    return people


@pytest.fixture
def company(people):
    return Calendar.objects.get(team=None, user=None)


@pytest.fixture
def page(client, people):
    def get(path="/settings/calendar/", *, by=people.ada, language="en", **data):
        client.force_login(by)
        client.cookies["handoff_language"] = language
        return client.post(path, data) if data else client.get(path)

    return get


def press(page, day, wish, **more):
    return page("/settings/calendar/day/", on=f"{day}:{wish}", month=day[:7], **more)


def fields(calendar, first=date(2026, 11, 1), **more):
    weeks = month_of(calendar, first, date(2026, 11, 20), more.pop("names", {}), **more)
    return {day.on: day for week in weeks for day in week}


def test_each_day_has_its_hours_and_its_name(people, company):
    ClosingDay.objects.create(
        calendar=company, starts_on=date(2020, 11, 26), ends_on=date(2020, 11, 27), every_year=True, name="創立記念日"
    )
    company.weekly = company.weekly | {"5": [["22:00", "24:00"]]}
    with override("ja"):
        days = fields(calendars.arithmetic(company), names=names_of(company.closing_days.all()))

    assert days[date(2026, 11, 20)].hours == ("9:00–12:00", "13:00–18:00")
    assert days[date(2026, 11, 20)].short == "9–18"
    assert (days[date(2026, 11, 23)].name, days[date(2026, 11, 23)].hours) == ("勤労感謝の日", ())
    assert [days[date(2026, 11, day)].name for day in (26, 27)] == ["創立記念日", "創立記念日"]
    assert days[date(2026, 11, 21)].hours == ("22:00–24:00",)
    assert not days[date(2026, 11, 22)].is_open


def test_holidays_are_those_of_the_calendars_country(people, company):
    assert fields(calendars.default(), country="US")[date(2026, 11, 26)].name in ("感謝祭", "Thanksgiving Day")
    assert fields(calendars.default(), country="")[date(2026, 11, 23)].name == ""


@pytest.mark.parametrize(("language", "begins", "first"), [("ja", "日", "2026-11-01"), ("en", "Mon", "2026-10-26")])
def test_a_week_begins_as_the_language_does_it(page, language, begins, first):
    text = page(language=language).content.decode()

    head = text[text.index('<table class="hf-month"') :]
    assert re.search(r'<th scope="col"[^>]*>([^<]+)<', head)[1] == begins
    assert head.index(f'id="d-{first}"') == head.index('id="d-')
    with override(language):
        assert dates.first_weekday() == (6 if language == "ja" else 0)


def test_pressing_a_day_closes_it_and_moves_what_is_owed(people, page, company):
    handoff = rows.offered(people, tokyo("2026-11-20 17:50"), to=people.sato)

    answer = press(page, "2026-11-24", "closed")

    assert answer["Location"] == "/settings/calendar/?month=2026-11#d-2026-11-24"
    assert not calendars.default().is_working_day(date(2026, 11, 24))
    assert Clock.objects.get(handoff=handoff, kind="answer").due_at == tokyo("2026-11-25 09:05")
    press(page, "2026-11-24", "open")
    assert not ClosingDay.objects.filter(starts_on=date(2026, 11, 24)).exists()
    assert Clock.objects.get(handoff=handoff, kind="answer").due_at == tokyo("2026-11-24 09:05")


def test_pressing_twice_does_it_once(page):
    for _ in range(2):
        press(page, "2026-11-24", "closed")

    assert ClosingDay.objects.filter(starts_on=date(2026, 11, 24)).count() == 1


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-22"])
def test_a_holiday_and_a_sunday_are_opened_for_that_day_alone(page, day):
    press(page, day, "open")
    assert calendars.default().is_working_day(date.fromisoformat(day))
    assert not calendars.default().is_working_day(date(2026, 11, 29))

    press(page, day, "closed")
    assert not calendars.default().is_working_day(date.fromisoformat(day))
    assert not ClosingDay.objects.filter(starts_on=date.fromisoformat(day)).exists()


def test_a_day_of_a_longer_closing_opens_alone(page, company):
    entry = {"starts_on": date(2020, 12, 29), "ends_on": date(2021, 1, 3), "every_year": True}
    ClosingDay.objects.create(calendar=company, **entry)

    press(page, "2026-12-30", "open")

    working = [day for day in range(28, 32) if calendars.default().is_working_day(date(2026, 12, day))]
    assert working == [28, 30]
    assert not calendars.default().is_working_day(date(2027, 12, 30))


def test_a_day_of_a_longer_opening_is_left_to_its_entry(people, page, company):
    ClosingDay.objects.create(
        calendar=company, starts_on=date(2026, 11, 21), ends_on=date(2026, 11, 23), is_open=True, name="展示会"
    )

    with pytest.raises(calendar_service.OpenedByALongerEntry):
        calendar_service.set_day(calendar=company, on=date(2026, 11, 22), is_open=False, by=people.ada, at=AT)
    assert press(page, "2026-11-22", "closed").status_code == 302

    assert calendars.default().is_working_day(date(2026, 11, 22))


def test_a_team_that_gets_its_own_keeps_the_companys_closing_days(people, page, company):
    day = {"starts_on": date(2026, 12, 25), "ends_on": date(2026, 12, 25), "name": "大掃除"}
    ClosingDay.objects.create(calendar=company, **day)

    answer = press(page, "2026-11-24", "closed", team=people.field.pk)

    assert answer["Location"] == f"/settings/calendar/?team={people.field.pk}&month=2026-11#d-2026-11-24"
    team = calendars.for_team(people.field)
    assert [team.is_working_day(date(2026, *on)) for on in ((11, 24), (12, 25), (12, 24))] == [False, False, True]
    assert calendars.default().is_working_day(date(2026, 11, 24))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_up_a_teams_hours_at_once_the_second_is_told(people):
    values = {"name": "営業1部", "weekly": calendars.USUAL_WEEK, "time_zone": "Asia/Tokyo", "country": "JP"}

    def create():
        calendar_service.create(values=values, team=people.field, by=people.ada, at=AT)

    answers = at_once(create, create)

    assert [type(one) for one in answers if isinstance(one, Exception)] == [calendar_service.HasOwnCalendar]
    assert Calendar.objects.filter(team=people.field).count() == 1


def test_a_persons_month_shows_absences_and_what_counts_for_them(people, page, django_assert_max_num_queries):
    Calendar.objects.create(name="営業1部", weekly={"4": [["13:00", "17:00"]]}, team=people.field)
    Absence.objects.create(user=people.sato, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 26), note="研修")
    Absence.objects.create(user=people.otto, starts_on=date(2026, 11, 27), ends_on=date(2026, 11, 27), note="秘密")
    page()
    with django_assert_max_num_queries(25):
        text = page(f"/settings/calendar/?person={people.sato.pk}").content.decode()

    assert text.count("研修</small>") == 2
    assert "13:00–17:00" in text
    assert "秘密" not in text
    press(page, "2026-11-27", "closed", person=people.sato.pk)
    assert not calendars.for_user(people.sato).is_working_day(date(2026, 11, 27))
    assert calendars.for_team(people.field).is_working_day(date(2026, 11, 27))


@pytest.mark.parametrize(
    "on",
    ["", "2026-11-31:closed", "2026-11-24", "2026-11-24:shut", "0000-00-00:open", "２０２６-11-24:closed"]
    + ["0001-01-01:open", "9999-12-31:open"],
)
def test_what_is_no_day_is_refused(page, on):
    before = ClosingDay.objects.count()

    assert page("/settings/calendar/day/", on=on, month="2026-11").status_code == 400
    assert ClosingDay.objects.count() == before


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "1999-12", "2101-01"])
def test_months_that_are_not_laid_out_show_this_one(page, month):
    assert 'name="month" value="2026-11"' in page(f"/settings/calendar/?month={month}").content.decode()


def test_only_who_changes_settings_presses(people, page):
    assert press(page, "2026-11-24", "closed", by=people.maki).status_code == 403
    assert page("/settings/calendar/?person=999999").status_code == 404


def test_the_last_working_time_cannot_be_pressed_away(people, page):
    Calendar.objects.filter(team=None, user=None).update(weekly={})
    company = Calendar.objects.get(team=None, user=None)
    ClosingDay.objects.create(calendar=company, starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24), is_open=True)

    assert press(page, "2026-11-24", "closed").status_code == 302
    assert ClosingDay.objects.filter(calendar=company, is_open=True).exists()

"""Settings of handing over: deadlines, calendars with their month, reasons."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from handoff.domain import presets
from handoff.models import Calendar, ClosingDay, Episode, Handoff, RejectReason, SlaPolicy
from handoff.queries import calendars, phase
from handoff.queries.policies import promise_for
from handoff.services import handoffs, reasons
from handoff.web.settings.month import month_of
from journal import clock
from journal.errors import Forbidden
from leads.models import LeadScore
from tests.cast import tokyo
from tests.handoff.rows import offered

AT = tokyo("2026-11-20 14:32")
HOURS = {f"day{day}": "9:00–12:00, 13:00–18:00" for day in range(5)} | {
    "day5": "",
    "day6": "",
    "time_zone": "Asia/Tokyo",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client, cast):
    def send(address, values):
        client.force_login(cast.ada)
        with clock.frozen(AT):
            return client.post(address, values)

    return send


@pytest.fixture
def get(client, cast):
    def fetch(address):
        client.force_login(cast.ada)
        with clock.frozen(AT):
            return client.get(address)

    return fetch


def test_a_changed_deadline_moves_open_clocks(post, cast):
    handoff = offered(cast, AT, to=cast.sato)
    post("/settings/deadlines/change/", {"kind": "contact", "band": "high", "amount": 60, "unit": "minutes"})
    assert promise_for(kind="contact", leg="inside_to_field", band="high").minutes == 60
    assert handoff.clocks.get(kind="contact").due_at == AT + timedelta(minutes=60)
    post("/settings/deadlines/change/", {"kind": "contact", "band": "high", "reset": "1"})
    assert not SlaPolicy.objects.exists()
    assert handoff.clocks.get(kind="contact").due_at == AT + timedelta(minutes=30)


@pytest.mark.parametrize("amount", ["0", "-5", "", "x", "999999999"])
def test_a_senseless_length_changes_nothing(post, amount):
    post("/settings/deadlines/change/", {"kind": "contact", "band": "high", "amount": amount, "unit": "minutes"})
    assert not SlaPolicy.objects.exists()


def test_hours_are_read_as_people_write_them(post):
    answer = post("/settings/calendar/", HOURS | {"day0": "10:00-15:30", "day4": " 9:00〜12:00、 13:00〜17:00 "})
    assert answer.status_code == 302
    weekly = Calendar.objects.get().weekly
    assert weekly["0"] == [["10:00", "15:30"]]
    assert weekly["4"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert "5" not in weekly


@pytest.mark.parametrize(
    "hours", ["９：００～１２：００、１３：００～１８：００", "９:00ー12:00，　13：00−18：00", "900-1200 1300－1800"]
)
def test_hours_are_read_as_a_japanese_keyboard_writes_them(post, hours):
    assert post("/settings/calendar/", HOURS | {"day2": hours}).status_code == 302
    assert Calendar.objects.get().weekly["2"] == [["09:00", "12:00"], ["13:00", "18:00"]]


def test_the_page_says_how_hours_are_entered_before_it_refuses_any(client, cast):
    client.force_login(cast.ada)
    text = client.get("/settings/calendar/").content.decode()
    assert 'id="hours-form">9:00–12:00, 13:00–18:00 のように' in text
    assert text.count('aria-describedby="hours-form"') == 7


@pytest.mark.parametrize(("language", "name"), [("ja", "標準"), ("en", "Standard")])
def test_the_companys_first_calendar_is_named_as_an_empty_company_names_it(post, client, language, name):
    client.cookies["handoff_language"] = language
    post("/settings/calendar/", HOURS)
    assert Calendar.objects.get().name == name


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("began_in", ["ja", "en"])
def test_the_shipped_rule_is_named_in_the_readers_language(began_in, language):
    with translation.override(began_in):
        stored = str(presets.RULE)
    with translation.override(language):
        assert presets.shown(stored) == str(presets.RULE)


@pytest.mark.parametrize("hours", ["morning", "9:00", "18:00-9:00", "9:00-12:00, 11:00-13:00", "25:00-26:00"])
def test_hours_that_cannot_be_read_are_said_beside_their_day(post, hours):
    answer = post("/settings/calendar/", HOURS | {"day0": hours})
    assert answer.status_code == 400
    assert "hf-error" in answer.content.decode()
    assert not Calendar.objects.exists()


def test_a_week_without_working_time_is_refused(post):
    answer = post("/settings/calendar/", {f"day{day}": "" for day in range(7)} | {"time_zone": "Asia/Tokyo"})
    assert answer.status_code == 400


@pytest.mark.parametrize("team", [False, True])
def test_a_time_zone_that_is_none_is_told_at_its_field(post, cast, team):
    given = {"team": cast.field.pk} if team else {}
    post("/settings/calendar/", HOURS | given)
    answer = post("/settings/calendar/", HOURS | given | {"time_zone": "Asia/Tokio"})
    assert answer.status_code == 400
    assert "タイムゾーン" in str(answer.context["form"].errors["time_zone"])
    assert 'value="Asia/Tokio"' in answer.content.decode()


def test_a_team_gets_a_calendar_of_its_own(post, cast):
    post("/settings/calendar/", HOURS | {"team": cast.field.pk, "day5": "10:00-12:00"})
    assert calendars.for_team(cast.field).is_open(tokyo("2026-11-21 11:00"))
    assert not calendars.for_team(cast.other_field).is_open(tokyo("2026-11-21 11:00"))


def test_closing_days_are_added_and_taken_away(post, get):
    days = {"starts_on": "2026-12-29", "ends_on": "2027-01-03", "name": "年末年始", "every_year": "on"}
    assert post("/settings/calendar/closing/", days).status_code == 302
    closing = ClosingDay.objects.get()
    assert not calendars.default().is_working_day(date(2027, 12, 30))
    assert "年末年始" in get("/settings/calendar/?month=2026-12").content.decode()
    post(f"/settings/calendar/closing/{closing.pk}/", {})
    assert not ClosingDay.objects.exists()


def test_closing_days_end_after_they_begin(post):
    wrong = {"starts_on": "2026-12-29", "ends_on": "2026-12-01"}
    assert post("/settings/calendar/closing/", wrong).status_code == 400


def test_the_month_shows_holidays_by_name(cast):
    weeks = month_of(calendars.default(), date(2026, 11, 1), date(2026, 11, 20), {})
    days = {day.on: day for week in weeks for day in week}
    assert weeks[0][0].on == date(2026, 10, 26)
    assert weeks[-1][-1].on == date(2026, 12, 6)
    assert days[date(2026, 11, 23)].name == "勤労感謝の日"
    assert not days[date(2026, 11, 23)].is_open
    assert days[date(2026, 11, 20)].is_today
    assert days[date(2026, 11, 24)].is_open


@pytest.mark.parametrize("month", ["2026-13", "nonsense", "0000-01", "9999-12-01"])
def test_a_month_that_is_none_shows_this_one(get, month):
    answer = get(f"/settings/calendar/?month={month}")
    assert answer.status_code == 200
    assert "2026年11月" in answer.content.decode()


def test_a_reason_keeps_its_code_and_says_what_follows(post):
    values = {"label_ja": "検討中止", "label_en": "Stopped for now", "follows": "nurture", "resurface_days": 60}
    assert post("/settings/reasons/new/", values | {"is_active": "on"}).status_code == 302
    reason = RejectReason.objects.get(label_ja="検討中止")
    assert (reason.code, reason.resurface_days) == ("stopped_for_now", 60)
    post(f"/settings/reasons/{reason.pk}/", values | {"label_en": "Paused", "resurface_days": 90})
    reason.refresh_from_db()
    assert (reason.code, reason.label_en, reason.resurface_days, reason.is_active) == (
        "stopped_for_now",
        "Paused",
        90,
        False,
    )


def test_a_reason_for_nurture_needs_its_days(post):
    values = {"label_ja": "検討中止", "label_en": "Stopped", "follows": "nurture", "resurface_days": ""}
    answer = post("/settings/reasons/new/", values)
    assert answer.status_code == 400
    assert "1から730" in answer.content.decode()


def test_reasons_are_the_administrators(cast):
    with pytest.raises(Forbidden):
        reasons.keep(
            reason=None,
            label_ja="あ",
            label_en="a",
            follows="return",
            resurface_days=None,
            is_active=True,
            by=cast.sato,
            at=AT,
        )


def test_ar_41_the_settings_show_the_phase_reached_and_the_next_step(get, cast):
    assert phase.current() == phase.Phase(1, 0, 1)
    assert "次は、リードの取り込み" in get("/settings/").content.decode()
    first = offered(cast, AT, to=cast.sato)
    LeadScore.objects.create(lead=first.lead, total=30, band="high", as_of=AT.date(), computed_at=AT)
    assert phase.current() == phase.Phase(2, 0, 10)
    for _number in range(9):
        offered(cast, AT, to=cast.sato)
    for handoff in Handoff.objects.all():
        handoffs.accept(handoff=handoff, by=cast.sato, at=AT)
    assert phase.current() == phase.Phase(3, 0, 10), "accepting is no result"
    page = get("/settings/").content.decode()
    assert "引き渡し10件の結果の報告まで。いま0件です" in page
    assert page.count('class="past"') == 2
    Episode.objects.update(outcome="won")
    assert "答え合わせ" in get("/settings/").content.decode()


def test_every_reason_gets_a_code_of_its_own_and_no_name_twice(cast):
    def keep(label):
        given = {"follows": "disqualify", "resurface_days": None, "is_active": True}
        return reasons.keep(reason=None, label_ja=f"{label}。", label_en=label, by=cast.ada, at=AT, **given)

    codes = [keep(label).code for label in ("Away", "Away 3", "Away!", "Away?", "Away.")]
    assert codes == ["away", "away_3", "away_2", "away_4", "away_5"]
    with pytest.raises(reasons.BadReason) as caught:
        keep("Away")
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("label_ja", "taken"),
        ("label_en", "taken"),
    ]

"""Dates, lengths, figures and names as people read them, in both languages."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from accounts.interface import clock_faces, dates, drawing, figures
from accounts.interface.clock_faces import ClockFace
from tests.cast import tokyo

FRIDAY = tokyo("2026-11-20 14:32")
TODAY = date(2026, 11, 20)


@pytest.fixture(params=["ja", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def test_moment_has_weekday_and_time(language):
    said = dates.moment(tokyo("2026-11-21 14:30"), today=TODAY)
    assert said == {"ja": "11/21(土) 14:30", "en": "Sat\N{NO-BREAK SPACE}21\N{NO-BREAK SPACE}Nov 14:30"}[language]


def test_day_of_another_year_says_its_year(language):
    said = dates.day(date(2027, 2, 22), today=TODAY)
    assert (
        said
        == {"ja": "2027/2/22(月)", "en": "Mon\N{NO-BREAK SPACE}22\N{NO-BREAK SPACE}Feb\N{NO-BREAK SPACE}2027"}[language]
    )


def test_day_without_today_is_told_as_of_when_it_is_read(language):
    with dates.read_at(lambda: tokyo("2031-01-01 00:30")):
        said = dates.day(date(2031, 2, 22)), dates.day(date(2030, 12, 31))
    assert (
        said
        == {
            "ja": ("2/22(土)", "2030/12/31(火)"),
            "en": (
                "Sat\N{NO-BREAK SPACE}22\N{NO-BREAK SPACE}Feb",
                "Tue\N{NO-BREAK SPACE}31\N{NO-BREAK SPACE}Dec\N{NO-BREAK SPACE}2030",
            ),
        }[language]
    )


@pytest.mark.parametrize(
    ("days", "japanese", "english"),
    [
        (0, "今日 14:32", "today 14:32"),
        (-1, "昨日 14:32", "yesterday 14:32"),
        (1, "明日 14:32", "tomorrow 14:32"),
        (-2, "11/18(水) 14:32", "Wed\N{NO-BREAK SPACE}18\N{NO-BREAK SPACE}Nov 14:32"),
    ],
)
def test_near_moment_uses_words_for_the_days_around_today(language, days, japanese, english):
    said = dates.near_moment(FRIDAY + timedelta(days=days), today=TODAY)
    assert said == {"ja": japanese, "en": english}[language]


@pytest.mark.parametrize(
    ("at", "japanese", "english"),
    [
        ("2026-11-20 18:00", ("11/20(金) 18:00", "今日 18:00"), ("Fri 20 Nov 18:00", "today 18:00")),
        ("2026-11-21 00:00", ("11/20(金) 24:00", "今日 24:00"), ("Fri 20 Nov 24:00", "today 24:00")),
        ("2026-11-21 00:01", ("11/21(土) 0:01", "明日 0:01"), ("Sat 21 Nov 0:01", "tomorrow 0:01")),
        ("2027-01-01 00:00", ("12/31(木) 24:00",) * 2, ("Thu 31 Dec 24:00",) * 2),
    ],
)
def test_due_at_midnight_is_the_end_of_the_day_before(language, at, japanese, english):
    said = dates.due(tokyo(at), today=TODAY), dates.near_due(tokyo(at), today=TODAY)
    assert (
        tuple(words.replace("\N{NO-BREAK SPACE}", " ") for words in said) == {"ja": japanese, "en": english}[language]
    )


@pytest.mark.parametrize(
    ("days", "japanese", "english"),
    [(0, "今日", "today"), (1, "昨日", "yesterday"), (3, "3日前", "3 days ago"), (48, "48日前", "48 days ago")],
)
def test_days_ago(language, days, japanese, english):
    assert dates.days_ago(FRIDAY - timedelta(days=days), today=TODAY) == {"ja": japanese, "en": english}[language]


@pytest.mark.parametrize(
    ("minutes", "japanese", "english"),
    [(48, "48分", "48 min"), (72, "1時間12分", "1 h 12 min"), (125, "2時間05分", "2 h 05 min"), (120, "2時間", "2 h")],
)
def test_length(language, minutes, japanese, english):
    assert dates.length(minutes) == {"ja": japanese, "en": english}[language]


@pytest.mark.parametrize(
    ("amount", "japanese", "english"),
    [
        (15_300_000, "1,530万円", "¥15.3M"),
        (Decimal("480000.00"), "48万円", "¥480,000"),
        (9_800, "9,800円", "¥9,800"),
        (None, "–", "–"),
        ("", "–", "–"),
    ],
)
def test_money_in_tables(language, amount, japanese, english):
    assert figures.money(amount) == {"ja": japanese, "en": english}[language]


def test_money_in_full_keeps_every_digit(language):
    assert figures.money_in_full(15_300_000) == {"ja": "15,300,000円", "en": "¥15,300,000"}[language]


@pytest.mark.parametrize(("value", "said"), [(3.2, "+3.2pt"), (-1.1, "−1.1pt"), (0, "±0.0pt"), (None, "–")])
def test_changes_carry_a_real_minus(value, said):
    assert figures.points(value) == said


def test_share_of_nothing_is_a_dash():
    assert figures.share(0, 0) == "–"
    assert figures.share(32, 34) == "94.1%"


def test_person_in_japanese_letters_keeps_japanese_order(language):
    assert figures.person(SimpleNamespace(last_name="井坂", first_name="勲")) == "井坂 勲"


def test_person_in_latin_letters_reads_first_name_first_in_english(language):
    said = figures.person(SimpleNamespace(last_name="Nakamura", first_name="Ken"))
    assert said == {"ja": "Nakamura Ken", "en": "Ken Nakamura"}[language]


def face(**changes):
    values = {"due_at": FRIDAY, "at": FRIDAY, "remaining": 84, "total": 168} | changes
    return ClockFace(**values)


@pytest.mark.parametrize(
    ("clock", "state", "japanese", "english"),
    [
        (face(total=240), "soon", "残り 1時間24分", "1 h 24 min left"),
        (face(total=120), "ok", "残り 1時間24分", "1 h 24 min left"),
        (face(remaining=-24.6), "late", "期限超過 24分", "Overdue by 24 min"),
        (face(remaining=-0.2), "late", "期限超過 1分", "Overdue by 1 min"),
        (face(remaining=0.4), "soon", "残り 1分", "1 min left"),
        (face(remaining=1000, total=1100), "ok", "残り 2営業日", "2 working days left"),
        (
            face(opens_at=tokyo("2026-11-24 09:00"), total=100),
            "paused",
            "営業時間外 11/24(火)\u00a09:00から",
            "Closed until Tue\u00a024\u00a0Nov\u00a09:00",
        ),
        (
            face(at=tokyo("2026-11-24 08:10"), opens_at=tokyo("2026-11-24 09:00"), total=100),
            "paused",
            "営業時間外 9:00から",
            "Closed until 9:00",
        ),
        (face(met_after=48), "met", "期限内（48分）", "in time (48 min)"),
    ],
)
def test_clock_says_its_state(language, clock, state, japanese, english):
    assert clock.state == state
    assert clock_faces.say(clock) == {"ja": japanese, "en": english}[language]


def test_clock_in_a_row_puts_the_length_first(language):
    said = clock_faces.say(face(remaining=-24), style="row")
    assert said == {"ja": "24分 超過", "en": "24 min late"}[language]


@pytest.mark.parametrize(("days", "squares"), [(0, 1), (1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4), (99, 4)])
def test_age_in_squares(days, squares):
    assert drawing.squares(days) == squares


@pytest.mark.parametrize(
    ("days", "moon"), [(None, "none"), (0, "week"), (7, "week"), (8, "month"), (30, "month"), (31, "old")]
)
def test_last_contact_wanes(days, moon):
    assert drawing.moon(days) == moon


def test_bar_never_leaves_its_scale():
    assert drawing.width(150, 100) == 100
    assert drawing.width(-3, 100) == 0
    assert drawing.width(1, 3) == 33.3
    assert drawing.width(5, 0) == 0


def test_spark_needs_two_known_values():
    assert drawing.spark([None, 3, None]) is None
    line = drawing.spark([1, None, 3], goal=2)
    assert line.path == "M1.0 26.0 L79.0 2.0"
    assert line.goal_y == 14

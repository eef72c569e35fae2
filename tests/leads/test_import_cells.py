"""What people write into cells, and what is made of it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from leads.domain import import_cells as cells
from leads.domain.import_dates import understand_date
from leads.domain.import_faults import CellFault
from leads.domain.import_person_names import split_kana, split_name


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("なし", 0),
        ("×", 0),
        ("0", 0),
        ("あり", 1),
        ("○", 1),
        ("2回以上", 2),
        ("３回", 3),
        ("2〜3回", 2),
        ("約10回", 10),
        ("1,000", 1000),
    ],
)
def test_count_reads_what_people_write(text: str, count: int) -> None:
    assert cells.understand_count(text) == count


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("120名", (120, 120)),
        ("1,200人", (1200, 1200)),
        ("５０名", (50, 50)),
        ("101〜300名", (101, 300)),
        ("101-300", (101, 300)),
        ("10～50人", (10, 50)),
        ("300名以上", (300, None)),
        ("1000人～", (1000, None)),
        ("50名未満", (1, 49)),
        ("不明", None),
    ],
)
def test_employees_reads_numbers_and_ranges(text: str, bounds: object) -> None:
    assert cells.understand_employees(text) == bounds


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("２０２６／１／５", date(2026, 1, 5)),
        ("2026年1月5日(月)", date(2026, 1, 5)),
        ("令和8年1月5日", date(2026, 1, 5)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R8.1.5", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("46027", date(2026, 1, 5)),
        ("46027.5", datetime(2026, 1, 5, 12)),  # noqa: DTZ001
        ("13/2/2026", date(2026, 2, 13)),
        ("5/5/2026", date(2026, 5, 5)),
        ("Jan 5, 2026", date(2026, 1, 5)),
        ("2026/1/5 14:30", datetime(2026, 1, 5, 14, 30)),  # noqa: DTZ001
        ("2026-01-05T01:02:03Z", datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC)),
        ("2026-01-05T10:00:00+09:00", datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=9)))),
    ],
)
def test_date_reads_every_spelling(text: str, moment: object) -> None:
    assert understand_date(text) == moment


def test_date_with_two_readings_asks_for_the_order() -> None:
    with pytest.raises(CellFault) as caught:
        understand_date("1/2/2026")
    assert caught.value.code == "date_order"
    assert understand_date("1/2/2026", order="dmy") == date(2026, 2, 1)
    assert understand_date("1/2/2026", order="mdy") == date(2026, 1, 2)


@pytest.mark.parametrize("text", ["5月3日", "５月３日（日）", "6/4", "12-31", "5/3 10:30"])
def test_date_without_a_year_says_what_it_lacks(text: str) -> None:
    with pytest.raises(CellFault) as caught:
        understand_date(text)
    assert caught.value.code == "year_missing"


@pytest.mark.parametrize("text", ["13月3日", "5/32", "4月末ごろ", "4.5", "未定"])
def test_what_is_no_day_of_any_year_is_not_a_date(text: str) -> None:
    with pytest.raises(CellFault) as caught:
        understand_date(text)
    assert caught.value.code == "date"


@pytest.mark.parametrize("text", ["2026/2/30", "26/1/5", "昨日", "99999999", "1/2", "2026-13-01", "0000-01-01", ""])
def test_date_refuses_what_is_none(text: str) -> None:
    with pytest.raises(CellFault):
        understand_date(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("9012345678", "09012345678"),
        ("312345678", "0312345678"),
        ("03-1234-5678", "03-1234-5678"),
        ("+81 90-1234-5678", "+81 90-1234-5678"),
        ("なし", ""),
    ],
)
def test_phone_gets_back_its_lost_zero(text: str, phone: str) -> None:
    assert cells.understand_phone(text) == phone


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (cells.understand_phone, "1.23E+10", "shortened"),
        (cells.understand_corporate_number, "1.23457E+12", "shortened"),
        (cells.understand_corporate_number, "123", "corporate_number"),
        (cells.understand_email, "tanaka@example", "email"),
        (cells.understand_email, "a b@example.jp", "email"),
        (cells.understand_count, "たくさん", "count"),
        (cells.understand_count, "5000", "too_many"),
        (cells.understand_employees, "300〜100", "employees"),
        (cells.understand_money, "高い", "amount"),
        (cells.understand_url, "javascript:alert(1)", "url"),
        (cells.understand_contact, "受付へ", "contact"),
    ],
)
def test_cell_that_cannot_be_understood_is_refused(read, text: str, code: str) -> None:
    with pytest.raises(CellFault) as caught:
        read(text)
    assert caught.value.code == code


def test_contact_is_mail_or_phone_by_shape() -> None:
    assert cells.understand_contact("ｔａｎａｋａ@example.jp") == ("email", "tanaka@example.jp")
    assert cells.understand_contact("090-1234-5678") == ("mobile", "090-1234-5678")
    assert cells.understand_contact("03-1234-5678") == ("phone", "03-1234-5678")


def test_money_with_japanese_scales() -> None:
    assert cells.understand_money("1,530万円") == (Decimal(15_300_000), "JPY")
    assert cells.understand_money("$1,234.50") == (Decimal("1234.50"), "USD")


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("田中　一郎 様", "田中", "一郎"),
        ("田中一郎", "田中一郎", ""),
        ("John Smith", "Smith", "John"),
        ("Anna Lee Brown", "Brown", "Anna Lee"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "Ｓｍｉｔｈ", "Ｊｏｈｎ"),
        ("Garcia, Maria", "Garcia", "Maria"),
        ("van der Berg，Emma", "van der Berg", "Emma"),
        ("John Smith, Jr.", "Smith Jr.", "John"),
        ("John Smith Jr.", "Smith Jr.", "John"),
        ("Anna Lee Brown III", "Brown III", "Anna Lee"),
        ("John Smith, Sr., PhD", "Smith Sr.", "John"),
        ("Smith, John, Jr.", "Smith Jr.", "John"),
        ("Smith Jr., John", "Smith Jr.", "John"),
        ("Smith, John Jr.", "Smith Jr.", "John"),
        ("Smith,John", "Smith", "John"),
        ("Smith, John, M.D.", "Smith", "John"),
        ("John Smith, Ph.D., MBA", "Smith", "John"),
        ("John Smith MD", "Smith", "John"),
        ("Dr. John Smith", "Smith", "John"),
        ("Prof. Dr. Anna Lee Brown", "Brown", "Anna Lee"),
        ("Smith, Dr. John", "Smith", "John"),
        ("Dr. Smith", "Smith", ""),
        ("Mr. YAMADA Taro", "YAMADA", "Taro"),
        ("YAMADA Taro, Ph.D.", "YAMADA", "Taro"),
        ("Taro MD", "MD", "Taro"),
        ("Md Rahman", "Rahman", "Md"),
        ("Rahman, Md", "Rahman", "Md"),
        ("Smith, MD", "Smith", ""),
        ("John Smith, Jr.,", "Smith Jr.", "John"),
        ("Jr.", "Jr.", ""),
        ("Smith, ", "Smith", ""),
        (", John", "John", ""),
        ("José Núñez", "Núñez", "José"),
        ("YAMADA Taro", "YAMADA", "Taro"),
        ("JOHN SMITH", "SMITH", "JOHN"),
        ("Madonna", "Madonna", ""),
        ("スミス ジョン", "スミス", "ジョン"),
        ("김 민수", "김", "민수"),
    ],
)
def test_name_in_latin_letters_is_read_first_name_first(text: str, last: str, first: str) -> None:
    assert split_name(text) == (last, first)


def test_column_of_full_names_is_read_first_name_first_in_other_letters() -> None:
    assert split_name("John Smith", given_first=True) == ("Smith", "John")
    assert split_name("van der Berg,", given_first=True) == ("van der Berg", "")
    assert split_name("田中 一郎", given_first=True) == ("田中", "一郎")


def test_reading_of_a_name_stands_last_name_first() -> None:
    assert split_kana("Tanaka Ichiro") == ("Tanaka", "Ichiro")
    assert split_kana("タナカ　イチロウ") == ("タナカ", "イチロウ")


@pytest.mark.parametrize("text", ["M.S. Dhoni", "M.R. Khan", "D.R. Horton"])
def test_initials_that_read_like_an_address_are_kept(text):
    assert set(split_name(text)) == set(text.split(" "))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Smith, JD", ("Smith", "JD")),
        ("Smith, J.D.", ("Smith", "J.D.")),
        ("Mr. Smith, JD", ("Smith", "JD")),
        ("Smith, D.R.", ("Smith", "D.R.")),
        ("Smith, Dr.", ("Smith", "")),
        ("Smith, M.D.", ("Smith", "")),
        ("Smith, JD, PhD", ("Smith", "JD")),
        ("Smith, Jr., JD", ("Smith Jr.", "JD")),
        ("Smith, John, JD", ("Smith", "John")),
        ("John Smith, JD", ("Smith", "John")),
        ("John Smith, M.D.", ("Smith", "John")),
        ("Smith, PhD", ("Smith", "")),
        ("Smith, MBA", ("Smith", "")),
        ("Smith, II", ("Smith II", "")),
    ],
)
def test_initials_behind_a_comma_are_the_first_name_where_nothing_else_is(text, name):
    assert split_name(text) == name

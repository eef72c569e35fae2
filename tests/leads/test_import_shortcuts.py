"""What an import does once for many rows, or by a short way, says what the long way says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain import import_cells as cells
from leads.domain.import_plan import Plan, build
from leads.domain.normalise import email_key, phone_key
from leads.domain.text_folding import fold, tidy

AT = datetime(2026, 11, 20, 12, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
COLUMNS = {
    "会社": "company.name",
    "従業員": "company.employee_count",
    "姓": "last_name",
    "メール": "email",
    "獲得日": "acquired_at",
    "名刺": "business_card_on",
    "DL": "activity:download",
    "タグ": "tags",
    "結果": "outcome",
    "状況": "status",
    "配信停止": {"field": "opted_out", "values": {"": "いいえ", "済": "はい"}},
    "備考": "note",
}
ROWS = [
    ["海商会", "10名", "田中", "a@example.jp", "2026/1/2", "", "2", "展示会、急ぎ", "", "受注", "済", "電話済"],
    [
        "海商会",
        "10名",
        "佐藤",
        "b@example.jp",
        "2026/1/2",
        "2025/12/1",
        "2",
        "展示会、急ぎ",
        "失注",
        "受注",
        "",
        "電話済",
    ],
    ["海商会", "多数", "林", "c@example.jp", "2027/1/2", "2025/12/1", "2026/3/4", "", "?", "保留", "?", ""],
    ["海商会", "多数", "森", "こわれた", "2027/1/2", "", "2026/3/4", "展示会", "?", "保留", "", "あ" * 3000],
    ["-", "10名", "", "", "", "2025/12/1", "なし", "展示会", "受注", "", "済"],
    ["", "", "原", "", "", "", "0", "", "", "", "", "", "余り"],
]


def plan() -> Plan:
    made, faults = build(
        headers=list(COLUMNS),
        mapping=COLUMNS,
        constants={"channel": "展示会"},
        match_on="",
        date_order="",
        zone=ZoneInfo("Asia/Tokyo"),
        activity_types={"download"},
        custom={},
        create_custom=False,
    )
    assert made is not None, faults
    return made


def test_rows_read_together_say_what_each_says_alone() -> None:
    shared = plan().at_moment(AT)
    rows = [*ROWS, *reversed(ROWS), *ROWS]
    together = [shared.read(row, at=AT) for row in rows]
    assert together == [plan().read(row, at=AT) for row in rows]
    assert together[0] == together[len(ROWS) * 2]
    codes = [[fault.code for fault in faults] for _values, faults in together[: len(ROWS)]]
    assert [bool(found) for found in codes] == [False, False, True, True, True, True]


def test_another_moment_reads_anew_what_lies_in_the_future() -> None:
    now = plan().at_moment(AT)
    row = ["海商会", "", "田中", "", "2026/12/24"]
    assert [fault.code for fault in now.read(row, at=AT)[1]] == ["future"]
    assert now.read(row, at=AT.replace(month=12, day=25))[1] == []
    assert [fault.code for fault in now.read(row, at=AT)[1]] == ["future"]


@pytest.mark.parametrize(
    ("head", "field", "cell", "flag"),
    [
        ("配信停止", "opted_out", "配信停止", True),
        ("メール配信", "opted_out", "配信可", False),
        ("Email", "opted_out", "Unsubscribed", True),
        ("連絡", "do_not_contact", "ＮＧ", True),
        ("連絡", "do_not_contact", "はい", True),
        ("配信停止", "opted_out", "連絡可", None),
    ],
)
def test_a_flag_is_read_in_the_words_of_its_own_column(head, field, cell, flag) -> None:
    made, _faults = build(
        headers=["氏名", head],
        mapping={"氏名": "name", head: field},
        constants={},
        match_on="",
        date_order="",
        zone=ZoneInfo("Asia/Tokyo"),
        activity_types=set(),
        custom={},
        create_custom=False,
    )
    values, faults = made.read(["田中 一", cell], at=AT)
    assert (values.lead.get(field), [fault.code for fault in faults]) == (flag, [] if flag is not None else ["yes_no"])


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=80))
def test_half_and_full_width_are_read_alike(text: str) -> None:
    wide = text.translate(WIDE)
    assert [fold(text), tidy(text), cells.plain(text)] == [fold(wide), tidy(wide), cells.plain(wide)]


@given(st.text(alphabet="ab.c-@+", max_size=14).map(lambda text: f"{text}.jp"))
def test_addresses_are_read_alike_in_half_and_full_width(text: str) -> None:
    assert email_key(text) == email_key(text.translate(WIDE))


@given(st.text(alphabet="0123456789-", min_size=6, max_size=16))
def test_numbers_are_read_alike_in_half_and_full_width(text: str) -> None:
    assert phone_key(text) == phone_key(text.translate(WIDE))

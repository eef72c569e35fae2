"""Header rows met in the wild, and what is understood of them."""

import pytest

from leads.domain.import_columns import channel_told, known_field, recognise, unique_headers
from leads.domain.import_headers import find_header


def columns(*lines: str) -> list[str]:
    return [name for line in lines for name in line.split(",")]


STARTER = columns("会社名,担当者名,業種,従業員数,役職,DL回数,セミナー参加,Web閲覧回数,スコア合計,優先度")
INVENTORY = columns("企業名,担当者名,連絡先,獲得経路,接触履歴,対応状況")
EIGHT = columns(
    "会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,FAX,携帯電話,URL,名刺交換日",
    "Eightでつながっている人,再データ化中の名刺,'?'を含んだデータ",
)
SANSAN = columns(
    "会社名,部署名,役職,氏名,郵便番号(1),住所(1)［全て］,TEL-1(1),FAX(1),携帯電話(1),Email(1),名刺所有者ユーザID"
)
HUBSPOT = columns(
    "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Lead Status,Lifecycle Stage",
    "Contact owner,Original Source,Create Date",
)
SALESFORCE = columns("LastName,FirstName,Company,Title,Email,Phone,LeadSource,Status,Rating,IsConverted,ConvertedDate")


def test_ar_09_starter_sheet_needs_no_mapping() -> None:
    found = recognise(STARTER)
    assert found.layout == "excel_starter"
    assert found.mapping == {
        "会社名": "company.name",
        "担当者名": "name",
        "業種": "company.industry",
        "従業員数": "company.employee_count",
        "役職": "title",
        "DL回数": "activity:document_download",
        "セミナー参加": "activity:webinar_attended",
        "Web閲覧回数": "activity:site_visit",
        "スコア合計": "stated_score",
        "優先度": "-",
    }
    assert found.unknown == []


def test_ar_12_inventory_needs_no_mapping() -> None:
    found = recognise(INVENTORY)
    assert found.layout == "inventory"
    assert list(found.mapping.values()) == ["company.name", "name", "contact", "channel", "note", "status"]


@pytest.mark.parametrize(
    ("headers", "layout", "expected"),
    [
        (
            EIGHT,
            "eight",
            {"氏名": "name", "TEL会社": "company.phone", "携帯電話": "mobile", "名刺交換日": "business_card_on"},
        ),
        (SANSAN, "sansan", {"Email(1)": "email", "住所(1)［全て］": "company.address", "TEL-1(1)": "company.phone"}),
        (HUBSPOT, "hubspot", {"Record ID": "external_id", "Original Source": "channel", "Contact owner": "owner"}),
        (SALESFORCE, "salesforce", {"LastName": "last_name", "ConvertedDate": "stage_at", "Status": "-"}),
    ],
)
def test_layout_is_recognised(headers: list[str], layout: str, expected: dict[str, str]) -> None:
    found = recognise(headers)
    assert found.layout == layout
    assert {key: found.mapping[key] for key in expected} == expected


def test_api_names_stand_for_themselves() -> None:
    names = ["external_id", "company.employee_count", "activity:site_visit", "custom.area", "qualification.need"]
    assert list(recognise(names).mapping.values()) == names


def test_unknown_columns_are_named_and_left_out() -> None:
    found = recognise(["mql_id", "first_contact_date", "origin"])
    assert found.mapping == {"mql_id": "-", "first_contact_date": "acquired_at", "origin": "-"}
    assert found.unknown == ["mql_id", "origin"]


def test_a_field_takes_one_column() -> None:
    assert list(recognise(["メール", "E-mail", "氏名"]).mapping.values()) == ["email", "-", "name"]
    assert list(recognise(["氏名", "姓", "名"]).mapping.values()) == ["-", "last_name", "first_name"]


@pytest.mark.parametrize(
    ("heads", "name"),
    [
        ("DL,ダウンロード,ＤＬ,Download", "activity:document_download"),
        ("Web訪問,WEB訪問回数", "activity:site_visit"),
    ],
)
def test_a_count_is_recognised_by_a_short_head(heads, name):
    for head in heads.split(","):
        assert recognise(columns(f"会社名,氏名,{head}")).mapping[head] == name


def test_visitors_of_an_exhibition_need_no_mapping() -> None:
    mapping = recognise(columns("会社名,氏名,展示会名,来場日")).mapping
    assert list(mapping.values()) == ["company.name", "name", "campaign", "activity:event_attended"]
    assert channel_told(mapping) == "展示会"
    assert channel_told(recognise(columns("会社名,氏名,獲得経路,展示会名")).mapping) == ""
    assert channel_told(mapping | {"展示会名": "-"}) == ""


def test_headers_become_unique() -> None:
    assert unique_headers(["TEL", "", "TEL"]) == ["TEL", "#2", "TEL (2)"]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        ([["東浜様にEightで生成された名刺リストです。"], ["合計 2 件"], EIGHT, ["東浜精工"]], 2),
        ([["mql_id", "first_contact_date", "origin"], ["dac3", "2018-02-01", "social"]], 0),
        ([["email"], ["mia@example.jp"]], 0),
        ([["2026年度 展示会リスト"], ["品番", "数量"], ["A1", "3"]], 1),
        ([["1", "2"], ["3", "4"]], None),
        ([["mia@example.jp", "03-1234-5678"]], None),
        ([], None),
    ],
)
def test_header_is_found_below_title_lines(rows: list[list[str]], index: int | None) -> None:
    assert find_header(rows) == index


@pytest.mark.parametrize(
    ("header", "field"), [("お役職", "title"), ("ご所属", "department"), ("御役職名", "title"), ("お客様", "")]
)
def test_polite_name_of_a_column_is_the_column(header: str, field: str) -> None:
    assert known_field(header) == field

"""What import and matching make of numbers, prefectures, old kanji and columns that have no known name."""

import pytest

from leads.domain import corporate_number
from leads.domain import import_cells as cells
from leads.domain.import_columns import layout_of, recognise
from leads.domain.import_custom import ColumnKind
from leads.domain.import_examples import is_example
from leads.domain.import_faults import CellFault
from leads.domain.import_guesses import guess
from leads.domain.import_totals import is_total
from leads.domain.normalise import company_key, person_key, phone_key, seniority_of
from leads.domain.prefectures import PREFECTURES, prefecture, prefecture_of


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("7000012050002", True),
        ("5010401067252", True),
        ("1180301018771", True),
        ("1180301018772", False),
        ("2180301018771", False),
        ("1180310018771", False),
        ("118030101877", False),
        ("１180301018771", False),
    ],
)
def test_check_digit_of_a_corporate_number(digits: str, valid: bool) -> None:
    assert corporate_number.is_valid(digits) is valid


def test_corporate_number_in_a_cell_is_checked() -> None:
    assert cells.understand_corporate_number("１１８０３０１０１８７７１") == "1180301018771"
    with pytest.raises(CellFault) as caught:
        cells.understand_corporate_number("1180301018772")
    assert caught.value.code == "check_digit"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("東京都", "東京都"),
        ("東京", "東京都"),
        ("京都", "京都府"),
        ("Tokyo", "東京都"),
        ("Tōkyō-to", "東京都"),
        ("Kyoto", "京都府"),
        ("HOKKAIDO", "北海道"),
        ("Osaka Prefecture", "大阪府"),
        ("13", "東京都"),
        ("01", "北海道"),
        ("47", "沖縄県"),
        ("California", ""),
        ("府", ""),
        ("", ""),
    ],
)
def test_prefecture_has_one_name(text: str, name: str) -> None:
    assert prefecture(text) == name


def test_every_prefecture_is_found_at_the_head_of_an_address() -> None:
    assert len(set(PREFECTURES)) == 47
    assert [prefecture_of(f"〒100-0001 {name}中央区1-2") for name in PREFECTURES] == list(PREFECTURES)
    assert prefecture_of("千代田区東京都通り") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("株式会社髙島屋", "㈱高島屋"),
        ("(株)濱田鐵工所", "浜田鉄工所株式会社"),
        ("澁澤倉庫㈱", "渋沢倉庫 (株)"),
        ("カ)ヒガシハマ", "ヒガシハマ(カ"),
        ("ｶ)ﾋｶﾞｼﾊﾏ", "株式会社ヒガシハマ"),
        ("國際藝術學院", "国際芸術学院"),
        ("ACME Co., Ltd.", "acme"),
        ("Ａｃｍｅ　Inc.", "ACME, Inc"),
        ("一般社団法人 ○○会", "○○会"),
    ],
)
def test_company_is_the_same_in_each_spelling(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(("one", "other"), [("渡邊 眞", "渡辺真"), ("齊藤 櫻子", "斉藤 桜子"), ("髙﨑 廣", "高崎広")])
def test_person_is_the_same_in_old_and_new_kanji(one: str, other: str) -> None:
    assert person_key(one, "") == person_key(other, "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("03-1234-5678", "81312345678"),
        ("(03)1234-5678", "81312345678"),
        ("０３ー１２３４ー５６７８", "81312345678"),
        ("+81 3 1234 5678", "81312345678"),
        ("+81-(0)3-1234-5678", "81312345678"),
        ("312345678", "81312345678"),
        ("9012345678", "819012345678"),
        ("090-1234-5678（直通）", "819012345678"),
        ("0120-123-456", "81120123456"),
        ("03-1234-5678 内線 12", "81312345678"),
        ("00-0000-0000", ""),
        ("なし", ""),
    ],
)
def test_phone_is_one_key_in_each_spelling(text: str, key: str) -> None:
    assert phone_key(text) == key


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Manager", "manager"),
        ("Sales Manager", "manager"),
        ("Assistant Manager", "assistant_manager"),
        ("Director", "director"),
        ("Managing Director", "executive"),
        ("Director of Marketing", "director"),
        ("VP", "executive"),
        ("Vice President, Sales", "executive"),
        ("SVP Engineering", "executive"),
        ("Chief Technology Officer", "executive"),
        ("CTO", "executive"),
        ("CEO & Founder", "president"),
        ("Head of Sales", "director"),
        ("Team Lead", "chief"),
        ("Software Engineer", "staff"),
        ("執行役員 営業本部長", "executive"),
        ("代表取締役社長", "president"),
        ("営業部 部長", "director"),
        ("副部長", "manager"),
        ("課長代理", "assistant_manager"),
        ("ｶﾁｮｳ", ""),
        ("", ""),
    ],
)
def test_seniority_in_both_languages(title: str, level: str) -> None:
    assert seniority_of(title) == level


@pytest.mark.parametrize(
    ("row", "total"),
    [
        (["合計", "", "120名", "3"], True),
        (["", "合 計", "12"], True),
        (["総計：12件"], True),
        (["Total", "", "1,200"], True),
        (["合計", "田中"], False),
        (["計良", "03-1234-5678"], False),
        (["東浜", "合計"], False),
        ([], False),
    ],
)
def test_row_that_adds_up_is_told_from_people(row: list[str], total: bool) -> None:
    assert is_total(row) is total


def test_columns_without_a_known_name_are_guessed_by_their_shape() -> None:
    headers = ["御社", "れんらく", "番号A", "番号B", "好き"]
    samples = [
        ["株式会社東浜", "a@example.jp", "03-1234-5678", "090-1111-2222", "肉"],
        ["西浜(有)", "", "0263-12-3456", "", ""],
    ]
    assert guess(headers, samples, recognise(headers).mapping) == {
        "御社": "company.name",
        "れんらく": "email",
        "番号A": "phone",
        "番号B": "mobile",
        "好き": "-",
    }


LAYOUTS = {
    "eight": (
        "会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,FAX,携帯電話,URL,名刺交換日,"
        "Eightでつながっている人,再データ化中の名刺,'?'を含んだデータ",
        {
            "氏名": "name",
            "TEL会社": "company.phone",
            "TEL直通": "phone",
            "携帯電話": "mobile",
            "名刺交換日": "business_card_on",
        },
    ),
    "sansan": (
        "会社名,部署名,役職,氏名,郵便番号(1),住所(1)［全て］,TEL-1(1),FAX(1),携帯電話(1),Email(1),名刺所有者ユーザID",
        {"氏名": "name", "住所(1)［全て］": "company.address", "TEL-1(1)": "company.phone", "Email(1)": "email"},
    ),
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,Lead Status,Lifecycle Stage,"
        "Contact owner,Original Source,Create Date",
        {
            "Record ID": "external_id",
            "Contact owner": "owner",
            "Original Source": "channel",
            "Create Date": "acquired_at",
        },
    ),
    "salesforce": (
        "LastName,FirstName,Company,Title,Email,Phone,LeadSource,Status,Rating,IsConverted,ConvertedDate",
        {"LastName": "last_name", "Company": "company.name", "LeadSource": "channel", "ConvertedDate": "stage_at"},
    ),
    "salesforce report": (
        "First Name,Last Name,Company / Account,Email,Lead Source,Lead Status,Create Date",
        {"Last Name": "last_name", "Company / Account": "company.name", "Lead Source": "channel"},
    ),
    "excel_starter": (
        "会社名,担当者名,業種,従業員数,役職,DL回数,セミナー参加,Web閲覧回数,スコア合計,優先度",
        {"担当者名": "name", "DL回数": "activity:document_download", "スコア合計": "stated_score", "優先度": "-"},
    ),
    "inventory": (
        "企業名,担当者名,連絡先,獲得経路,接触履歴,対応状況",
        {"連絡先": "contact", "獲得経路": "channel", "接触履歴": "note", "対応状況": "status"},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_headers_met_in_the_wild_are_recognised_whole(name: str) -> None:
    header, expected = LAYOUTS[name]
    found = recognise(header.split(","))
    assert layout_of(header.split(",")) == name.split()[0]
    assert {column: found.mapping[column] for column in expected} == expected
    assert found.unknown in ([], ["名刺所有者ユーザID"])


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["1", "2.5", "-3", "1,200"], "number"),
        (["Yes", "No", ""], "yes_no"),
        (["1", "0"], "number"),
        (["○", "×"], "yes_no"),
        (["2026/1/5", "令和8年1月5日"], "date"),
        (["46027"], "number"),
        (["0312", "5"], "text"),
        (["4006381333931"], "text"),
        (["あ", "い"], "text"),
        (["", "-"], "text"),
    ],
)
def test_own_field_gets_the_narrowest_kind(column: list[str], kind: str) -> None:
    seen = ColumnKind()
    for cell in column:
        seen.see(cell)
    assert seen.kind == kind


@pytest.mark.parametrize(
    ("row", "example"),
    [
        (["記入例）株式会社東浜", "田中"], True),
        (["", "【例】田中 一郎"], True),
        (["※入力例", "東浜"], True),
        (["Example row", "Tanaka"], True),
        (["例会商事", "田中"], False),
        (["Example Industries", "Tanaka"], False),
        (["東浜", "記入例"], False),
        ([], False),
    ],
)
def test_row_that_shows_how_to_fill_in_is_told_from_people(row: list[str], example: bool) -> None:
    assert is_example(row) is example

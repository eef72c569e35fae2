"""Which names, addresses and numbers mean the same."""

import pytest

from leads.domain import normalise
from leads.domain.choices import Seniority


@pytest.mark.parametrize(
    "name",
    ["㈱東浜精工", "株式会社 東浜精工", "東浜精工（株）", "東浜精工株式会社", "東浜　精工", "㍿東浜精工"],
)
def test_company_key_ignores_the_legal_form(name):
    assert normalise.company_key(name) == "東浜精工"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Co., Ltd.", "acme"),
        ("ＡＣＭＥ Inc.", "acme"),
        ("ﾌｧｰｽﾄ・ﾘﾃｲﾘﾝｸﾞ㈱", "ファーストリテイリング"),
        ("Costco", "costco"),
        ("髙橋商店", "高橋商店"),
        ("株式会社", "株式会社"),
        ("", ""),
    ],
)
def test_company_key_folds_width_case_kana_and_variants(name, key):
    assert normalise.company_key(name) == key


def test_company_key_keeps_different_companies_apart():
    assert normalise.company_key("東浜精工株式会社") != normalise.company_key("東浜精機株式会社")


def test_person_key_joins_without_spaces():
    assert normalise.person_key("田中", "一郎") == normalise.person_key("田中　一郎", "") == "田中一郎"
    assert normalise.person_key("", "") == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Tanaka@Example.jp", "Tanaka@Example.jp"),
        ('"田中 一郎" <tanaka@example.jp>', "tanaka@example.jp"),
        ("ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｊｐ", "tanaka@example.jp"),
        ("mailto:tanaka@example.jp", "tanaka@example.jp"),
        (" tanaka@example.jp. ", "tanaka@example.jp"),
        ("tanaka@example", ""),
        ("tanaka @example.jp", ""),
        ("a@b.jp; c@d.jp", ""),
        ("tanaka..x@example.jp", ""),
        ("x" * 250 + "@example.jp", ""),
        ("", ""),
    ],
)
def test_email_address_reads_what_people_write(text, address):
    assert normalise.email_address(text) == address


def test_email_key_is_lower_case():
    assert normalise.email_key("Tanaka@Example.JP") == "tanaka@example.jp"


@pytest.mark.parametrize("address", ["info@example.jp", "Sales@example.jp", "sales2@example.jp", "info+a@example.jp"])
def test_role_addresses_are_no_keys(address):
    assert normalise.is_role_address(address)
    assert normalise.email_key(address) == ""


def test_an_address_that_only_begins_like_a_role_is_a_key():
    assert normalise.email_key("information.tanaka@example.jp") == "information.tanaka@example.jp"
    assert normalise.email_key("salesman@example.jp") == "salesman@example.jp"


@pytest.mark.parametrize(
    "text",
    ["090-1234-5678", "09012345678", "9012345678", "０９０－１２３４－５６７８", "090ー1234ー5678", "+81 90-1234-5678"],
)
def test_phone_key_of_one_mobile_number_is_one(text):
    assert normalise.phone_key(text) == "819012345678"
    assert normalise.is_mobile("819012345678")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("03-5253-1111", "81352531111"),
        ("(03)5253-1111 内線123", "81352531111"),
        ("352531111", "81352531111"),
        ("+1 415 555 2671", "14155552671"),
        ("なし", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_phone_key_of_other_numbers(text, key):
    assert normalise.phone_key(text) == key
    assert not normalise.is_mobile(key)


def test_mobile_key_takes_a_mobile_number_written_under_phone():
    assert normalise.mobile_key("", "090-1234-5678") == "819012345678"
    assert normalise.mobile_key("080-1111-2222", "090-1234-5678") == "818011112222"
    assert normalise.mobile_key("", "03-5253-1111") == ""


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        ("生産管理部 部長", Seniority.DIRECTOR),
        ("取締役 営業部長", Seniority.EXECUTIVE),
        ("代表取締役社長", Seniority.PRESIDENT),
        ("副社長", Seniority.EXECUTIVE),
        ("社長室 室長", Seniority.MANAGER),
        ("副部長", Seniority.MANAGER),
        ("部長代理", Seniority.MANAGER),
        ("課長", Seniority.MANAGER),
        ("課長代理", Seniority.ASSISTANT_MANAGER),
        ("係長", Seniority.ASSISTANT_MANAGER),
        ("主任", Seniority.CHIEF),
        ("担当", Seniority.STAFF),
        ("Vice President of Sales", Seniority.EXECUTIVE),
        ("Head of Marketing", Seniority.DIRECTOR),
        ("Senior Manager", Seniority.MANAGER),
        ("ＣＥＯ", Seniority.PRESIDENT),
        ("営業部", ""),
        ("", ""),
    ],
)
def test_seniority_of_a_title(title, seniority):
    assert normalise.seniority_of(title) == seniority


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("120名", (120, 120)),
        ("１，２００", (1200, 1200)),
        ("101–300", (101, 300)),
        ("101～300名", (101, 300)),
        ("50人以上", (50, None)),
        ("1000名超", (1001, None)),
        ("300名未満", (1, 299)),
        ("300以下", (1, 300)),
        ("1.2万人", (12000, 12000)),
        ("0", (0, 0)),
        ("不明", (None, None)),
        ("-5", (None, None)),
        ("", (None, None)),
    ],
)
def test_employee_range(text, bounds):
    assert normalise.employee_range(text) == bounds


@pytest.mark.parametrize(
    "query", ["山田 太郎", "山田太郎", "ヤマダ", "やまだ", "ﾔﾏﾀﾞ", "久遠", "㈱久遠", "090-1234", "TARO@"]
)
def test_search_finds_after_the_same_normalisation(query):
    text = normalise.search_text(
        "山田太郎", "ヤマダタロウ", "株式会社久遠製作所", "Taro@x.jp", phones=("090-1234-5678",)
    )
    assert all(term in text for term in normalise.search_terms(query))


def test_search_needs_every_word():
    text = normalise.search_text("山田太郎", "株式会社久遠製作所")
    assert not all(term in text for term in normalise.search_terms("山田 花子"))

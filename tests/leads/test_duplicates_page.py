"""The page of duplicates is worked down pair by pair."""

import re

import pytest

from leads.models import CustomField, DuplicatePair, Lead
from leads.services import duplicate_search
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairs(client, cast):
    CustomField.objects.create(key="product-of-interest", label="Product of interest", kind="text")
    for number, name in enumerate(("田中", "鈴木")):
        for mail in "ab":
            factories.lead(
                last_name=name,
                first_name="一郎",
                mobile=f"090-1111-222{number}",
                email=f"{mail}{number}@x.example",
                custom={"product-of-interest": "在庫管理"},
            )
    duplicate_search.work(now=lambda: NOON)
    client.force_login(cast.mia)
    page = client.get("/duplicates/").content.decode()
    found = list(DuplicatePair.objects.all())
    return sorted(found, key=lambda pair: page.index(f'id="pair-{pair.pk}"')), page


def test_deciding_goes_on_at_the_pair_below(client, pairs):
    found, page = pairs
    first, second = found[:2]
    assert f'name="following" value="{second.pk}"' in page
    answer = client.post(f"/duplicates/{first.pk}/dismiss/", {"next": "/duplicates/", "following": second.pk})
    assert answer.url == f"/duplicates/#pair-{second.pk}"
    answer = client.post(f"/duplicates/{second.pk}/merge/", {"stays": second.a_id, "following": ""})
    assert answer.url == "/duplicates/"


def test_undoing_a_merge_leads_back_to_the_page_one_was_on(client, pairs):
    found, _page = pairs
    client.post(f"/duplicates/{found[0].pk}/merge/", {"stays": found[0].a_id, "following": ""})
    page = client.get("/duplicates/?after=1").content.decode()
    form = re.search(r'<form method="post" action="(/merges/\d+/undo/)">(.*?)</form>', page, re.DOTALL)
    place = re.search(r'name="next" value="([^"]*)"', form[2])
    assert client.post(form[1], {"next": place[1]}).url == "/duplicates/?after=1"


def test_deciding_the_last_pair_of_a_page_leads_to_the_page_before(client, pairs):
    found, _page = pairs
    address = f"/duplicates/?after={len(found) - 1}"
    assert f'id="pair-{found[-1].pk}"' in client.get(address).content.decode()
    values = {"next": address, "following": ""}
    answer = client.post(f"/duplicates/{found[-1].pk}/dismiss/", values, follow=True)
    assert answer.redirect_chain[-1] == ("/duplicates/?after=0", 302)
    assert f'id="pair-{found[0].pk}"' in answer.content.decode()


def test_an_old_address_far_behind_the_last_pair_leads_to_the_last_pairs_at_once(client, pairs):
    found, _page = pairs
    answer = client.get("/duplicates/?after=900000", follow=True)
    assert len(answer.redirect_chain) == 1
    assert f'id="pair-{found[-1].pk}"' in answer.content.decode()


def test_own_field_is_called_by_its_name(pairs):
    _pairs, page = pairs
    assert ">Product of interest</th>" in page
    assert "product-of-interest</th>" not in page


@pytest.mark.parametrize(
    ("known", "one", "other"),
    [
        ({"prefecture": ("東京都", "")}, "全国商会（東京都）", "全国商会（都道府県なし）"),
        ({"address": ("北1", "南2")}, "全国商会（住所：北1）", "全国商会（住所：南2）"),
        ({"phone": ("03-1234-5678", "")}, "全国商会（代表電話：03-1234-5678）", "全国商会（代表電話：未確認）"),
    ],
)
def test_two_companies_of_one_name_are_told_apart_by_what_differs(client, cast, known, one, other):
    for number in range(2):
        company = factories.company("全国商会", **{name: values[number] for name, values in known.items()})
        factories.lead(
            last_name="鈴木", first_name="一郎", mobile="090-1111-2222", email=f"{number}@x.example", company=company
        )
    duplicate_search.work(now=lambda: NOON)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "ja"
    page = client.get("/duplicates/").content.decode()
    assert f"企業が異なりますが（{one}／{other}）、まとめます" in page
    assert "会社名が同じ" in page, "their names are, not the companies"
    assert "企業が同じ" not in page
    assert f"<span>{one}</span>" in page, "they can be chosen between"
    assert f"<span>{other}</span>" in page
    pair = DuplicatePair.objects.get()
    url = f"/duplicates/{pair.pk}/merge/"
    client.post(url, {"stays": pair.a_id, "take-company": pair.b_id, "across_companies": "yes"})
    assert Lead.objects.present().get().company == Lead.objects.get(pk=pair.b_id).company


def test_name_in_latin_letters_reads_first_name_first_throughout(client, cast):
    for number in range(2):
        factories.lead(last_name="Wood", first_name="Oliver", mobile="090-1111-2222", email=f"w{number}@x.example")
    duplicate_search.work(now=lambda: NOON)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    assert "Wood Oliver" not in client.get("/duplicates/").content.decode()
    pair = DuplicatePair.objects.get()
    url = f"/duplicates/{pair.pk}/merge/"
    answer = client.post(url, {"stays": pair.a_id, "following": "", "across_companies": "yes"}, follow=True)
    page = answer.content.decode()
    assert "Merged into Oliver Wood." in page
    assert "Wood Oliver" not in page

"""The frame: menu by role, counts, language, theme, the sample company's sign-in."""

import pytest

from accounts import navigation
from accounts.interface import figures
from accounts.models import User
from accounts.services import preferences
from tests.cast import NOON, cast, organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    organization(is_sample=True)
    return cast()


def keys(user, **changes):
    groups = navigation.menu(user=user, at=NOON, path="/menu/", **({"shows_advanced": True} | changes))
    return [item.place.key for group in groups for item in group.items]


@pytest.fixture
def every_place_exists(monkeypatch):
    monkeypatch.setattr(navigation, "address", lambda route: f"/{route}/")


def test_menu_shows_what_the_role_may_open(people, every_place_exists):
    assert "imports" in keys(people.mia)
    assert "imports" not in keys(people.sato)
    assert "audit" not in keys(people.maki)
    assert "audit" in keys(people.ada)


@pytest.mark.parametrize("who", ["mia", "isao", "sato", "maki", "ada"])
def test_the_lists_of_deals_and_of_results_are_reached_from_the_menu(client, people, who):
    client.force_login(getattr(people, who))

    page = client.get("/menu/").content.decode()

    for address in ("/opportunities/", "/results/"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_advanced_places_wait_until_they_are_wanted(people, every_place_exists):
    assert "audit" not in keys(people.ada, shows_advanced=False)


def test_counts_hang_on_their_place(people, every_place_exists, monkeypatch):
    monkeypatch.setattr(navigation, "_counters", {})
    navigation.count("gaps", lambda *, user, at: navigation.Count(11, is_late=True))
    groups = navigation.menu(user=people.maki, at=NOON, path="/gaps/", shows_advanced=False)
    items = {item.place.key: item for group in groups for item in group.items}
    assert items["gaps"].count == navigation.Count(11, is_late=True)
    assert items["gaps"].is_current
    assert items["leads"].count is None
    assert not items["leads"].is_current


def test_menu_page_speaks_the_persons_language(client, people):
    client.force_login(people.isao)
    assert "ログアウト" in client.get("/menu/").content.decode()
    people.isao.language = "en"
    people.isao.save()
    page = client.get("/menu/").content.decode()
    assert '<html lang="en"' in page
    assert "Sign out" in page
    assert "ログアウト" not in page


def test_choosing_a_language_is_kept_with_the_person_and_in_the_browser(client, people):
    client.force_login(people.isao)
    answer = client.post("/preferences/", {"language": "en", "next": "/menu/"})
    assert answer["Location"] == "/menu/"
    assert answer.cookies["handoff_language"].value == "en"
    people.isao.refresh_from_db()
    assert people.isao.language == "en"


def test_the_first_sign_in_keeps_the_language_of_its_page(client, people):
    words = {"login": people.sato.email, "password": "correct horse battery"}
    english = {"accept-language": "en-GB,en;q=0.9"}

    client.post("/account/login/", words, headers=english)
    people.sato.refresh_from_db()
    assert people.sato.language == "en"

    preferences.speak(user=people.sato, language="ja")
    client.logout()
    client.post("/account/login/", words, headers=english)
    people.sato.refresh_from_db()
    assert people.sato.language == "ja"


def test_an_unknown_language_changes_nothing(client, people):
    client.force_login(people.isao)
    answer = client.post("/preferences/", {"language": "xx"})
    assert "handoff_language" not in answer.cookies
    people.isao.refresh_from_db()
    assert people.isao.language == "ja"


def test_preferences_never_lead_off_the_site(client, people):
    assert client.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"
    assert client.post("/preferences/", {"theme": "dark", "next": "//evil.example/"})["Location"] == "/"


@pytest.mark.parametrize("word", ["NaN", "-1", "１２", "<svg>"])
def test_a_next_that_is_no_address_leads_home(client, people, word):
    assert client.post("/preferences/", {"theme": "dark", "next": word})["Location"] == "/"


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", "auto"), ('"><b>', "auto")])
def test_theme_comes_with_the_first_byte(client, people, cookie, theme):
    client.cookies["handoff_theme"] = cookie
    assert f'data-bs-theme="{theme}"' in client.get("/account/login/").content.decode()


def test_sign_in_offers_the_people_of_the_sample_company(client, people):
    page = client.get("/account/login/", headers={"accept-language": "ja"}).content.decode()
    assert "佐藤 翔太" in page
    assert f"/demo-login/{people.sato.pk}/" in page


def test_sign_in_offers_nobody_of_a_real_company(client, people):
    organization(is_sample=False)
    page = client.get("/account/login/").content.decode()
    assert "佐藤" not in page
    assert "demo-login" not in page


@pytest.mark.parametrize("address", ["/account/login/", "/account/password/reset/"])
def test_an_address_field_is_named_once(client, people, address):
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Email" in page
    assert "Email address" not in page


def test_pages_carry_a_policy_without_inline_code(client, people):
    policy = client.get("/account/login/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_gallery_is_for_developers_only(client, people, settings):
    client.force_login(people.ada)
    settings.DEBUG = False
    assert client.get("/components/").status_code == 404
    settings.DEBUG = True
    assert client.get("/components/").status_code == 200


def test_errors_say_what_to_do(client, settings):
    settings.DEBUG = False
    page = client.get("/no-such-page/", headers={"accept-language": "ja"})
    assert page.status_code == 404
    assert "ここには何もありません" in page.content.decode()


def test_who_has_given_no_name_is_known_by_the_address_and_can_give_one(client, people):
    User.objects.filter(pk=people.ada.pk).update(last_name="", first_name="")
    client.force_login(people.ada)

    page = client.get("/settings/people/").content.decode()

    assert page.count(f'<b class="hf-s">{people.ada.email}</b>') == 1
    assert 'href="/name/"' in page
    assert figures.addressed(User.objects.get(pk=people.ada.pk)).startswith(people.ada.email)
    assert client.post("/name/", {"last_name": " "}).status_code == 400
    assert client.post("/name/", {"last_name": "足立", "first_name": "洋子"})["Location"] == "/"
    assert str(User.objects.get(pk=people.ada.pk)) == "足立 洋子"


def test_signing_in_leads_to_the_page_without_a_word(client, people):
    signed_in = {"login": people.ada.email, "password": "correct horse battery"}
    answer = client.post("/account/login/", signed_in, follow=True)

    assert answer.context["user"] == people.ada
    assert [str(said) for said in answer.context["messages"]] == []

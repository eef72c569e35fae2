"""The pages that say no: with the menu for whoever is signed in, alone for others and where the frame fails."""

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db
MENU = '<nav class="hf-nav"'
# Nobody but an administrator sees settings; nothing is at /nothing/; the third takes a form only.
REFUSED = [
    ("get", "/nothing/", 404),
    ("get", "/leads/999999/", 404),
    ("get", "/settings/", 403),
    ("get", "/leads/columns/", 405),
]
SAID = {
    404: ("Page not found", "ここには何もありません"),
    403: ("You don't have access", "この画面を開く権限がありません"),
    405: ("This address can't be opened by itself", "この画面は直接開けません"),
}


@pytest.fixture
def browser(cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.sato)
    return client


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("method", "path", "status"), REFUSED)
def test_somebody_signed_in_keeps_the_menu_and_finds_a_way_on(browser, method, path, status, language):
    browser.cookies["handoff_language"] = language
    answer = getattr(browser, method)(path)
    body = answer.content.decode()
    assert answer.status_code == status
    assert body.count(MENU) == 1
    assert body.count("<h1>") == 1
    assert SAID[status][language == "ja"] in body
    assert '<a class="btn" href="/leads/">' in body
    assert 'id="hf-q-lost"' in body


def test_a_visitor_sees_the_page_alone(client):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert MENU not in answer.content.decode()
    assert "hf-gate" in answer.content.decode()


def test_a_piece_of_a_page_gets_no_frame(browser):
    answer = browser.get("/nothing/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert MENU not in answer.content.decode()


@pytest.mark.parametrize(("method", "path", "status"), REFUSED)
def test_a_database_that_fails_turns_no_refusal_into_a_fault(browser, monkeypatch, method, path, status):
    def fail(**_given):
        raise OperationalError("gone")

    monkeypatch.setattr("accounts.navigation.menu", fail)
    answer = getattr(browser, method)(path)
    assert answer.status_code == status
    assert MENU not in answer.content.decode()
    assert "hf-gate" in answer.content.decode()


def test_the_page_of_our_own_fault_asks_nothing(browser, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(0):
        body = render_to_string("500.html")
    assert MENU not in body
    monkeypatch.setattr("accounts.navigation.menu", lambda **_given: 1 / 0)
    answer = browser.get("/leads/")
    assert answer.status_code == 500
    assert "hf-gate" in answer.content.decode()


@pytest.fixture
def broken_frame(settings):
    """What every page is given can't be had."""
    [engine] = settings.TEMPLATES
    given = [*engine["OPTIONS"]["context_processors"], f"{__name__}.gone"]
    settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"context_processors": given}}]


def gone(_request):
    raise OperationalError("gone")


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_no_page_can_be_given_leaves_the_page_of_a_fault(browser, client, broken_frame, is_signed_in):
    someone = browser if is_signed_in else client
    someone.cookies["handoff_theme"] = "dark"
    answer = someone.get("/nothing/")
    body = answer.content.decode()
    assert answer.status_code == 404
    assert "hf-gate" in body
    assert 'data-bs-theme="dark"' in body


@pytest.mark.parametrize(("method", "path", "status"), [*REFUSED, ("get", "/leads/", 500)])
def test_what_no_page_can_be_given_turns_no_refusal_into_a_fault(browser, broken_frame, method, path, status):
    answer = getattr(browser, method)(path)
    assert answer.status_code == status
    assert MENU not in answer.content.decode()
    assert "hf-gate" in answer.content.decode()


def test_the_pages_of_other_faults_need_nothing_either(browser, broken_frame):
    browser.cookies["handoff_theme"] = "dark"
    for answer, status in (
        (browser.get("/leads/"), 500),
        (browser.get("/", headers={"Host": "elsewhere.example"}), 400),
    ):
        body = answer.content.decode()
        assert (answer.status_code, "hf-gate" in body, 'data-bs-theme="dark"' in body) == (status, True, True)

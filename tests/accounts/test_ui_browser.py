"""The frame in a real browser: clocks count on, keys work, sheets open, the theme holds; no accessibility fault."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.utils import translation

from tests.cast import cast, organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def page(chrome, live_server, settings):
    """The gallery, as Ada, in Japanese, on a desk; its console must stay silent."""
    settings.DEBUG = True
    organization()
    people = cast()
    visitor = Client()
    visitor.force_login(people.ada)
    context = chrome.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    shown.clock.install()
    shown.goto(f"{live_server.url}/components/")
    yield shown
    assert faults == []
    context.close()


def test_a_clock_counts_on_and_turns_late(page):
    clock = page.locator('.hf-clock[data-style=""] .say').nth(1)
    assert clock.inner_text() == "残り 34分"
    page.clock.run_for(10 * 60_000)
    assert clock.inner_text() == "残り 24分"
    page.clock.run_for(26 * 60_000)
    assert clock.inner_text() == "期限超過 2分"
    assert page.locator('.hf-clock[data-style=""]').nth(1).get_attribute("data-clock") == "late"


def test_slash_searches_and_question_mark_shows_the_keys(page):
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "hf-q"
    page.keyboard.type("?j")
    assert page.input_value("#hf-q") == "?j"
    assert not page.locator("#hf-keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#hf-keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#hf-keys").is_visible()


def test_rows_are_walked_and_pressed_by_keys(page):
    page.evaluate(
        """() => {
            const list = document.createElement("ul");
            list.dataset.rows = "";
            for (const name of ["one", "two"]) {
                const row = document.createElement("li");
                const button = document.createElement("button");
                button.dataset.key = "a";
                button.textContent = name;
                button.addEventListener("click", () => { document.title = name; });
                row.append(button);
                list.append(row);
            }
            document.getElementById("main").prepend(list);
        }"""
    )
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert page.title() == "two"
    page.keyboard.press("k")
    page.keyboard.press("a")
    assert page.title() == "one"


def test_a_sheet_opens_and_closes(page):
    page.click("[data-opens=sample-sheet]")
    assert page.locator("#sample-sheet").is_visible()
    page.click("#sample-sheet [data-closes] >> nth=0")
    assert not page.locator("#sample-sheet").is_visible()


def test_the_theme_changes_at_once_and_holds(page):
    page.click(".hf-me")
    page.click("[data-theme-form] button[value=dark]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_the_current_tab_can_be_read_on_a_phone(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/dashboard/?tab=feedback")
    current = page.locator(".hf-lists > [aria-current]").bounding_box()
    assert current["x"] + current["width"] <= 390


def test_a_figure_of_a_table_takes_a_thumb_on_a_phone(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("""() => {
        const table = document.createElement("table");
        table.className = "hf-table";
        table.innerHTML = '<tbody><tr><td><a id="thumb" href="#">12</a></td></tr></tbody>';
        document.querySelector("main").prepend(table);
    }""")
    height = page.evaluate("parseFloat(getComputedStyle(document.getElementById('thumb'), '::before').height)")
    assert height >= 44


def test_a_toast_goes_away_and_an_error_stays(page):
    page.evaluate(
        f"""async () => {{
            const {{ say }} = await import("{settings.STATIC_URL}js/toasts.js");
            say("done"); say("broken", true);
        }}"""
    )
    assert page.locator("#hf-toasts [data-toast]").count() == 2
    page.clock.run_for(11_000)
    assert page.locator("#hf-toasts [data-toast]").all_inner_texts() == ["broken"]


def test_the_newest_way_back_stays_until_it_is_closed(page):
    for said in ("one", "two"):
        page.evaluate(
            f"""async (text) => {{
                const {{ say }} = await import("{settings.STATIC_URL}js/toasts.js");
                document.getElementById("hf-toasts").insertAdjacentHTML("beforeend", text);
                say("done");
            }}""",
            drawn_toast(said),
        )
    page.clock.run_for(11_000)
    toasts = page.locator("#hf-toasts [data-toast]")
    assert toasts.locator("> span").all_inner_texts() == ["two"]
    assert toasts.get_by_role("button", name="元に戻す").is_visible()
    toasts.get_by_role("button", name="閉じる").click()
    assert toasts.count() == 0


def drawn_toast(text):
    with translation.override("ja"):
        return get_template("components/toast.html").render(
            {"message": text, "undo_url": "/leads/bulk/1/undo/", "csrf_token": "x"}
        )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_components_have_no_accessibility_fault(page, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # else a colour is measured on its way to the other theme's
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found] == []
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways == 0

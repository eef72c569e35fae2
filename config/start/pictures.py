"""./run pictures: the README's pictures, made anew from a fresh sample company that lives only as long as they take."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from config.environment import ROOT
from config.start import chromium, frontend
from config.start.servers import free_port
from config.start.surroundings import Missing, call, plainly, say

FOLDER = ROOT / "docs" / "pictures"
PASSWORD = "minato-sample"  # the sample's, printed by `manage.py demo`
LEADS = 400


@dataclass(frozen=True)
class Picture:
    """One page as one of the sample's people sees it."""

    name: str
    who: str
    path: str
    width: int
    height: int
    touch: bool = False


PICTURES = (
    Picture("today", "maki@minato.example", "/", 1440, 900),
    Picture("inbox", "isao@minato.example", "/inbox/", 390, 780, touch=True),
    Picture("dashboard", "maki@minato.example", "/dashboard/", 1440, 900),
)


def take() -> None:
    """Fills docs/pictures/; needs Chromium and, for Japanese, fonts such as fonts-noto-cjk."""
    program = chromium.path()
    if program is None:
        raise Missing("Chromium is missing. Install it (Debian, Ubuntu: apt install chromium fonts-noto-cjk).")
    frontend.fetch()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        for picture in PICTURES:
            shoot(browser, address, picture)
            say(f"docs/pictures/{picture.name}.png")


@contextmanager
def served() -> Iterator[str]:
    """A sample company and a web process for it; yields its address."""
    with tempfile.TemporaryDirectory(prefix="handoff-pictures-") as folder:
        port = free_port()
        environment = {**os.environ, "VAR_DIR": folder, "HANDOFF_DEBUG": "1", "PORT": str(port)}
        environment |= {"DATABASE_URL": "", "REDIS_URL": "", "HANDOFF_BASE_URL": "", "HANDOFF_HOST": ""}
        manage = [sys.executable, "manage.py"]
        say("Making a sample company …")
        for words in (["compile_texts"], ["migrate", "-v", "0"], ["demo", "--leads", str(LEADS)]):
            call([*manage, *words], env=environment)
        web = subprocess.Popen([*manage, "runserver", str(port), "--noreload"], cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/healthz")
            yield address
        finally:
            web.terminate()
            web.wait(10)


def shoot(browser: Browser, address: str, picture: Picture) -> None:
    """Signs the person in and keeps what they see."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale="ja-JP",
        has_touch=picture.touch,
        color_scheme="light",
    )
    page = context.new_page()
    page.goto(f"{address}/account/login/")
    page.fill("input[name=login]", picture.who)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/" not in url)
    answer = page.goto(f"{address}{picture.path}", wait_until="networkidle")
    if answer is None or not answer.ok:
        raise Missing(
            f"{picture.path} answered {answer.status if answer else 'nothing'}; the picture was left as it was"
        )
    page.screenshot(path=str(FOLDER / f"{picture.name}.png"))
    context.close()


def _wait_for(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise Missing("the web process for the pictures does not answer")


if __name__ == "__main__":
    sys.exit(plainly(take))

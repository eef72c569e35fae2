"""A company with real processes behind it, and people in front of Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import Membership, Organization, Team, User
from accounts.services import people
from integrations.services import first_start
from journal import clock
from leads.models import ActivityType
from tests.factories import standard_rows
from tests.machine import Machine

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
PASSWORD = "correct-horse-battery"


class Office:
    """A small company that has just begun: Ada its administrator and manager, two reps, the address of its pages."""

    def __init__(self, address: str, chrome: Browser):
        self.address = address
        self.chrome = chrome
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        at = clock.now()
        ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
        first_start.begin_empty(email="ada@kaku.example", password=PASSWORD, at=at)
        Organization.objects.update(name="架空商事株式会社")
        self.ada = User.objects.get(email="ada@kaku.example")
        Membership.objects.filter(user=self.ada).update(receives=False)  # she has a rep for that
        self.mia = self._person("mia", "三宅", "美亜", "marketer", "marketing")

    def _person(self, key: str, last: str, first: str, role: str, kind: str) -> User:
        return people.invite(
            email=f"{key}@kaku.example",
            last_name=last,
            first_name=first,
            roles=[role],
            teams=Team.objects.filter(kind=kind),
            by=None,
            at=clock.now(),
            password=PASSWORD,
        )

    def rep(self, key: str, last: str, first: str) -> User:
        """One more rep of the one field team."""
        return self._person(key, last, first, "rep", "field")

    def sign_in(self, key: str, *, language: str = "ja", phone: bool = False) -> Page:
        """A page of this person's own browser, signed in by the form; faults in its console are collected."""
        context = self.chrome.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            locale={"ja": "ja-JP", "en": "en-US"}[language],
            timezone_id="Asia/Tokyo",
        )
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "handoff_language", "value": language, "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{self.address}/account/login/")
        page.fill("input[name=login]", f"{key}@kaku.example")
        page.fill("input[name=password]", PASSWORD)
        page.locator("form[action$='/account/login/'] button[type=submit]").click()
        page.wait_for_url(f"{self.address}/")
        return page

    def _listen(self, message: object) -> None:
        # A 4xx answer is shown as a console error by the browser itself; that is no fault of the page.
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in str(message):
            self.faults.append(str(message))

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def office(machine: Machine, chrome: Browser, settings: Any) -> Iterator[Office]:
    """The company, its web process, its broker and its worker."""
    # The web process has the product's settings: passwords must be hashed as it reads them.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    machine.broker()
    made = Office(machine.web(), chrome)
    machine.worker()
    machine.beat()
    try:
        yield made
    finally:
        made.close()
    assert made.faults == []


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Fails when a page scrolls sideways."""

    def check(page: Page) -> None:
        # A page that has just begun has no element to measure yet; waiting by script is what the CSP forbids.
        page.wait_for_load_state("load")
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= seen, f"{page.url} is {wide} px wide on {seen} px"

    return check

"""The one Chromium of a test run: two of its drivers can't live in one process."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from config.start import chromium


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """Chromium without pages; each test makes its own context."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.FLAGS))
        yield browser
        browser.close()

"""What every test can use, and which tests a run takes."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from tests.append_only import logs_can_be_emptied

__all__ = ["first_language", "logs_can_be_emptied"]

pytest_plugins = ["tests.fixtures_cast", "tests.chrome", "tests.machine", "tests.selection"]


@pytest.fixture(autouse=True)
def first_language() -> Iterator[None]:
    """Each test begins in the interface's first language, whatever a page before it was shown in."""
    with translation.override(settings.LANGUAGE_CODE):
        yield

"""Which tests a run takes, said aloud; and, where CI=true, that none of them was skipped."""

from typing import Any

import pytest

from config.environment import flag, text
from config.start import chromium
from config.start.surroundings import program

IN_CI = flag("CI", default=False)
SKIPPED: list[str] = []


def lacking() -> dict[str, str]:
    """Markers whose tests can't run here, with what they lack."""
    found = {}
    if not chromium.path():
        found["browser"] = "no Chromium (Debian, Ubuntu: apt install chromium fonts-noto-cjk)"
    if not program("xgettext"):
        found["gettext"] = "no xgettext (Debian, Ubuntu: apt install gettext)"
    if not text("HANDOFF_REAL_DATA"):
        found["realdata"] = "HANDOFF_REAL_DATA names no folder"
    return found


def pytest_report_header() -> list[str]:
    return [f"not selected: {marker} tests, {why}" for marker, why in lacking().items()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what can't run here, instead of skipping it one by one; a CI without a browser is a fault."""
    missing = lacking()
    for marker in {"browser", "gettext"} & missing.keys() if IN_CI else ():
        if any(item.get_closest_marker(marker) for item in items):
            raise pytest.UsageError(f"CI=true, but there is {missing[marker]}")
    out = [item for item in items if any(item.get_closest_marker(marker) for marker in missing)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        SKIPPED.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        SKIPPED.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and SKIPPED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if IN_CI and SKIPPED:
        terminalreporter.write_line(f"CI=true and {len(SKIPPED)} tests were skipped: {', '.join(SKIPPED)}", red=True)

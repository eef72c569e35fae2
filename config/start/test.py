"""./run test: the whole suite on SQLite, then on PostgreSQL and Redis; says on what it runs and what it can't run."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from config.environment import ROOT, flag, text
from config.start import broker, chromium, frontend
from config.start.servers import Server, postgresql, redis
from config.start.surroundings import plainly, say
from config.texts import compile_catalogues

# What a developer's own settings must not change in a test run.
PLAIN = {
    "DJANGO_SETTINGS_MODULE": "tests.settings",
    "HANDOFF_SECRET_KEY": "",
    "HANDOFF_DEBUG": "1",
    "HANDOFF_BASE_URL": "http://testserver",
    "HANDOFF_ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "HANDOFF_ADMIN_EMAIL": "",
    "HANDOFF_ADMIN_PASSWORD": "",
    "HANDOFF_LOG_LEVEL": "WARNING",
    "EMAIL_URL": "",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}


def run() -> int:
    """Exit code of the first pass that fails, else 0; the last words are pytest's."""
    with ExitStack() as servers:
        folder = Path(
            servers.enter_context(tempfile.TemporaryDirectory(prefix="handoff-test-", ignore_cleanup_errors=True))
        )
        own = text("HANDOFF_SERVICES") == "own"
        database, queue = servers.enter_context(postgresql(own=own)), servers.enter_context(redis(own=own))
        frontend.fetch()
        _announce(database, queue)
        words = sys.argv[1:]
        here = {"DATABASE_URL": "", "REDIS_URL": ""}
        if database is None:
            return _Pass("SQLite", folder, here, words).ended()
        there = {"DATABASE_URL": database.url, "REDIS_URL": queue.url if queue else ""}
        # Texts are compiled once, before two passes would do it side by side.
        compile_catalogues(ROOT / "locale")
        # Side by side where there are cores for it: the first writes to a file, shown when the second has ended.
        is_aside = (os.cpu_count() or 1) > 1
        # The cache of the latest failures is one file, and the last pass's to write.
        first = _Pass("SQLite", folder, here, ["-p", "no:cacheprovider", *words], aside=is_aside)
        if not is_aside and (failed := first.ended()):
            return failed
        # The browser drives what `./run` serves, on the quicker of the two: the passes then end at about the same time.
        second = _Pass("PostgreSQL", folder, there, ["-m", "not once and not browser", *words]).ended()
        return first.ended() or second


class _Pass:
    """One run of pytest on one database; `aside` keeps its words in a file until it has ended."""

    def __init__(self, name: str, folder: Path, where: dict[str, str], words: list[str], *, aside: bool = False):
        self.name = name
        self.log = folder / f"{name.lower()}.log" if aside else None
        self.may_choose_nothing = bool(words)
        if not aside:
            say(f"\n── {name} ──")
        environment = {**os.environ, **PLAIN, "VAR_DIR": str(folder / name.lower()), **where}
        out = open(self.log, "wb") if self.log else None  # noqa: SIM115 (closed in ended)
        self.out = out
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, stdout=out, stderr=out
        )

    def ended(self) -> int:
        """Waits for it, shows what it said aside, and returns its exit code; nothing chosen is well."""
        code = self.process.wait()
        if self.out and self.log and not self.out.closed:
            self.out.close()
            say(f"\n── {self.name} ──")
            say(self.log.read_text(errors="replace"))
        nothing_chosen = 5
        return 0 if code == nothing_chosen and self.may_choose_nothing else code


def _announce(database: Server | None, queue: Server | None) -> None:
    say(f"Pass 1: SQLite {sqlite3.sqlite_version}, embedded broker {Path(broker.server()).name}; everything.")
    if database:
        with_queue = f"{queue.words}" if queue else "the embedded broker"
        say(
            f"Pass 2: {database.words}, {with_queue}; all but the browser and what no database can change (lint, locks, imports)."
        )
    else:
        say("Can't run: PostgreSQL. Neither DATABASE_URL nor a running, an installed or a packaged server was found.")
    browser = chromium.path()
    say(
        f"Browser tests: {browser}, once, on the first database."
        if browser
        else "Can't run: browser tests. Install Chromium (Debian, Ubuntu: apt install chromium fonts-noto-cjk)."
    )
    data = text("HANDOFF_REAL_DATA")
    say(f"Real data: {data}." if data else "Not selected: tests on real data. Set HANDOFF_REAL_DATA to their folder.")
    if flag("CI", default=False):
        say("CI: a skipped test fails the run.")


if __name__ == "__main__":
    sys.exit(plainly(run))

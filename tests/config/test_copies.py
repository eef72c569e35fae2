"""Copies of the database, and the way back."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from config import copies
from config.environment import ROOT
from tests.cast import NOON, organization


@pytest.fixture
def var(settings, tmp_path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def age(path: Path, days: float) -> None:
    moment = NOON.timestamp() - days * 86_400
    os.utime(path, (moment, moment))


def test_the_first_copy_is_due_at_once_and_the_next_after_a_day(var):
    assert copies.is_due(at=NOON)

    newest = copies.folder() / "daily-2026-11-19-123000.sqlite3"
    newest.touch()
    age(newest, 0.9)
    assert not copies.is_due(at=NOON)

    age(newest, 1)
    assert copies.is_due(at=NOON)


def test_a_failed_attempt_is_repeated_after_an_hour(var):
    tried = copies.folder() / ".tried"
    tried.touch()
    age(tried, 0.04)
    assert not copies.is_due(at=NOON)

    assert copies.is_due(at=NOON + timedelta(hours=1))


def test_copies_are_for_their_owner_alone(var):
    assert copies.folder().stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_seven_daily_copies_are_kept_and_those_made_by_hand_stay(var):
    organization()
    by_hand = copies.make(at=NOON)
    earlier = [copies.folder() / f"daily-2026-11-{day}-123000.sqlite3" for day in range(11, 19)]
    for path in earlier:
        path.touch()
    newest = copies.make(at=NOON, daily=True)

    assert sorted(copies.folder().glob("daily-*")) == [*earlier[2:], newest]
    assert by_hand.exists()
    assert not list(copies.folder().glob("*.unfinished"))


@pytest.mark.django_db
def test_what_is_no_copy_is_refused_and_nothing_is_touched(var):
    if connection.vendor != "sqlite":
        assert_refused(var / "missing.dump", "is not a file")
        return
    text = var / "letter.txt"
    text.write_text("こんにちは" * 500)
    assert_refused(text, "is not a copy")
    other = var / "other.sqlite3"
    with sqlite3.connect(other) as stranger:
        stranger.execute("CREATE TABLE notes (id integer)")
    assert_refused(other, "is not a copy of Handoff's database")


def assert_refused(file: Path, words: str) -> None:
    with pytest.raises(copies.CopyFailed, match=words):
        copies.restore(file=file, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_copy_brings_back_what_was_lost(tmp_path):
    """An installation of its own, by its own commands: on the database of this run's kind."""
    organization(name="戻る商事")
    place = Installation(tmp_path)
    copy = place.manage("backup").strip()
    place.rename("上書き")

    told = place.manage("restore", copy)

    assert place.name() == "戻る商事"
    before = Path(told.strip().rsplit(" ", 1)[1].rstrip("."))
    place.manage("restore", str(before))
    assert place.name() == "上書き"


class Installation:
    """A state folder with a copy of the test's database that no other test sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = self._beside_the_folder() if connection.vendor == "sqlite" else self._on_the_server()
        self.environment = {
            **os.environ,
            "VAR_DIR": str(folder),
            "DATABASE_URL": "" if connection.vendor == "sqlite" else self.url,
            "HANDOFF_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def _beside_the_folder(self) -> str:
        path = self.folder / "handoff.sqlite3"
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as full,
            closing(sqlite3.connect(path)) as empty,
        ):
            full.backup(empty)
        return str(path)

    def _on_the_server(self) -> str:
        facts = connection.settings_dict
        name = "test_handoff_copies"
        connection.close()
        connection.close_pool()  # a database in use is no template
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {facts['NAME']}")
        login = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
        return f"postgres://{login}@{facts['HOST']}:{facts['PORT'] or 5432}/{name}"

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def name(self) -> str:
        with self._connected() as database:
            return database.execute("SELECT name FROM accounts_organization").fetchone()[0]

    def rename(self, name: str) -> None:
        with self._connected() as database:
            database.execute(f"UPDATE accounts_organization SET name = '{name}'")
            database.commit()

    def _connected(self) -> Any:
        connect = sqlite3.connect if connection.vendor == "sqlite" else psycopg.connect
        return closing(connect(self.url.replace("postgres://", "postgresql://", 1)))

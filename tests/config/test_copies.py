"""Copies of the database, and the way back."""

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

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
    made = [copies.make(at=NOON + timedelta(days=day), daily=True) for day in range(9)]

    assert sorted(copies.folder().glob("daily-*")) == made[2:]
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
    place = Installation(tmp_path)
    place.manage("migrate", "--verbosity", "0")
    place.run("Organization.objects.create(pk=1, name='戻る商事')")
    copy = place.manage("backup").strip()
    place.run("Organization.objects.update(name='上書き')")

    told = place.manage("restore", copy)

    assert place.run("print(Organization.objects.get().name)").strip() == "戻る商事"
    before = Path(told.strip().rsplit(" ", 1)[1].rstrip("."))
    place.manage("restore", str(before))
    assert place.run("print(Organization.objects.get().name)").strip() == "上書き"


class Installation:
    """A state folder with a database that no other test sees."""

    def __init__(self, folder: Path) -> None:
        url = "" if connection.vendor == "sqlite" else self._new_database()
        self.environment = {
            **os.environ,
            "VAR_DIR": str(folder),
            "DATABASE_URL": url,
            "HANDOFF_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def _new_database(self) -> str:
        facts = connection.settings_dict
        name = "test_handoff_copies"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
        login = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
        return f"postgres://{login}@{facts['HOST']}:{facts['PORT'] or 5432}/{name}"

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def run(self, statement: str) -> str:
        return self.manage("shell", "-v", "0", "-c", f"from accounts.models import Organization\n{statement}")

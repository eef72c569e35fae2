"""Copies of the database: one a day is kept for a week, in the state folder's backups/; and the way back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

DAY = timedelta(hours=24)
RETRY = timedelta(hours=1)
KEPT = 7


class CopyFailed(Exception):
    """A copy could not be made or put back; the text says why and what helps."""


def folder() -> Path:
    """Where copies lie; only their owner may read them."""
    path = Path(settings.VAR_DIR) / "backups"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def is_due(*, at: datetime) -> bool:
    """Whether the newest daily copy is a day old; a failed attempt is repeated after an hour."""
    tried = folder() / ".tried"
    if tried.exists() and at.timestamp() - tried.stat().st_mtime < RETRY.total_seconds():
        return False
    newest = max((path.stat().st_mtime for path in folder().glob("daily-*")), default=0)
    return at.timestamp() - newest >= DAY.total_seconds()


def make(*, at: datetime, daily: bool = False) -> Path:
    """Copies the whole database while it is in use; returns the file. Of the daily ones the newest seven stay."""
    if daily:
        (folder() / ".tried").touch()
    moment = at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d-%H%M%S")
    name = f"{'daily' if daily else 'copy'}-{moment}"
    sqlite = connection.vendor == "sqlite"
    target = folder() / f"{name}.{'sqlite3' if sqlite else 'dump'}"
    unfinished = target.with_suffix(".unfinished")
    try:
        _copy_sqlite(_sqlite_path(), unfinished) if sqlite else _dump(unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    for old in sorted(folder().glob("daily-*"))[:-KEPT]:
        old.unlink()
    return target


def restore(*, file: Path, at: datetime) -> Path:
    """Puts a copy in the database's place, keeping what was there as a copy, whose path is returned.

    Nothing else may be using the database. Raises CopyFailed, with the database as it was, when the file is no copy.
    """
    if not file.is_file():
        raise CopyFailed(f"{file} is not a file. Copies lie in {folder()}.")
    if connection.vendor == "sqlite":
        _check_sqlite(file)
        before = make(at=at)
        connection.close()
        _copy_sqlite(file, _sqlite_path())
        return before
    before = make(at=at)
    connection.close()
    _run(
        "pg_restore", "--single-transaction", "--clean", "--if-exists", "--no-owner", "--dbname", _database(), str(file)
    )
    return before


def _sqlite_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own way to copy a database in use; onto a database it replaces all of its content at once."""
    with closing(sqlite3.connect(source, timeout=20)) as full, closing(sqlite3.connect(target, timeout=20)) as empty:
        full.backup(empty)


def _check_sqlite(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            known = copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'django_migrations'").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise CopyFailed(f"{file} is not a copy of an SQLite database ({error}).") from error
    if not (sound and known):
        raise CopyFailed(f"{file} is damaged or is not a copy of Handoff's database.")


def _dump(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--file", str(target), _database())


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(program: str, *words: str) -> None:
    """A PostgreSQL program with the connection in its environment, so that no password shows among the processes."""
    if shutil.which(program) is None:
        raise CopyFailed(f"{program} is missing. Install PostgreSQL's client (Debian, Ubuntu: postgresql-client).")
    facts = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(facts[key]) for name, key in names.items() if facts.get(key)}
    done = subprocess.run([program, *words], env={**os.environ, **given}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CopyFailed(f"{program} failed:\n{done.stderr.strip()[-2000:]}")

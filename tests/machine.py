"""Real processes on the test's own database: broker, worker, beat, watchdog, web. For tests marked `broker`."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from config.environment import ROOT
from config.start import broker as embedded

QUIET = {"HANDOFF_DEBUG": "1", "HANDOFF_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "config.settings"}


class Machine:
    """Starts processes that share this test's database; all end with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.broker_url = os.environ.get("REDIS_URL") or f"redis://127.0.0.1:{free_port()}/0"
        self.environment = {
            **os.environ,
            **QUIET,
            "VAR_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.broker_url,
            "DATABASE_POOL": "4",
        }

    def broker(self) -> None:
        """A broker of its own, or the one in REDIS_URL, emptied."""
        if "REDIS_URL" not in os.environ or not os.environ["REDIS_URL"]:
            port = self.broker_url.rsplit(":", 1)[1].split("/")[0]
            words = [
                "--port",
                port,
                "--bind",
                "127.0.0.1",
                "--dir",
                str(self.folder),
                "--save",
                "",
                "--appendonly",
                "yes",
            ]
            self.start("broker", embedded.server(), *words)
        client = redis.from_url(self.broker_url)
        wait_until(lambda: answers(client), "the broker answers")
        client.flushdb()

    def worker(self, *, processes: int = 2) -> None:
        """A worker that is ready: it has said so in its log."""
        words = [
            "-P",
            "prefork",
            "-c",
            str(processes),
            "-Q",
            "urgent,scoring,bulk",
            "--without-gossip",
            "--without-mingle",
        ]
        self.start("worker", sys.executable, "-m", "celery", "-A", "config", "worker", *words, "-l", "info")
        wait_until(lambda: "ready." in self.log("worker"), "the worker is ready")

    def beat(self) -> None:
        self.start("beat", sys.executable, "-m", "celery", "-A", "config", "beat", "--pidfile=")

    def watchdog(self) -> None:
        self.start("watchdog", sys.executable, "manage.py", "watchdog")

    def web(self) -> str:
        """The web process; returns its address."""
        port = free_port()
        self.environment["PORT"] = str(port)
        self.start("web", sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi")
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: is_up(f"{address}/healthz"), "the web process answers", seconds=40)
        return address

    def start(self, name: str, *command: str) -> None:
        with open(self.folder / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill(self, name: str) -> None:
        """As a crash or the kernel would: the process and its children at once, without a word."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def end(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def database_url() -> str:
    """The test's database as a setting for other processes."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    login = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
    return f"postgres://{login}@{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 5432}/{facts['NAME']}"


def wait_until(true: Callable[[], object], what: str, *, seconds: float = 30) -> float:
    """Looks until it is so and returns after how many seconds; fails with `what` when it never is."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if true():
            return time.monotonic() - begin
        time.sleep(0.02)
    pytest.fail(f"within {seconds} seconds it was not so that {what}")


def answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def machine(transactional_db: None, tmp_path: Path) -> Iterator[Machine]:
    """A machine without processes yet; `logs_can_be_emptied` after the test as for every transactional test."""
    (Path(settings.VAR_DIR)).mkdir(parents=True, exist_ok=True)
    made = Machine(tmp_path)
    try:
        yield made
    finally:
        made.end()

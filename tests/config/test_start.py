"""./run as people meet it: everything comes up, comes back when it dies, and ends together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.environment import ROOT
from tests.machine import free_port, is_up, wait_until

pytestmark = [pytest.mark.broker, pytest.mark.once]

EVERYTHING = {"broker", "worker", "beat", "watchdog", "web"}


class Start:
    """One ./run (its Python part) with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.log = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            "VAR_DIR": str(folder / "var"),
            "PORT": str(self.port),
            "HANDOFF_DEMO": "0",
            "HANDOFF_DEBUG": "0",
            "HANDOFF_BASE_URL": "",
            "HANDOFF_ADMIN_EMAIL": "ada@handoff.example",
            "HANDOFF_ADMIN_PASSWORD": "correct horse battery",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "WEB_PROCESSES": "1",
        }
        self.process = self.begin()

    def begin(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "config.start.serve"]
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(errors="replace")[-4000:]
        return is_up(f"{self.address}/healthz")

    def children(self) -> dict[str, psutil.Process]:
        """The supervised processes by name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            line = command_line(child)
            for name, sign in SIGNS.items():
                if sign in line:
                    found[name] = child
        return found

    def everyone(self) -> list[psutil.Process]:
        whole = psutil.Process(self.process.pid)
        return [whole, *whole.children(recursive=True)]


SIGNS = {
    "broker": "unixsocket",
    "worker": "--quiet worker",
    "beat": "--quiet beat",
    "watchdog": "manage.py watchdog",
    "web": "config.gunicorn",
}


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Start]:
    start = Start(tmp_path_factory.mktemp("start"))
    try:
        wait_until(start.is_ready, "the web process answers", seconds=120)
        yield start
    finally:
        if start.process.poll() is None:
            start.process.kill()
            start.process.wait(10)


def command_line(process: psutil.Process) -> str:
    """Empty for one that has ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and command_line(process)]


def came_back(start: Start, name: str, gone: psutil.Process) -> bool:
    now = start.children().get(name)
    return now is not None and now.pid != gone.pid


def test_everything_comes_up_comes_back_and_ends(started):
    """In one story, because each start takes seconds."""
    wait_until(lambda: set(started.children()) == EVERYTHING, "all five processes run")
    assert is_up(f"{started.address}/account/login/")
    assert (started.folder / "var" / "secret_key").stat().st_mode & 0o077 == 0

    for name in ("beat", "broker"):
        first = started.children()[name]
        first.kill()
        wait_until(lambda name=name, gone=first: came_back(started, name, gone), f"the killed {name} came back")

    second = subprocess.run(
        [sys.executable, "-m", "config.start.serve"],
        cwd=ROOT,
        env={**started.environment, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert second.returncode == 1
    assert "already" in second.stderr

    everyone = started.everyone()
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(30) == 0
    assert alive(everyone) == []

    began = time.monotonic()
    started.process = started.begin()
    wait_until(started.is_ready, "the second start answers", seconds=60)
    print(f"second start: {time.monotonic() - began:.1f} s")
    wait_until(lambda: set(started.children()) == EVERYTHING, "all five processes run again")

    everyone = started.everyone()
    started.process.kill()
    started.process.wait(10)
    wait_until(lambda: alive(everyone) == [], "nothing outlives a killed supervisor")


def test_a_taken_port_is_named_with_the_way_out(started, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.start.serve"],
            cwd=ROOT,
            env={**started.environment, "VAR_DIR": str(tmp_path), "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"PORT={port + 1} ./run" in done.stderr

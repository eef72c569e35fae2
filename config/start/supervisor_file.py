"""Writes what the supervisor keeps running on one machine: broker, worker, beat, watchdog, web."""

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from config.environment import ROOT, number
from config.start import broker

LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Program:
    """One process: lower priorities start first and stop last; `patience` is how long it may take to end.

    `wait` leaves the first seconds of a start to the processes that people wait for.
    """

    name: str
    command: list[str]
    priority: int
    patience: int = 10
    wait: int = 0


def programs(var: Path) -> list[Program]:
    """The processes of this machine, in the order in which they start."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "config", "--quiet"]
    size = str(number("WORKER_PROCESSES", 2))
    queues = ["-Q", "urgent,scoring,bulk", "--without-gossip", "--without-mingle"]
    kept = [
        Program("worker", [*celery, "worker", "-P", "prefork", "-c", size, *queues, "-l", "warning"], 10, patience=60),
        Program("beat", [*celery, "beat", "-l", "warning", "--pidfile="], 20, wait=3),
        Program("watchdog", [python, str(ROOT / "manage.py"), "watchdog"], 25, wait=3),
        Program("web", [python, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"], 30, patience=30),
    ]
    embedded = broker.command(var)
    return [Program("broker", embedded, 1), *kept] if embedded else kept


def write(var: Path) -> Path:
    """Writes the supervisor's file into the state folder and returns its path."""
    file = var / "supervisor.conf"
    file.write_text("\n".join([_head(var), *map(_section, programs(var))]), encoding="utf-8")
    return file


def _head(var: Path) -> str:
    # Without a named user the supervisor complains when root starts it, as in a container.
    user = "user=root\n" if os.geteuid() == 0 else ""
    log = "logfile=/dev/null\nlogfile_maxbytes=0\nloglevel=warn\n"
    return f"[supervisord]\nnodaemon=true\n{user}{log}pidfile={_plain(str(var / 'supervisor.pid'))}\n"


def _section(program: Program) -> str:
    # No stopasgroup: a worker that is told to stop finishes its task, and its children must not hear the signal.
    command = shlex.join([sys.executable, "-S", "-E", str(LEASH), str(program.wait), *program.command])
    return (
        f"[program:{program.name}]\ncommand={_plain(command)}\ndirectory={_plain(str(ROOT))}\n"
        f"priority={program.priority}\nstopwaitsecs={program.patience}\nstartsecs=1\nstartretries=1000\n"
        "autorestart=true\nkillasgroup=true\nredirect_stderr=true\nstdout_logfile=/dev/fd/1\nstdout_logfile_maxbytes=0\n"
    )


def _plain(text: str) -> str:
    """The supervisor reads a percent sign as the start of a variable."""
    return text.replace("%", "%%")

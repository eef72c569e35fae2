"""Web processes under test, and seconds of their answers taken in turns, so that noise meets both sides alike."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from config.environment import ROOT
from config.start.servers import free_port

Ask = Callable[[int], None]
WARM = 5


@dataclass(frozen=True)
class Pair:
    """Seconds a request: of the product, and of its yardstick in the same turn."""

    product: list[float]
    bare: list[float]

    @property
    def p95(self) -> tuple[float, float]:
        return _p95(self.product), _p95(self.bare)

    @property
    def median(self) -> tuple[float, float]:
        return statistics.median(self.product), statistics.median(self.bare)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def in_turns(product: Ask, bare: Ask, *, times: int) -> Pair:
    """Both asked `times` times, one after the other; the first few don't count."""
    pair = Pair([], [])
    for number in range(WARM + times):
        for ask, kept in ((product, pair.product), (bare, pair.bare)):
            began = time.perf_counter()
            ask(number)
            if number >= WARM:
                kept.append(time.perf_counter() - began)
    return pair


class Web:
    """A running web process and one kept connection to it."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
        """The answer's body; an answer that isn't 2xx ends the bench."""
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:500].decode(errors='replace')}")
        return content


@contextmanager
def served(settings: str, processes: int = 1, environment: Mapping[str, str] | None = None) -> Iterator[Web]:
    """Gunicorn as in production, with these settings, on this process's database unless `environment` says another."""
    port = free_port()
    environment = {
        **os.environ,
        **(environment or {}),
        "DJANGO_SETTINGS_MODULE": settings,
        "PORT": str(port),
        "WEB_PROCESSES": str(processes),
    }
    words = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Web(port)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the web process answers. Raises RuntimeError where it ended or stays silent for a minute."""
    for _ in range(600):
        try:
            HTTPConnection("127.0.0.1", port, timeout=2).request("GET", "/healthz")
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the web process ended by itself") from None
            time.sleep(0.1)
    raise RuntimeError("the web process does not answer")

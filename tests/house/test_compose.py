"""docker-compose.yml: what must run, as whom, and how its health is asked; checked by Docker's client where it is."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from config.environment import ROOT

pytestmark = pytest.mark.once

COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())["services"]


def clients() -> list[list[str]]:
    """The command lines by which this machine can read a compose file; none where Docker isn't."""
    found = []
    if shutil.which("docker-compose"):
        found.append(["docker-compose"])
    if shutil.which("docker"):
        known = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
        found += [["docker", "compose"]] if known else []
    return found


def test_everything_that_must_run_is_there(services):
    assert set(services) == {"setup", "web", "worker", "beat", "watchdog", "db", "broker", "one"}


def test_every_lasting_service_has_a_health_check(services):
    own = (ROOT / "Dockerfile").read_text()
    assert "HEALTHCHECK" in own
    without = [
        name for name, facts in services.items() if "healthcheck" not in facts and facts.get("image") != "handoff"
    ]
    assert without == []


def test_our_processes_do_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["handoff"]


def test_commands_are_those_of_the_one_machine_start(services):
    started = {name: " ".join(facts.get("command", [])) for name, facts in services.items()}
    assert "urgent,scoring,bulk" in started["worker"]
    assert "config.gunicorn" in started["web"]
    assert started["watchdog"].endswith("manage.py watchdog")


@pytest.mark.parametrize("profile", [[], ["--profile", "one"]])
def test_the_client_accepts_the_file(profile):
    for client in clients():
        command = [*client, "-f", str(COMPOSE), *profile, "config", "-q"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

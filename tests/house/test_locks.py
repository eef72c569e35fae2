"""What is installed: floors with a reason, locks with digests and without any address."""

import json
import re
import tomllib

import pytest

from config.environment import ROOT

pytestmark = pytest.mark.once

PYTHON_LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]


def pinned(lock: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("lock", [*PYTHON_LOCKS, "package-lock.json", "package.json"])
def test_no_lock_names_an_address(lock):
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_package_is_held_by_a_digest(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_front_end_package_is_held_by_a_digest():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, facts in packages.items() if name and "integrity" not in facts] == []


def test_the_locks_agree_on_every_package():
    main, dev = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: dev.get(name) for name in main} == main


@pytest.mark.parametrize(
    ("group", "lock"), [(None, PYTHON_LOCKS[0]), ("dev", PYTHON_LOCKS[1]), ("node", PYTHON_LOCKS[2])]
)
def test_every_dependency_is_locked(group, lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    names = {re.match(r"[A-Za-z0-9-]+", requirement)[0].lower() for requirement in wanted}
    assert names - set(pinned(lock)) == set()


def test_every_dependency_says_what_for():
    lines = (ROOT / "pyproject.toml").read_text().split("[tool.")[0].splitlines()
    requirements = [line for line in lines if re.match(r'\s+"[a-z]', line)]
    assert requirements
    assert [line for line in requirements if not re.search(r"#\s+\S{3}|#\s+\S+ ", line)] == []

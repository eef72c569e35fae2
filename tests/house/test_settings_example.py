"""`.env.example` is complete: it names every variable that the code reads, and none that it doesn't."""

import ast
import re

import pytest

from config.environment import ROOT
from tests.house import tracked

pytestmark = pytest.mark.once

READERS = {"text", "flag", "items", "number", "choice"}
# Read by docker-compose.yml, of which it is a setting, not by the code.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "HANDOFF_PUBLISH"}


def read_by_code() -> set[str]:
    found = set()
    for path in tracked.ending(".py"):
        if "tests" not in path.parts:
            found |= {name for node in ast.walk(ast.parse(tracked.text(path))) if (name := variable(node))}
    return found


def variable(node: ast.AST) -> str | None:
    """The name in text("NAME"), environment.flag("NAME", …) or os.environ["NAME"]."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        name = node.args[0].value
        if called in READERS and isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z_]+", name):
            return name
    return None


def in_example() -> list[str]:
    return re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_every_variable_is_there_once():
    named = in_example()
    assert sorted(named) == sorted(read_by_code())


def test_no_variable_is_read_past_the_typed_readers():
    """os.environ is for what is passed on to other programs, not for settings."""
    direct = re.compile(r"os\.environ\.get\(\s*['\"](?!PATH)|os\.getenv|environ\[\s*['\"][A-Z_]+['\"]\s*\](?!\s*=)")
    reading = [tracked.name(path) for path in tracked.ending(".py") if direct.search(tracked.text(path))]
    assert [name for name in reading if not name.startswith(("tests/", "config/start/", "bench/", "chaos/"))] == []


def test_compose_passes_on_only_what_is_known():
    passed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert passed - set(in_example()) == COMPOSE_ONLY

"""What may lie in the project: nothing of third parties, no address of a registry, no path of one machine."""

import re
from pathlib import Path

import pytest

from tests.house import tracked

pytestmark = pytest.mark.once

MOST_BYTES = 400_000
MOST_LINES = 350
# Tables of words, a line each.
TABLES = {"leads/domain/import_synonyms.py"}
FOREIGN = re.compile(r"(^|/)(node_modules|vendor|static_vendor|bower_components)/|\.min\.(js|css)$|\.(woff2?|ttf|otf)$")
HOSTS = re.compile("|".join(["py" + r"pi\.org", "npm" + r"js\.(org|com)", "python" + "hosted", "deb" + r"ian\.org"]))
PATHS = re.compile("|".join(f"/{folder}/" for folder in ("ro" + "ot", "wo" + "rk", "home/[a-z]+")))
BINARY = {".png", ".xlsx", ".ico", ".gz", ".zip"}


def written() -> list[Path]:
    return [path for path in tracked.files() if path.suffix not in BINARY]


def test_nothing_of_third_parties_is_in_the_tree():
    assert [name for path in tracked.files() if FOREIGN.search(name := tracked.name(path))] == []


def test_nothing_large_is_in_the_tree():
    assert [tracked.name(path) for path in tracked.files() if path.stat().st_size > MOST_BYTES] == []


def test_no_file_names_a_registry():
    assert [tracked.name(path) for path in written() if HOSTS.search(tracked.text(path))] == []


def test_no_file_names_a_folder_of_one_machine():
    assert [tracked.name(path) for path in written() if PATHS.search(tracked.text(path))] == []


def test_no_module_is_crowded():
    crowded = {}
    for path in tracked.ending(".py"):
        lines = tracked.text(path).count("\n")
        if lines > MOST_LINES and not {"tests", "migrations"} & set(path.parts):
            crowded[tracked.name(path)] = lines
    assert {name: lines for name, lines in crowded.items() if name not in TABLES} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_module_is_a_drawer(word):
    assert [tracked.name(path) for path in tracked.ending(".py") if word in (path.stem, *path.parts[:-1])] == []

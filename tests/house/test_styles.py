"""A class of the pages says how it looks in one place: two sheets that both speak of it spoil each other's pages."""

import re
from collections import defaultdict

import pytest

from tests.house import tracked

pytestmark = pytest.mark.once

# A rule about one class alone: what a page adds in its own surroundings (`.hf-sheet .hf-clip`) is its own affair.
_ALONE = re.compile(r"^(\.[\w-]+) \{", re.MULTILINE)


def spoken_of(sheets):
    found = defaultdict(set)
    for name, text in sheets.items():
        for alone in _ALONE.findall(text):
            found[alone].add(name)
    return {alone: sorted(names) for alone, names in found.items() if len(names) > 1}


def test_each_class_has_one_sheet():
    sheets = {tracked.name(path): tracked.text(path) for path in tracked.ending(".css")}
    assert sheets
    assert spoken_of(sheets) == {}


def test_the_search_finds():
    assert spoken_of({"a.css": ".x { top: 0; }", "b.css": ".y .x { top: 1; }\n.x { top: 1; }"}) == {
        ".x": ["a.css", "b.css"]
    }

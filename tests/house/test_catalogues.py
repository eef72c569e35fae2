"""Every text that code or a page shows is written in Japanese, once, with the same placeholders."""

import re
from collections import Counter, defaultdict

import polib
import pytest

from config.start import messages

pytestmark = pytest.mark.once

# Dates: Japanese writes the month as a number, which the code hands over as well.
DATE_ONLY = {"%(month)d"}
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}")


def entries() -> list[tuple[str, polib.POEntry]]:
    return [(path.parts[-4], entry) for path in messages.catalogue_files() for entry in polib.pofile(str(path))]


def named(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}: {entry.msgid}" if entry.msgctxt else entry.msgid


def written(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_entry_is_written():
    assert [(app, named(entry)) for app, entry in entries() if not entry.obsolete and not all(written(entry))] == []


def test_no_entry_is_guessed_or_left_over():
    assert [(app, named(entry)) for app, entry in entries() if entry.fuzzy or entry.obsolete] == []


def test_placeholders_are_the_same_in_both_languages():
    differing = []
    for app, entry in entries():
        offered = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) | DATE_ONLY
        differing += [(app, named(entry)) for text in written(entry) if set(PLACEHOLDER.findall(text)) - offered]
    assert differing == []


def test_a_text_reads_the_same_wherever_it_stands():
    """Catalogues are merged when they are loaded: of two translations of one text only one would ever show."""
    readings = defaultdict(Counter)
    for _app, entry in entries():
        readings[messages.key(entry)][tuple(written(entry))] += 1
    assert [text for text, found in readings.items() if len(found) > 1] == []


@pytest.mark.gettext
def test_every_text_in_use_is_in_a_catalogue():
    known = {messages.key(entry) for _app, entry in entries()}
    missing = defaultdict(list)
    for text, (_entry, home) in messages.in_use().items():
        if text not in known:
            missing[home].append(text)
    assert dict(missing) == {}


@pytest.mark.gettext
def test_no_catalogue_holds_a_text_that_nothing_uses():
    used = messages.in_use()
    assert [(app, named(entry)) for app, entry in entries() if messages.key(entry) not in used] == []

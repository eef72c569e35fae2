"""Every text that code or a page shows is written in Japanese, once, with the same placeholders."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import polib
import pytest
from django.utils import translation
from django.utils.translation import pgettext

from accounts.interface import dates
from config.start import messages
from tests.house import tracked

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


def test_a_word_with_two_spellings_is_spelt_in_one():
    twice = {"誰": "だれ", "決裁プロセス": "決裁の流れ"}
    found = [
        (app, named(entry)) for app, entry in entries() for text in written(entry) for word in twice if word in text
    ]
    assert found == []


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


def at_import(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that run when the module is imported: outside of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from at_import(child)


def eager(tree: ast.AST) -> set[str]:
    """What a module calls the functions that translate at once."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    return {name.asname or name.name for name in names if name.name.endswith("gettext")}


def test_no_text_is_translated_when_its_module_is_imported():
    """It would stay in the language of whoever started the server."""
    found = []
    for path in tracked.ending(".py"):
        tree = ast.parse(tracked.text(path))
        names = eager(tree)
        calls = [call for call in at_import(tree) if isinstance(call.func, ast.Name) and call.func.id in names]
        found += [f"{tracked.name(path)}:{call.lineno}" for call in calls]
    assert found == []


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


def test_english_lines_break_where_they_may():
    """The English catalogue is what `./run messages` makes of the others, and reads like them but for the spaces."""
    kept = polib.pofile(str(messages.glued_file()))
    made = messages.glue([entry for _app, entry in entries()])
    assert {messages.key(entry): written(entry) for entry in kept} == {
        messages.key(each): written(each) for each in made
    }
    for entry in kept:
        told = [text.replace(messages.NO_BREAK, " ") for text in written(entry)]
        assert told == ([entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid])


def test_no_english_line_breaks_a_day_or_begins_with_a_dot():
    with translation.override("en"):
        assert pgettext("separator", " · ") == "\N{NO-BREAK SPACE}· "
        assert pgettext("model version", "Version %(number)s") % {"number": 2} == "Version\N{NO-BREAK SPACE}2"
        assert dates.day(date(2025, 11, 27), today=date(2026, 1, 1)) == "Thu 27 Nov 2025".replace(
            " ", messages.NO_BREAK
        )
        assert dates.month(date(2025, 11, 27)) == "Nov\N{NO-BREAK SPACE}2025"
    with translation.override("ja"):
        assert pgettext("separator", " · ") == "・"

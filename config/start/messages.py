"""./run messages: gathers the texts of all code and pages into the catalogues of locale/, ready to be written in Japanese.

A text stays in the catalogue that has it; a new one goes to its app's; one that nothing uses any more goes away.
English is written in the code itself; its one catalogue only says where a line may not break.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from config.environment import ROOT
from config.start.surroundings import Missing, begin, plainly, program, say

LANGUAGE = "ja"
GLUED = "glued"  # the catalogue of English texts with places where no line may break
NO_BREAK = "\N{NO-BREAK SPACE}"
DAYS = frozenset({"date", "month"})  # contexts of texts that are one day or month, and stand on one line
# A dot between words ends a line, it never begins one; a version stays beside its number.
_GLUE = re.compile(r" (?=·)|(?<=[Vv]ersion) (?=%\(number\))")
APPS = ("accounts", "journal", "leads", "scoring", "handoff", "feedback", "reports", "integrations")
SHELL = "shell"
KEYWORDS = (
    *("gettext_lazy", "gettext_noop", "ngettext:1,2", "ngettext_lazy:1,2", "pgettext:1c,2", "pgettext_lazy:1c,2"),
    *("npgettext:1c,2,3", "npgettext_lazy:1c,2,3", "_"),
)
_EVERY = re.compile(" ")

Key = tuple[str | None, str]


def gather() -> None:
    """Brings every catalogue up to date and says how many texts still want their Japanese."""
    used = in_use()
    catalogues = {path.parts[-4]: polib.pofile(str(path), wrapwidth=110) for path in catalogue_files()}
    known = {key(entry) for catalogue in catalogues.values() for entry in catalogue if not entry.obsolete}
    for name, catalogue in catalogues.items():
        catalogue[:] = [entry for entry in catalogue if key(entry) in used and not entry.obsolete]
        say(f"{name}: {len(catalogue)} texts")
    for new in sorted(used.keys() - known, key=str):
        entry, home = used[new]
        catalogues.setdefault(home, _empty()).append(entry)
    for name, catalogue in catalogues.items():
        path = ROOT / "locale" / name / LANGUAGE / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
    glued = glue([entry for catalogue in catalogues.values() for entry in catalogue])
    glued_file().parent.mkdir(parents=True, exist_ok=True)
    glued.save(str(glued_file()))
    say(f"{sum(len(catalogue.untranslated_entries()) for catalogue in catalogues.values())} texts want their Japanese")


def catalogue_files() -> list[Path]:
    return sorted((ROOT / "locale").glob(f"*/{LANGUAGE}/LC_MESSAGES/django.po"))


def glued_file() -> Path:
    return ROOT / "locale" / GLUED / "en" / "LC_MESSAGES" / "django.po"


def glue(entries: list[polib.POEntry]) -> polib.POFile:
    """The English texts among these in which some space may not end a line, with that space as one that doesn't."""
    catalogue = _empty("en", "nplurals=2; plural=(n != 1);")
    for entry in sorted(entries, key=lambda one: str(key(one))):
        places = _EVERY if entry.msgctxt in DAYS else _GLUE
        if not places.search(entry.msgid):
            continue
        one, many = (places.sub(NO_BREAK, text) for text in (entry.msgid, entry.msgid_plural))
        written = {"msgstr_plural": {0: one, 1: many}, "msgid_plural": entry.msgid_plural} if many else {"msgstr": one}
        catalogue.append(polib.POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, **written))
    return catalogue


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def in_use() -> dict[Key, tuple[polib.POEntry, str]]:
    """Every text that code or a page shows, with the catalogue in which a new one belongs."""
    found: dict[Key, tuple[polib.POEntry, str]] = {}
    for home in (*APPS, SHELL):
        for entry in _extracted(home):
            found.setdefault(key(entry), (entry, home))
    return found


def _extracted(home: str) -> polib.POFile:
    """xgettext's reading of one app's code and pages; pages are first turned into calls that it understands."""
    xgettext = program("xgettext")
    if xgettext is None:
        raise Missing("xgettext is missing. Install gettext (Debian, Ubuntu: apt install gettext).")
    with tempfile.TemporaryDirectory(prefix="handoff-texts-") as folder:
        for number, (path, text) in enumerate(_sources(home)):
            Path(folder, f"{number:04}-{path.name}.py").write_text(text, encoding="utf-8")
        files = sorted(str(path) for path in Path(folder).iterdir())
        if not files:
            return _empty()
        words = ["--language=Python", "--from-code=UTF-8", "--no-location", "--output=-"]
        words += [f"--keyword={keyword}" for keyword in KEYWORDS]
        done = subprocess.run([xgettext, *words, *files], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"xgettext failed: {done.stderr[-2000:]}")
    return polib.pofile(done.stdout, wrapwidth=110) if done.stdout.strip() else _empty()


def _sources(home: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(_pages(home)):
        text = path.read_text(encoding="utf-8")
        yield path, templatize(text, origin=path.name) if path.suffix != ".py" else text


def _pages(home: str) -> Iterator[Path]:
    templates = ROOT / "templates"
    if home != SHELL:
        for folder in (ROOT / home, templates / home):
            yield from (path for path in folder.rglob("*") if path.suffix in {".py", ".html", ".txt"})
        return
    yield from (ROOT / "config").rglob("*.py")
    for path in templates.rglob("*"):
        if path.suffix in {".html", ".txt"} and path.relative_to(templates).parts[0] not in APPS:
            yield path


def _empty(language: str = LANGUAGE, plurals: str = "nplurals=1; plural=0;") -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": plurals,
    }
    return catalogue


if __name__ == "__main__":
    begin()
    sys.exit(plainly(gather))

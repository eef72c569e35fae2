"""Compiles the text catalogues of locale/ without gettext."""

from pathlib import Path

import polib


def compile_catalogues(locale: Path) -> int:
    """Compiles every catalogue whose .po is newer than its .mo; returns how many."""
    done = 0
    for catalogue in sorted(locale.glob("*/*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns:
            polib.pofile(str(catalogue)).save_as_mofile(str(compiled))
            done += 1
    return done

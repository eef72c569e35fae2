"""Compiles the text catalogues of locale/ without gettext."""

import os
from pathlib import Path

import polib


def compile_catalogues(locale: Path) -> int:
    """Compiles every catalogue whose .po is newer than its .mo; returns how many."""
    done = 0
    for catalogue in sorted(locale.glob("*/*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns:
            # Beside it, then in its place: another process may be reading, or doing the same.
            fresh = compiled.with_name(f"{compiled.name}.{os.getpid()}")
            polib.pofile(str(catalogue)).save_as_mofile(str(fresh))
            fresh.replace(compiled)
            done += 1
    return done

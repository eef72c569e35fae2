"""Compiles the text catalogues of locale/ without gettext."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile every catalogue in locale/ whose .po is newer than its .mo."

    def handle(self, *args: Any, **options: Any) -> None:
        for catalogue in sorted(Path(settings.BASE_DIR, "locale").glob("*/*/LC_MESSAGES/*.po")):
            compiled = catalogue.with_suffix(".mo")
            if not compiled.is_file() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns:
                polib.pofile(str(catalogue)).save_as_mofile(str(compiled))

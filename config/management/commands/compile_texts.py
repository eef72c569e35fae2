"""Compiles the texts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.texts import compile_catalogues


class Command(BaseCommand):
    help = "Compile every catalogue in locale/ whose .po is newer than its .mo."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = compile_catalogues(settings.BASE_DIR / "locale")
        if options["verbosity"] > 1:
            self.stdout.write(f"{done} catalogues compiled")

"""Copies the front-end files that the pages need out of `node_modules`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import vendor


class Command(BaseCommand):
    help = "Copies the needed front-end files from node_modules into static_vendor and builds the icon sprite."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--node-modules", type=Path, default=Path(settings.BASE_DIR) / "node_modules")
        parser.add_argument("--target", type=Path, default=Path(settings.BASE_DIR) / "static_vendor")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = vendor.collect(
                node_modules=options["node_modules"], root=Path(settings.BASE_DIR), target=options["target"]
            )
        except vendor.MissingVendorFiles as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.files} files, {len(done.icons)} icons")

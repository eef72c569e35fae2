"""Puts a copy back."""

import fcntl
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import copies
from journal import clock


class Command(BaseCommand):
    help = "Put a copy in the database's place; what was there is copied first. Stop Handoff before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with open(Path(settings.VAR_DIR) / "run.lock", "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CommandError("Handoff is running with this state folder. Stop it first.") from error
            try:
                before = copies.restore(file=options["file"], at=clock.now())
            except copies.CopyFailed as failed:
                raise CommandError(str(failed)) from failed
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Restored {options['file']}. What was there before lies in {before}.")

"""Copies the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import copies
from journal import clock


class Command(BaseCommand):
    help = "Copy the database, in use or not, into the state folder's backups/ and print the file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--daily", action="store_true", help="count it as the day's copy, of which seven are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(str(copies.make(at=clock.now(), daily=options["daily"])))
        except copies.CopyFailed as failed:
            raise CommandError(str(failed)) from failed

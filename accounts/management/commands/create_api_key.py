"""Makes an API key and prints the key only."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import api_keys
from journal import clock
from journal.errors import DomainError


class Command(BaseCommand):
    help = "Makes an API key; prints the key and nothing else. It is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="what will use the key")
        parser.add_argument("--scopes", default="all", help="comma-separated scopes, or all")
        parser.add_argument("--days", type=int, default=365, help="days until it expires, at most 365")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scopes = api_keys.read_scopes(options["scopes"])
            _key, token = api_keys.create(
                name=options["name"], scopes=scopes, by=None, at=clock.now(), days=options["days"]
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)

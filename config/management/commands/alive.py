"""Health check of the processes that answer no requests."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from handoff.services import heartbeats
from integrations.services import sweeping
from journal import clock

LONGEST_SECONDS = 90


class Command(BaseCommand):
    help = "Exit with 0 if the workers (or the watchdog) were at work within the last 90 seconds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=[sweeping.WORKER, sweeping.WATCHDOG])

    def handle(self, *args: Any, **options: Any) -> None:
        age = heartbeats.age(name=options["name"], at=clock.now())
        if age is None or age.total_seconds() > LONGEST_SECONDS:
            raise CommandError(f"{options['name']} was not at work {'yet' if age is None else f'for {age}'}.")

"""Makes the sample company and prints its people's logins."""

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import get_default_timezone

from integrations.sample import company
from integrations.sample.crew import PASSWORD, PEOPLE
from journal import clock
from journal.errors import DomainError


class Command(BaseCommand):
    help = "Makes the sample company (twelve months of a lead handoff) in an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, default=600, help="how many leads (1 to 100000)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and date give the same company")
        parser.add_argument("--until", help="the last day of its history, as 2026-11-20 (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["leads"] <= 100_000:
            raise CommandError("--leads must be 1 to 100000.")
        try:
            company.make(
                leads=options["leads"],
                seed=options["seed"],
                until=self._until(options["until"]),
                progress=self._progress(options["leads"]),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._print_logins()

    def _until(self, text: str | None) -> datetime:
        if not text:
            return clock.now()
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (only the day is read)
        except ValueError as error:
            raise CommandError(f"--until {text!r} is not a day such as 2026-11-20.") from error
        return datetime.combine(day, time(17, 30), get_default_timezone())

    def _progress(self, leads: int) -> Any:
        step = max(1, leads // 10)

        def show(number: int) -> None:
            if number % step == 0:
                self.stderr.write(f"  sample company: {number} of {leads} leads")

        return show

    def _print_logins(self) -> None:
        self.stdout.write(f"Sample company ready. One click each on the login page, or with the password {PASSWORD}:")
        for key, last, first, roles, _teams, _speed in PEOPLE:
            self.stdout.write(
                f"  {key}@minato.example  {last} {first} ({', '.join(role.replace('_', ' ') for role in roles)})"
            )

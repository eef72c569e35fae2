"""Makes the sample company, or plays a month of it, and prints its people's logins."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import get_default_timezone

from accounts.models import User
from handoff.queries import explained, invariants
from integrations.sample import company, month
from integrations.sample.crew import PASSWORD, PEOPLE
from journal import clock
from journal.errors import DomainError

YEAR_LEADS, MONTH_LEADS = 600, 240
# Its history needs room on both sides of the last day: deadlines lie ahead of it.
YEARS = range(2000, 2100)


class Command(BaseCommand):
    help = (
        "Makes the sample company (twelve months of a lead handoff, or one month day by day) in an empty installation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--month", action="store_true", help="one month with every way in and every incident, checked at its end"
        )
        parser.add_argument("--leads", type=int, help="how many leads (1 to 100000; default: 600, 240 in a month)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and date give the same company")
        parser.add_argument("--until", help="the last day of its history, as 2026-11-20 (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        make = month.make if options["month"] else company.make
        leads = options["leads"] if options["leads"] is not None else MONTH_LEADS if options["month"] else YEAR_LEADS
        if not 1 <= leads <= 100_000:
            raise CommandError("--leads must be 1 to 100000.")
        until = self._until(options["until"])
        try:
            make(leads=leads, seed=options["seed"], until=until, progress=self._progress(leads))
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._print_logins()
        if options["month"]:
            self._check(until)

    def _until(self, text: str | None) -> datetime:
        if not text:
            return clock.now()
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (only the day is read)
        except ValueError as error:
            raise CommandError(f"--until {text!r} is not a day such as 2026-11-20.") from error
        if day.year not in YEARS:
            raise CommandError(f"--until must be a day from {YEARS.start} to {YEARS.stop - 1}.")
        return datetime.combine(day, time(17, 30), get_default_timezone())

    def _progress(self, leads: int) -> Any:
        step = max(1, leads // 10)

        def show(number: int) -> None:
            if number % step == 0:
                self.stderr.write(f"  sample company: {number} of {leads} leads")

        return show

    def _print_logins(self) -> None:
        self.stdout.write(f"Sample company ready. One click each on the login page, or with the password {PASSWORD}:")
        here = set(User.objects.active().values_list("email", flat=True))
        for key, last, first, roles, _teams, _speed in PEOPLE:
            if f"{key}@minato.example" not in here:
                continue
            self.stdout.write(
                f"  {key}@minato.example  {last} {first} ({', '.join(role.replace('_', ' ') for role in roles)})"
            )

    def _check(self, until: datetime) -> None:
        """Says how every lead is explained; raises CommandError where one is not, or an invariant does not hold."""
        told = explained.every_lead(at=until)
        faults = [f"{question}: leads {ids}" for question, ids in told.unexplained.items() if ids]
        faults += [str(one) for one in invariants.violations(at=until)]
        owed, free = sum(told.owed.values()), sum(told.free.values())
        self.stdout.write(
            f"On {owed} something is owed ({_counts(told.owed)}), on {free} nothing ({_counts(told.free)})."
        )
        if faults:
            raise CommandError("\n".join(["Not everything holds:", *faults]))
        self.stdout.write(f"{told.number} leads, all explained; all invariants hold.")


def _counts(of: Mapping[str, int]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {number}" for kind, number in sorted(of.items())) or "none"

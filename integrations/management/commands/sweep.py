"""`manage.py sweep`: every sweep once, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.services import sweeping
from journal import clock


class Command(BaseCommand):
    help = "Runs every sweep once: owed scores, clocks, reactions, mails, imports."

    def handle(self, *args: Any, **options: Any) -> None:
        failures = sweeping.run_all(clock.now())
        if failures:
            raise CommandError("; ".join(f"{name}: {why}" for name, why in failures.items()))
        self.stdout.write(self.style.SUCCESS(f"{len(sweeping.SWEEPS)} sweeps done."))

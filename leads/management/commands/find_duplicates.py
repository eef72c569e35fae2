"""Compares every lead with those that may be the same person, from the beginning, and says how long that took."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from journal import clock, doorbell
from leads.models import DuplicatePair
from leads.services import duplicate_marks, duplicate_search


class Command(BaseCommand):
    help = "Compares all leads for duplicates, in the foreground."

    def handle(self, *args: Any, **options: Any) -> None:
        """Marks all and works them off; workers may help."""
        with doorbell.quiet():
            duplicate_marks.mark_all(at=clock.now())
        began = time.monotonic()
        done = duplicate_search.work(now=clock.now)
        seconds = time.monotonic() - began
        pairs = DuplicatePair.objects.open().count()
        self.stdout.write(f"{done} leads compared in {seconds:.1f} s, {pairs} open pairs")

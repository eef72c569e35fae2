"""`manage.py check_invariants`: says nothing and ends with 0 when everything holds, else names what does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from handoff.queries import invariants
from journal import clock


class Command(BaseCommand):
    help = "Checks the invariants I1 to I10; prints nothing when all hold."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        found = invariants.violations(at=clock.now())
        for violation in found:
            self.stdout.write(str(violation))
        if found:
            raise CommandError(f"{len(found)} invariants do not hold.", returncode=1)

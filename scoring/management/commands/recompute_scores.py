"""`manage.py recompute_scores`: scores all leads again and says how far it is."""

from typing import Any

from django.core.management.base import BaseCommand

from journal import clock
from scoring.models import RecomputeRun
from scoring.services import recompute


class Command(BaseCommand):
    help = "Scores all leads again under the published models."

    def handle(self, *_args: Any, **_options: Any) -> None:
        run = recompute.start(by=None, at=clock.now())
        while recompute.work_range(run_id=run.pk, at=clock.now()):
            self._say(run)
        self._say(run)
        self.stdout.write(self.style.SUCCESS(run.state) if run.state == "done" else run.state)

    def _say(self, run: RecomputeRun) -> None:
        run.refresh_from_db()
        done, total = f"{run.leads_done:,}", f"{run.leads_total:,}"
        self.stdout.write(f"{done} / {total} leads, {run.changed:,} changed, {run.band_changes:,} changed band")

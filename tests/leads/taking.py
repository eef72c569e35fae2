"""An import taken in whole, for tests of what comes after it."""

from typing import Any

from django.core.files.base import ContentFile

from leads.models import ImportRun
from leads.services import import_runs, import_work
from tests.cast import NOON, Cast


def take(cast: Cast, text: str, **options: Any) -> ImportRun:
    """Mia's list.csv with this text, worked to its end; with `dry_run` that is a preview."""
    run = import_runs.start(file=ContentFile(text.encode()), filename="list.csv", by=cast.mia, at=NOON, **options)
    import_work.work(run_id=run.pk, now=lambda: NOON)
    run.refresh_from_db()
    assert run.state == ("preview" if options.get("dry_run") else "done")
    return run


def counts(run: ImportRun) -> tuple[int, ...]:
    """Created, updated, unchanged, held and refused rows as they are now; they add up to the file's."""
    run.refresh_from_db()
    found = (run.created, run.updated, run.unchanged, run.duplicates, run.refused)
    assert sum(found) == run.rows
    return found

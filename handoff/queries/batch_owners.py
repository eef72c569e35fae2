"""Who decides on a batch: who imported, published or recomputed; else marketing."""

from datetime import timedelta

from accounts.models import User
from handoff.queries import marketing, people
from handoff.queries.marketing import Keeper
from leads.models import ImportRun
from scoring.models import RecomputeRun

# Marks of one import are scored in many chunks; what comes within this time is one decision.
SAME_BATCH = timedelta(hours=12)


def owner_of(*, cause: str, source_id: int | None) -> Keeper:
    """The person behind it while active, else the marketing team's queue, else an administrator."""
    person = _person(cause, source_id)
    team_id = marketing.marketing_team_id()
    if person is not None and User.objects.active().filter(pk=person, is_service=False).exists():
        return Keeper(person, team_id)
    if team_id is not None:
        return Keeper(None, team_id)
    return Keeper(next(iter(people.admins()), person), None)


def _person(cause: str, source_id: int | None) -> int | None:
    if cause == "import":
        runs = ImportRun.objects.filter(pk=source_id) if source_id else ImportRun.objects.order_by("-id")
        return runs.values_list("created_by", flat=True).first()
    run = RecomputeRun.objects.filter(pk=source_id) if source_id else RecomputeRun.objects.none()
    return run.values_list("started_by", flat=True).first()

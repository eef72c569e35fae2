"""What waits for whom: the duties of leads as small rows, most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from handoff.models import Batch, Handoff
from handoff.queries import nurture
from handoff.queries.nurture import DueStep
from leads.domain.choices import DueKind
from leads.models import ImportRow, ImportRun, Lead

COLUMNS = ("company", "owner", "team", "score", "batch_entry", "joined")


@dataclass(frozen=True)
class DutyRow:
    """One duty: the lead, what is owed by when, and the handoff it comes from. A batch is one row of many leads."""

    lead: Lead | None
    due_kind: str
    due_at: datetime
    note: str = ""
    handoff: Handoff | None = None
    batch: Batch | None = None
    leads: int = 1
    step: DueStep | None = None

    @property
    def owner(self) -> User | None:
        return self.batch.owner if self.batch else self.lead.owner

    @property
    def team(self) -> Any:
        return self.batch.team if self.batch else self.lead.team


def held_by(user: User) -> Q:
    """A lead whose duty is this person's, or lies in a queue of their teams."""
    return Q(owner=user) | Q(owner__isnull=True, team__in=user.team_ids)


def waiting_for(*, user: User, at: datetime, limit: int = 50) -> list[DutyRow]:
    """What waits for this person, most urgent first: past due or still to come; leads that only rest are left out.

    Two indexes (owner, due) and (team, due) answer it, plus one query for the handoffs of the leads shown.
    """
    waiting = Lead.objects.present().filter(held_by(user), due_at__isnull=False)
    waiting = waiting.exclude(due_kind__in=[DueKind.RESURFACE, DueKind.BATCH])
    rows = rows_of(waiting.select_related(*COLUMNS).order_by("due_at", "id")[:limit])
    batches = [batch_row(batch) for batch in open_batches().filter(held_by(user)).order_by("due_at")[:limit]]
    return sorted([*rows, *batches], key=lambda row: row.due_at)[:limit]


def open_batches() -> QuerySet[Batch]:
    """Batches that wait for a decision, with how many leads are in each."""
    return Batch.objects.filter(closed_at__isnull=True).select_related("owner", "team")


def batch_row(batch: Batch, leads: int | None = None) -> DutyRow:
    """A batch as one duty."""
    count = batch.entries.count() if leads is None else leads
    return DutyRow(None, DueKind.BATCH, batch.due_at, batch=batch, leads=count)


def in_batch(*, batch: Batch, user: User, limit: int) -> list[DutyRow]:
    """The leads of a batch that this person may see, best score first."""
    return rows_of(seen_of(batch, user).select_related(*COLUMNS).order_by("-score__total", "id")[:limit])


def seen_of(batch: Batch, user: User) -> QuerySet[Lead]:
    """The leads of a batch that this person may see."""
    return Lead.objects.visible_to(user).filter(batch_entry__batch=batch)


def batches_of_import(run: ImportRun, user: User) -> list[tuple[Batch, int]]:
    """The undecided batches that leads of an import wait in, each with how many of them this person may see."""
    came = ImportRow.objects.filter(run=run, lead__isnull=False).values("lead")
    seen = Lead.objects.visible_to(user).filter(pk__in=came, batch_entry__batch__closed_at=None)
    counted = seen.order_by().values_list("batch_entry__batch").annotate(leads=Count("pk"))
    numbers = dict(counted)
    return [(batch, numbers[batch.pk]) for batch in Batch.objects.filter(pk__in=numbers).order_by("due_at", "id")]


def rows_of(leads: Iterable[Lead]) -> list[DutyRow]:
    """Leads as duties, each with its latest handoff (its own, or the one it joined) and the nurture step it is about;
    one query more for the handoffs, two where a step is due."""
    found = list(leads)
    joined = {lead.pk: lead.joined.handoff_id for lead in found if hasattr(lead, "joined")}
    about = Q(lead__in=[lead.pk for lead in found]) | Q(pk__in=joined.values())
    handoffs = {handoff.pk: handoff for handoff in Handoff.objects.filter(about).order_by("id")} if found else {}
    latest = {handoff.lead_id: handoff for handoff in handoffs.values()}
    steps = nurture.due_steps([lead.pk for lead in found if lead.due_kind == DueKind.NURTURE])
    return [
        DutyRow(
            lead,
            lead.due_kind,
            lead.due_at,
            steps[lead.pk].said if lead.pk in steps else lead.due_note,
            handoffs.get(joined.get(lead.pk)) or latest.get(lead.pk),
            step=steps.get(lead.pk),
        )
        for lead in found
    ]

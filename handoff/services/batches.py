"""Leads that reached the line together wait for one decision: offer, nurture, or wait (F-13)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission, Role
from accounts.models import User
from handoff.domain.duties import Duty
from handoff.domain.stages import Way
from handoff.models import Batch, BatchLead, Handoff
from handoff.queries import batch_owners, due, legs, loads
from handoff.queries.marketing import Keeper
from handoff.services import batch_entries, duties, joining, nurturing, offers, stages
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import DueKind, Stage
from leads.models import Lead
from leads.models.lead import LeadQuerySet

OFFERED_AT_ONCE = 20
# The reason of the stage that comes with a batch: this, and the batch's cause.
REASON = "batch_"


class NotYourBatch(Forbidden):
    code = "not_your_batch"
    message = _("Marketing decides on this batch.")


class BatchClosed(Conflict):
    code = "batch_closed"
    message = _("Everything in this batch has been decided.")


class BadDay(Invalid):
    code = "bad_day"
    message = _("The date must be in the future.")


def gather(*, leads: Sequence[Lead], cause: str, source_id: int | None, at: datetime) -> Batch | None:
    """Makes MQLs of these and puts them into the one open batch of their cause; starts no clock."""
    batch = _open_batch(cause, source_id, at) if leads else None
    if batch is None:
        return None
    duty = Duty(DueKind.BATCH, batch.due_at, batch.owner_id, batch.team_id)
    reason = f"{REASON}{cause}"
    moved = stages.move_many(
        leads=leads, to=Stage.MQL, way=Way.ELIGIBLE, by=None, at=at, duty_of=lambda _lead: duty, reason=reason
    )
    rows = [BatchLead(lead=lead, batch=batch, at=at) for lead in moved]
    BatchLead.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    if moved:
        data = {"count": len(moved), "cause": cause, "source_id": source_id}
        record("batch.made", subject=batch, by=None, at=at, data=data)
    return batch


def _open_batch(cause: str, source_id: int | None, at: datetime) -> Batch | None:
    """One decision per import, publish, recompute or midnight: its chunks fill the same batch.

    One that was put off is left alone: who comes now is decided on in time. None where nobody could decide yet.
    """
    keeper = batch_owners.owner_of(cause=cause, source_id=source_id)
    if keeper.is_nobody:
        return None
    duty = due.duty(DueKind.BATCH, keeper, at=at)
    standing = Batch.objects.filter(cause=cause, source_id=source_id, closed_at__isnull=True)
    if source_id is None:
        standing = standing.filter(created_at__gt=at - batch_owners.SAME_BATCH)
    found = standing.filter(due_at__lte=duty.due_at).order_by("id").first()
    if found is not None:
        return found
    return Batch.objects.create(
        cause=cause,
        source_id=source_id,
        owner_id=keeper.owner_id,
        team_id=keeper.team_id,
        created_at=at,
        due_at=duty.due_at,
    )


def offer_all(*, batch: Batch, by: User, at: datetime, lead_ids: Iterable[int] | None = None) -> list[Handoff]:
    """Hands over those chosen (all, when none are named), best score first, up to the receivers' capacity.

    A colleague of one whose handoff is open joins it. What does not fit stays in the batch. A few leads in each
    transaction, so that nobody else waits for the whole batch: one that ends early is gone on with by doing it again.
    """
    _check(batch, by)
    chosen = list(_chosen(batch, lead_ids).order_by("-score__total", "pk").values_list("pk", flat=True))
    leg = legs.legs()[0]
    room = loads.room(legs.RECEIVING[leg], at=at)
    made: list[Handoff] = []
    for first in range(0, len(chosen), OFFERED_AT_ONCE):
        part = chosen[first : first + OFFERED_AT_ONCE]
        made += _offer_some(batch=batch, lead_ids=part, room=room - len(made), by=by, at=at)
    retried(batch_entries.close_when_empty)(batch=batch, by=by, at=at)
    return made


@retried
def _offer_some(*, batch: Batch, lead_ids: list[int], room: int, by: User, at: datetime) -> list[Handoff]:
    """Those that are in the batch still, in this order."""
    still = _chosen(batch, lead_ids).in_bulk()
    made: list[Handoff] = []
    for lead in (still[pk] for pk in lead_ids if pk in still):
        standing = joining.open_handoff_of_company(lead)
        if standing is not None:
            batch_entries.leave(lead_ids=[lead.pk], by=by, at=at)
            joining.join(lead=lead, handoff=standing, by=by, at=at)
        elif len(made) < room:
            made.append(offers.offer(lead=lead, by=by, at=at))
    return made


@retried
def nurture_all(*, batch: Batch, day: date, by: User, at: datetime, lead_ids: Iterable[int] | None = None) -> int:
    """Puts those chosen aside until `day`; returns how many."""
    _check(batch, by)
    chosen = list(_chosen(batch, lead_ids))
    for lead in chosen:
        nurturing.nurture(lead=lead, day=day, way=Way.BY_HAND, reason="batch", by=by, at=at)
    batch_entries.close_when_empty(batch=batch, by=by, at=at)
    return len(chosen)


@retried
def wait(*, batch: Batch, day: date, by: User, at: datetime, lead_ids: Iterable[int] | None = None) -> Batch:
    """Moves the decision to `day`: of the whole batch, or of those chosen in a batch of their own."""
    _check(batch, by)
    duty = due.duty_on(DueKind.BATCH, Keeper(batch.owner_id, batch.team_id), day)
    if duty.due_at <= at:
        raise BadDay(errors=[FieldError("day", "past", str(BadDay.message))])
    chosen = [lead.pk for lead in _chosen(batch, lead_ids)]
    target = batch
    if len(chosen) < batch.entries.count():
        target = Batch.objects.create(
            cause=batch.cause,
            source_id=None,
            owner_id=batch.owner_id,
            team_id=batch.team_id,
            created_at=at,
            due_at=duty.due_at,
        )
        BatchLead.objects.filter(lead__in=chosen).update(batch=target)
    Batch.objects.filter(pk=target.pk).update(due_at=duty.due_at)
    target.due_at = duty.due_at
    duties.assign_many(duties=dict.fromkeys(chosen, duty))
    record("batch.waits", subject=target, by=by, at=at, data={"count": len(chosen), "until": day.isoformat()})
    return target


def _check(batch: Batch, by: User) -> None:
    batch.refresh_from_db()
    if batch.closed_at is not None:
        raise BatchClosed
    if not (by.may(Permission.OFFER_FIRST_LEG) or batch.owner_id == by.pk or Role.ADMIN in by.roles):
        raise NotYourBatch


def _chosen(batch: Batch, lead_ids: Iterable[int] | None) -> LeadQuerySet:
    chosen = Lead.objects.present().filter(batch_entry__batch=batch, stage=Stage.MQL, do_not_contact=False)
    return chosen if lead_ids is None else chosen.filter(pk__in=list(lead_ids))

"""The only writer of a lead's owner, team, due time, duty and `not_before`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from handoff.domain.duties import Duty
from handoff.models import Handoff
from leads.domain.choices import DueKind
from leads.models import Lead

COLUMNS = ("owner_id", "team_id", "due_at", "due_kind", "due_note", "not_before")
_FEW = 10
NOTE_LENGTH = Lead._meta.get_field("due_note").max_length


def answer(handoff: Handoff) -> Duty:
    """The receiver, or without one the team's queue, owes the answer."""
    return Duty(DueKind.ANSWER, handoff.answer_due_at, handoff.assigned_to_id, handoff.team_id)


def with_holder(lead: Lead, duty: Duty) -> Duty:
    """The duty for who holds the lead by now: somebody who accepted it may have left since."""
    if lead.owner_id is None and lead.team_id is None:
        return duty
    return replace(duty, owner_id=lead.owner_id, team_id=lead.team_id)


def assign(*, lead: Lead, duty: Duty, not_before: datetime | None = None) -> None:
    """From now on the owner, or without one the team's queue, owes it.

    `not_before` keeps the system from taking the lead up again earlier.
    """
    _write(lead, columns(duty, not_before=not_before))


def clear(*, lead: Lead, keep_owner: bool = True) -> None:
    """Nothing is owed any more."""
    freed: dict[str, Any] = {"due_at": None, "due_kind": "", "due_note": "", "not_before": None}
    _write(lead, freed if keep_owner else freed | {"owner_id": None, "team_id": None})


def assign_many(*, duties: Mapping[int, Duty], not_before: Mapping[int, datetime] | None = None) -> None:
    """One duty each, by lead id."""
    until = not_before or {}
    _write_many({pk: columns(duty, not_before=until.get(pk)) for pk, duty in duties.items()})


def clear_many(*, lead_ids: Sequence[int]) -> None:
    """Nothing is owed on these any more."""
    Lead.objects.filter(pk__in=lead_ids).update(due_at=None, due_kind="", due_note="", not_before=None)


def own_many(*, owners: Mapping[int, int]) -> None:
    """Names an owner, by lead id, for leads on which nothing is owed."""
    rows = [Lead(pk=pk, owner_id=owner_id) for pk, owner_id in owners.items()]
    Lead.objects.bulk_update(rows, ["owner"], batch_size=500)


def keep(*, lead: Lead, owner_id: int | None, team_id: int | None) -> None:
    """Names who keeps a lead on which nothing is owed."""
    _write(lead, {"owner_id": owner_id, "team_id": team_id})


def put_back(*, lead_id: int, values: Mapping[str, Any]) -> None:
    """The columns as they were before something that is undone."""
    Lead.objects.filter(pk=lead_id).update(**values)


def hand_many(*, holders: Mapping[int, tuple[int | None, int | None]]) -> None:
    """Gives each, by lead id, this owner and team; what is owed on it stays owed, by them."""
    _write_many({pk: {"owner_id": owner_id, "team_id": team_id} for pk, (owner_id, team_id) in holders.items()})


def disown(*, leads: QuerySet[Lead]) -> None:
    """These belong to nobody any more; only for leads that need no owner."""
    leads.update(owner=None)


def follow_clock(*, handoff: Handoff, kind: str, due_at: datetime) -> int:
    """The clock of this kind moved: so does the duty of its lead and of those that joined it, if it is that duty.

    Clock kinds and duty kinds share their names. Returns how many leads moved.
    """
    concerned = Q(pk=handoff.lead_id) | Q(joined__handoff=handoff)
    moving = Lead.objects.filter(concerned, due_kind=kind).values("pk")
    # Asked once more of the row itself: one that is just getting another duty is waited for.
    return Lead.objects.filter(pk__in=moving, due_kind=kind).update(due_at=due_at)


def columns(duty: Duty, *, not_before: datetime | None = None) -> dict[str, Any]:
    """The duty as the lead's columns."""
    return {
        "owner_id": duty.owner_id,
        "team_id": duty.team_id,
        "due_at": duty.due_at,
        "due_kind": duty.kind,
        "due_note": duty.note[:NOTE_LENGTH],
        "not_before": not_before,
    }


def _write_many(values: Mapping[int, dict[str, Any]]) -> None:
    """The same columns of many leads, in chunks of 500: one statement for all that get the same, where few differ.

    500 branches for each column of one statement take seconds, a handful of plain updates milliseconds.
    """
    lead_ids = list(values)
    for start in range(0, len(lead_ids), 500):
        alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for pk in lead_ids[start : start + 500]:
            alike[tuple(values[pk].values())].append(pk)
        if len(alike) > _FEW:
            rows = [Lead(pk=pk, **values[pk]) for pk in lead_ids[start : start + 500]]
            Lead.objects.bulk_update(rows, [name.removesuffix("_id") for name in values[lead_ids[start]]])
            continue
        for pks in alike.values():
            Lead.objects.filter(pk__in=pks).update(**values[pks[0]])


def _write(lead: Lead, values: dict[str, Any]) -> None:
    Lead.objects.filter(pk=lead.pk).update(**values)
    for name, value in values.items():
        setattr(lead, name, value)

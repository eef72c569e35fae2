"""Stages and owners that an import brings: history of before Handoff, written set-based and flagged."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.models import User
from accounts.queries import organization
from handoff.domain import follows, stages
from handoff.domain.duties import IMPORTED_WORKING_DAYS, Duty
from handoff.domain.nurture import Ended
from handoff.models import Handoff, StageTransition
from handoff.queries import due, marketing
from handoff.queries.marketing import Keeper
from handoff.services import duties, nurture_runs
from handoff.services import stages as stage_service
from leads.domain.choices import DueKind, Stage
from leads.models import Lead

# What the outcome column says, as a stage; an open one is a deal under way.
OUTCOMES = {"won": Stage.WON, "lost": Stage.LOST, "open": Stage.OPPORTUNITY}
RESTING = (Stage.LOST, Stage.NURTURE)


@dataclass(frozen=True)
class History:
    """One lead's imported stage: which, since when, and whether that day was told."""

    lead: Lead
    stage: str
    at: datetime
    is_undated: bool
    keeper: Keeper


def apply(*, rows: Sequence[Mapping[str, Any]], by: User | None, at: datetime) -> int:
    """Writes the stages and owners of these rows (as in `import.rows_applied`); returns how many stages changed.

    Leads that had a handoff here are left as they are: their history is Handoff's own.
    """
    wanted = {row["lead"]: row for row in rows}
    handed = set(Handoff.objects.filter(lead__in=wanted).values_list("lead_id", flat=True))
    found = Lead.objects.select_for_update().filter(pk__in=set(wanted) - handed)
    leads = {lead.pk: lead for lead in found}
    moved = [entry for entry in _histories(leads, wanted, by, at) if entry.lead.stage != entry.stage]
    _write(moved, by, at)
    _own(leads.values(), wanted, {entry.lead.pk for entry in moved})
    return len(moved)


def had_handoffs(lead_ids: Collection[int]) -> set[int]:
    """Of these leads, those with any handoff here: an import may not rewrite their stage."""
    return set(Handoff.objects.filter(lead__in=lead_ids).values_list("lead_id", flat=True))


def latest_handovers(lead_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these leads was handed over last; those never handed over are missing."""
    found = Handoff.objects.filter(lead__in=lead_ids).order_by()
    return dict(found.values_list("lead").annotate(Max("offered_at")))


def moved_here(lead_ids: Collection[int]) -> set[int]:
    """Of these leads, those whose stage changed by more than an import's history."""
    found = StageTransition.objects.filter(lead__in=lead_ids, imported=False)
    return set(found.values_list("lead_id", flat=True))


def _histories(
    leads: Mapping[int, Lead], wanted: Mapping[int, Mapping[str, Any]], by: User | None, at: datetime
) -> Iterable[History]:
    keepers = marketing.keepers_of(leads.values())
    teams = _teams({row.get("owner_id") for row in wanted.values()} | {getattr(by, "pk", None)})
    for pk, lead in leads.items():
        row = wanted[pk]
        stage = OUTCOMES.get(row.get("outcome") or "") or row.get("stage") or ""
        if stage not in Stage.values:
            continue
        told = _moment(row.get("outcome_at")) or _moment(row.get("stage_at"))
        moment = min(told or _moment(row.get("acquired_at")) or lead.acquired_at or at, at)
        owner_id = row.get("owner_id") or row.get("by_id") or getattr(by, "pk", None)
        keeper = keepers[pk] if stage in RESTING or owner_id is None else Keeper(owner_id, teams.get(owner_id))
        yield History(lead, str(stage), moment, told is None, keeper)


def _teams(user_ids: Iterable[int | None]) -> dict[int, int]:
    found = User.objects.filter(pk__in=[pk for pk in user_ids if pk]).order_by("-memberships__team")
    return {pk: team for pk, team in found.values_list("pk", "memberships__team") if team}


def _write(moved: Sequence[History], by: User | None, at: datetime) -> None:
    """Duties before stages: a qualified lead never stands without one, not even within the transaction."""
    nurture_runs.stop(lead_ids=[entry.lead.pk for entry in moved], because=Ended.GONE, by=by, at=at)
    resting = organization.midnight_of(due.day_in(follows.IMPORTED_RESURFACE_DAYS, at=at))
    owed = _Duties(at)
    duties.assign_many(
        duties={entry.lead.pk: owed.of(entry) for entry in moved if entry.stage in stages.QUALIFIED},
        not_before={entry.lead.pk: resting for entry in moved if entry.stage in RESTING},
    )
    rows = [_transition(entry, by) for entry in moved]
    for entry in moved:
        entry.lead.team_id = entry.keeper.team_id
    stage_service.write_imported(rows=rows, leads=[entry.lead for entry in moved])
    duties.clear_many(lead_ids=[entry.lead.pk for entry in moved if entry.stage not in stages.QUALIFIED])


class _Duties:
    """The duty of each imported lead; due times are worked out once per owner."""

    def __init__(self, at: datetime):
        self.at = at
        self.due: dict[tuple[Keeper, bool], Duty] = {}

    def of(self, entry: History) -> Duty:
        """Decide within three working days; LOST and NURTURE rest."""
        rests = entry.stage in RESTING
        key = (entry.keeper, rests)
        if key not in self.due:
            day = due.day_in(follows.IMPORTED_RESURFACE_DAYS, at=self.at)
            self.due[key] = (
                due.duty_on(DueKind.RESURFACE, entry.keeper, day)
                if rests
                else due.duty(DueKind.NEXT_ACTION, entry.keeper, at=self.at, days=IMPORTED_WORKING_DAYS)
            )
        return self.due[key]


def _transition(entry: History, by: User | None) -> StageTransition:
    return StageTransition(
        lead=entry.lead,
        from_stage=entry.lead.stage,
        to_stage=entry.stage,
        by=by,
        reason="imported",
        at=entry.at,
        imported=True,
        undated=entry.is_undated,
    )


def _own(leads: Iterable[Lead], wanted: Mapping[int, Mapping[str, Any]], moved: set[int]) -> None:
    """An owner named for a lead whose stage did not change takes over what is owed on it."""
    named = [lead for lead in leads if lead.pk not in moved and wanted[lead.pk].get("owner_id")]
    teams = _teams(wanted[lead.pk]["owner_id"] for lead in named)
    owed = [lead for lead in named if lead.due_at is not None]
    duties.assign_many(
        duties={
            lead.pk: Duty(
                lead.due_kind,
                lead.due_at,
                wanted[lead.pk]["owner_id"],
                teams.get(wanted[lead.pk]["owner_id"]),
                lead.due_note,
            )
            for lead in owed
        },
        not_before={lead.pk: lead.not_before for lead in owed if lead.not_before},
    )
    duties.own_many(owners={lead.pk: wanted[lead.pk]["owner_id"] for lead in named if lead.due_at is None})


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) else told

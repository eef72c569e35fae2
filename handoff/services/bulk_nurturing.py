"""Puts many leads aside until a day, by the table of transitions; the others are named with the reason."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.queries import organization
from handoff.domain import stages as table
from handoff.domain.duties import Duty
from handoff.domain.stages import Way
from handoff.models import Handoff, NurtureTrack
from handoff.queries import due, marketing
from handoff.queries.marketing import Keeper
from handoff.services import batch_entries, joining, nurture_runs, nurture_steps, stages
from handoff.services.nurturing import PastDay
from handoff.services.transition import MayNotMove
from journal.errors import FieldError
from leads.domain.choices import DueKind, Stage
from leads.models import BulkRun, Lead
from leads.services import bulk_actions
from leads.services.bulk_actions import Outcome, changed, refused

NURTURE = "nurture"
MOST_REASON = 40


def check(by: User, values: dict[str, Any], at: datetime) -> None:
    """Raises MayNotMove, PastDay, UnknownTrack."""
    if not by.may(Permission.MOVE_STAGES):
        raise MayNotMove
    if date.fromisoformat(values["day"]) <= organization.local_day(at):
        raise PastDay(errors=[FieldError("day", "past", str(PastDay.message))])
    _track(values)


def nurture(*, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> dict[int, Outcome]:
    """Those that the table lets rest until the day, kept by marketing, in the track chosen or the reason's."""
    leads = list(Lead.objects.present().select_for_update().filter(pk__in=lead_ids).order_by("pk"))
    offered = set(Handoff.objects.open().filter(lead__in=[lead.pk for lead in leads]).values_list("lead", flat=True))
    outcomes = {lead.pk: refused(reason) for lead in leads if (reason := _refusal(lead, offered))}
    resting = [lead for lead in leads if lead.pk not in outcomes]
    _put_aside(resting, date.fromisoformat(run.values["day"]), run.values, by, at)
    return outcomes | {lead.pk: changed() for lead in resting}


def _refusal(lead: Lead, offered: set[int]) -> str:
    if lead.pk in offered:
        return "offered"
    if lead.stage == Stage.NURTURE:
        return "rests_already"
    return "" if table.is_allowed(lead.stage, Stage.NURTURE, Way.BY_HAND) else "stage"


def _put_aside(leads: list[Lead], day: date, values: dict[str, Any], by: User, at: datetime) -> None:
    if not leads:
        return
    lead_ids = [lead.pk for lead in leads]
    keepers = marketing.keepers_of(leads)
    former = {lead.pk: (lead.owner_id, lead.team_id) for lead in leads}

    @cache
    def owed(keeper: Keeper) -> Duty:
        return due.duty_on(DueKind.RESURFACE, keeper, day)

    batch_entries.leave(lead_ids=lead_ids, by=by, at=at)
    joining.leave_many(lead_ids=lead_ids)
    moved = stages.move_many(
        leads=leads,
        to=Stage.NURTURE,
        way=Way.BY_HAND,
        by=by,
        at=at,
        duty_of=lambda lead: owed(keepers[lead.pk]),
        not_before=organization.midnight_of(day),
        reason=values["reason"][:MOST_REASON],
    )
    nurture_runs.start(leads=moved, track=_track_still_in_use(values), former=former, by=by, at=at)


def _track_still_in_use(values: dict[str, Any]) -> NurtureTrack | None:
    """A track that was switched off while the leads were worked through takes no more of them: those only rest."""
    try:
        return _track(values)
    except nurture_steps.UnknownTrack:
        return None


def _track(values: dict[str, Any]) -> NurtureTrack | None:
    named = values.get("track", nurture_steps.BY_REASON)
    return nurture_steps.chosen(named, to=Stage.NURTURE, way=Way.BY_HAND, reason=values["reason"])


bulk_actions.register(bulk_actions.Action(NURTURE, nurture, check))

"""What a result does to the stage and the duty (DESIGN §4); the report itself and the deal are feedback's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.domain.roles import Role, TeamKind
from accounts.models import User
from accounts.queries import organization
from handoff.domain import follows
from handoff.domain.choices import ClockKind, ContactMethod, ContactResult, HandoffState
from handoff.domain.nurture import Ended
from handoff.domain.stages import Way
from handoff.models import Handoff
from handoff.queries import due
from handoff.queries.marketing import Keeper
from handoff.services import clocks, closing, contacts, duties, joining, nurture_runs, nurturing, stages, withdrawals
from journal.transactions import retried
from leads.domain.choices import DueKind, Stage
from leads.models import Lead


@dataclass(frozen=True)
class Report:
    """One result, as those who follow it up need it."""

    handoff: Handoff | None
    lead: Lead
    result: str
    reason: str
    next_action_on: date | None
    by: User
    at: datetime
    has_open_opportunity: bool
    way: Way


@retried
def apply_result(
    *,
    handoff: Handoff | None,
    lead: Lead,
    result: str,
    reason: str,
    next_action_on: date | None,
    by: User,
    at: datetime,
    has_open_opportunity: bool | None = None,
    corrected: bool = False,
) -> None:
    """Moves the lead as the result says and sets what is owed next; `handoff` is None for self-sourced deals.

    A result proves a contact: one that nobody logged is recorded as made now; a deal proves a meeting. Raises StageNotAllowed.
    """
    lead.refresh_from_db()
    is_open = lead.stage == Stage.OPPORTUNITY if has_open_opportunity is None else has_open_opportunity
    way = Way.CORRECTED if corrected else Way.RESULT if handoff is not None else Way.SELF_SOURCED
    report = Report(handoff, lead, result, reason, next_action_on, by, at, is_open, way)
    if handoff is not None:
        _end(handoff, report)
    _end_held(report)
    for standing in Handoff.objects.open().filter(lead=lead):
        # Somebody made a deal of their own meanwhile: nobody needs to answer any more.
        withdrawals.pull_back(handoff=standing, by=None, at=at)
    _FOLLOW[result](report)
    if handoff is not None:
        joining.free_accepted(handoff=handoff, at=at)


def _end(handoff: Handoff, report: Report) -> None:
    if handoff.first_contact_at is None and handoff.state == HandoffState.ACCEPTED:
        contacts.register(
            handoff=handoff,
            by=report.by,
            at=report.at,
            method=ContactMethod.MEETING if report.result in ("opportunity", "won") else ContactMethod.CALL,
            result=ContactResult.TALKED,
            moment=report.at,
        )
    if report.result in ("opportunity", "won"):
        clocks.meet(handoff=handoff, kind=ClockKind.MEETING, at=report.at)
    closing.close(handoff=handoff, at=report.at, outcome=report.result)


def _end_held(report: Report) -> None:
    """A deal of somebody's own, or a result beside what a merge brought: who else had accepted the lead owes nothing
    on it any more."""
    held = Handoff.objects.filter(lead=report.lead, state=HandoffState.ACCEPTED, closed_at__isnull=True)
    for handoff in held:
        closing.close(handoff=handoff, at=report.at, outcome=report.result, answered=False)
        joining.free_accepted(handoff=handoff, at=report.at)


def _holder(report: Report) -> Keeper:
    """Who goes on with it: the receiver, else the rep whose deal it is, else who holds the lead."""
    handoff, lead, by = report.handoff, report.lead, report.by
    if handoff is not None and handoff.assigned_to is not None and handoff.assigned_to.is_active:
        return Keeper(handoff.assigned_to_id, handoff.team_id)
    if lead.stage != Stage.OPPORTUNITY and Role.REP in by.roles:
        field = by.memberships.filter(team__kind=TeamKind.FIELD).order_by("team").values_list("team", flat=True)
        return Keeper(by.pk, field.first() or lead.team_id)
    is_held = lead.owner_id is not None or (by.is_service and lead.team_id is not None)
    return Keeper(lead.owner_id if is_held else by.pk, lead.team_id)


def _opportunity(report: Report) -> None:
    duty = due.duty(DueKind.NEXT_ACTION, _holder(report), at=report.at)
    if report.next_action_on is not None:
        duty = due.duty_on(DueKind.NEXT_ACTION, _holder(report), report.next_action_on)
    if report.lead.stage == Stage.OPPORTUNITY:
        duties.assign(lead=report.lead, duty=duty)
        return
    joining.leave(lead=report.lead)
    stages.move(
        lead=report.lead,
        to=Stage.OPPORTUNITY,
        way=report.way,
        by=report.by,
        at=report.at,
        handoff=report.handoff,
        duty=duty,
    )


def _won(report: Report) -> None:
    if report.lead.stage == Stage.WON:
        return
    _move_by_result(report, Stage.WON)


def _considering(report: Report) -> None:
    """Near ahead, or with a deal open, the rep goes on; further ahead marketing keeps it warm."""
    today = organization.local_day(report.at)
    day = report.next_action_on or today + timedelta(days=follows.CONSIDERING_DEFAULT_DAYS)
    is_near = day <= today + timedelta(days=follows.CONSIDERING_NEAR_DAYS)
    if report.lead.stage == Stage.WON or not (is_near or report.has_open_opportunity):
        _rest(report, Stage.NURTURE, max(day, today + timedelta(days=1)))
        return
    duty = due.duty_on(DueKind.NEXT_ACTION, _holder(report), day)
    nurture_runs.stop(lead_ids=[report.lead.pk], because=Ended.OWN_PLAN, by=report.by, at=report.at)
    duties.assign(lead=report.lead, duty=duty, not_before=report.lead.not_before)


def _lost(report: Report) -> None:
    days = follows.LOST_RESURFACE_DAYS.get(report.reason, follows.LOST_DEFAULT_DAYS)
    _rest(report, Stage.LOST, due.day_in(days, at=report.at))


def _rest(report: Report, to: Stage, day: date) -> None:
    way = Way.RESULT if report.way == Way.SELF_SOURCED else report.way
    nurturing.nurture(
        lead=report.lead,
        day=day,
        way=way,
        reason=report.reason or report.result,
        by=report.by,
        at=report.at,
        handoff=report.handoff,
        to=to,
    )


def _move_by_result(report: Report, to: Stage) -> None:
    way = Way.RESULT if report.way == Way.SELF_SOURCED else report.way
    stages.move(lead=report.lead, to=to, way=way, by=report.by, at=report.at, handoff=report.handoff)


_FOLLOW: dict[str, Callable[[Report], None]] = {
    "opportunity": _opportunity,
    "won": _won,
    "considering": _considering,
    "lost": _lost,
}

"""The next step that somebody plans with a lead."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain import duties as ranks
from handoff.domain.choices import ClockKind, ContactMethod, HandoffState
from handoff.domain.duties import Duty
from handoff.domain.nurture import Ended
from handoff.models import Handoff
from handoff.services import clocks, duties, nurture_runs
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from journal.versions import refuse_stale
from leads.domain.choices import DueKind, Stage
from leads.models import Lead
from leads.services.lead_checks import NoLongerHere

KINDS = (*ContactMethod.values, "other")


class DutyFirst(Conflict):
    """Something more pressing is owed on this lead."""

    code = "duty_first"
    message = _("First: %(duty)s. Then you can plan the next action.")


class NotHolding(Forbidden):
    code = "not_holding"
    message = _("Only the lead's owner can plan its next action.")


class BadNextAction(Invalid):
    code = "bad_next_action"
    message = _("The next action is incomplete; see the details.")


class NothingToPlan(Conflict):
    code = "nothing_to_plan"
    message = _("A lead in stage %(stage)s has no next action.")


@retried
def plan(
    *,
    lead: Lead,
    action_at: datetime,
    kind: str,
    by: User,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Lead:
    """From now on the lead's duty is this step; inside sales' qualifying is answered by it, a nurture track ends.

    Raises StaleWrite when `expected_version` is no longer the lead's, NotHolding, DutyFirst (an answer, a first
    contact, a report come first), NothingToPlan, BadNextAction.
    """
    current = Lead.objects.select_for_update().get(pk=lead.pk)
    refuse_stale(current, expected_version)
    if not (permissions.holds(by, current) or current.owner_id is None or permissions.may_direct(by, current)):
        raise NotHolding
    _check(current, action_at, kind, at)
    owner_id = current.owner_id or (None if by.is_service else by.pk)
    team_id = current.team_id or next(iter(sorted(by.team_ids)), None)
    duty = Duty(DueKind.NEXT_ACTION, action_at, owner_id, team_id, f"{kind}: {note}" if note else kind)
    if current.due_kind == DueKind.QUALIFY:
        _answer_qualifying(current, at)
    nurture_runs.stop(lead_ids=[current.pk], because=Ended.OWN_PLAN, by=by, at=at)
    duties.assign(lead=current, duty=duty, not_before=current.not_before)
    data = {"kind": kind, "due_at": action_at.isoformat()}
    record("lead.next_action_planned", subject=current, by=by, at=at, lead_id=lead.pk, data=data, new={"note": note})
    lead.refresh_from_db()
    return lead


def waits_for_another(lead: Lead) -> bool:
    """Whether something else is owed before the next step can be set: an answer, a first contact, a report."""
    return ranks.rank(lead.due_kind) < ranks.rank(DueKind.NEXT_ACTION) and lead.due_kind not in _ANSWERED_BY_PLANNING


def _check(lead: Lead, action_at: datetime, kind: str, at: datetime) -> None:
    if not lead.is_present:
        raise NoLongerHere
    if lead.stage in (Stage.WON, Stage.DISQUALIFIED):
        raise NothingToPlan(stage=Stage(lead.stage).label)
    if waits_for_another(lead):
        raise DutyFirst(duty=DueKind(lead.due_kind).label)
    faults = []
    if kind not in KINDS:
        faults.append(FieldError("kind", "unknown", ", ".join(KINDS)))
    if action_at <= at:
        faults.append(FieldError("at", "past", str(_("This time is in the past. Choose a later one."))))
    if faults:
        raise BadNextAction(errors=faults)


# Qualifying ends with an offer, recycling or a next action; a hearing that is planned is on its way.
_ANSWERED_BY_PLANNING = frozenset({DueKind.QUALIFY, DueKind.HEARING})


def _answer_qualifying(lead: Lead, at: datetime) -> None:
    held = Handoff.objects.filter(lead=lead, state=HandoffState.ACCEPTED, closed_at__isnull=True).order_by("-id")
    handoff = held.first()
    if handoff is not None:
        clocks.meet(handoff=handoff, kind=ClockKind.QUALIFY, at=at)

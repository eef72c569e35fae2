"""Gives many leads to a person or into a team's queue; a running handoff is left alone, it has its own verb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission, TeamKind
from accounts.models import Team, User
from handoff import permissions
from handoff.domain.choices import HandoffState
from handoff.models import Handoff, JoinedLead
from handoff.services import duties
from journal.errors import FieldError, Forbidden, Invalid
from journal.services import record
from leads.domain.choices import DueKind
from leads.models import BulkItem, BulkRun, Lead
from leads.services import bulk_actions
from leads.services.bulk_actions import UNCHANGED, Outcome, changed, refused

ASSIGN = "assign"
# What marketing keeps: whoever gets it must be able to hand it over.
_MARKETINGS = (DueKind.OFFER, DueKind.RESURFACE)
_DECIDED_ELSEWHERE = {DueKind.BATCH: "in_batch", DueKind.MERGE_DECISION: "merge_decision"}
Holder = tuple[int | None, int | None]


class MayNotAssign(Forbidden):
    code = "may_not_assign"
    message = _("Your role can't assign leads.")


class NobodyThere(Invalid):
    code = "bad_assignee"
    message = _("Choose an active colleague or a team.")


@dataclass(frozen=True)
class Target:
    """To whom: a person with the teams they may hold it in (the first one is usual), or a team's queue."""

    user: User | None
    teams: tuple[Team, ...]

    @property
    def is_marketing(self) -> bool:
        if self.user is not None:
            return self.user.may(Permission.OFFER_FIRST_LEG)
        return any(team.kind == TeamKind.MARKETING for team in self.teams)

    def holder(self, lead: Lead) -> Holder:
        """Owner and team the lead gets: a team that both have in common stays."""
        ids = [team.pk for team in self.teams]
        if self.user is None:
            return None, ids[0]
        if lead.team_id in ids or not ids:
            return self.user.pk, lead.team_id
        own = [team.pk for team in self.teams if (team.kind == TeamKind.MARKETING) == (lead.due_kind in _MARKETINGS)]
        return self.user.pk, (own or ids)[0]


def check(by: User, values: dict[str, Any], at: datetime) -> None:
    """Raises MayNotAssign, NobodyThere."""
    if not permissions.may_direct_some(by):
        raise MayNotAssign
    if target(values) is None:
        raise NobodyThere(errors=[FieldError("to", "bad_assignee", str(NobodyThere.message))])


def target(values: Mapping[str, Any]) -> Target | None:
    """Who is meant by `user` or `team`; None when they are not here any more."""
    if values.get("user"):
        user = User.objects.active().people().filter(pk=values["user"]).first()
        teams = Team.objects.filter(memberships__user=user, is_active=True).order_by("pk").distinct() if user else ()
        return Target(user, tuple(teams)) if user else None
    team = Team.objects.filter(pk=values.get("team"), is_active=True).first()
    return Target(None, (team,)) if team else None


def assign(*, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> dict[int, Outcome]:
    """Those that nothing speaks against get the new owner or queue; due times stay as they are."""
    to = target(run.values)
    if to is None:
        return dict.fromkeys(lead_ids, refused("departed"))
    leads = _held(lead_ids)
    running = _running([lead.pk for lead in leads])
    outcomes = {lead.pk: _outcome(lead, to, running, by) for lead in leads}
    moving = [lead for lead in leads if outcomes[lead.pk].result == BulkItem.Result.CHANGED]
    duties.hand_many(holders={lead.pk: to.holder(lead) for lead in moving})
    _tell("leads.assigned", run, [lead.pk for lead in moving], by, at)
    return outcomes


def _outcome(lead: Lead, to: Target, running: Mapping[int, str], by: User) -> Outcome:
    if reason := _refusal(lead, to, running, by):
        return refused(reason)
    owner_id, team_id = to.holder(lead)
    if lead.owner_id == owner_id and (owner_id is not None or lead.team_id == team_id):
        return UNCHANGED
    return changed(holder=[lead.owner_id, lead.team_id], given=[owner_id, team_id], state=_state(lead))


def _refusal(lead: Lead, to: Target, running: Mapping[int, str], by: User) -> str:
    if lead.pk in running:
        return running[lead.pk]
    if lead.due_kind in _DECIDED_ELSEWHERE:
        return _DECIDED_ELSEWHERE[DueKind(lead.due_kind)]
    if not permissions.may_direct(by, lead):
        return "not_yours"
    if lead.due_kind in _MARKETINGS and not to.is_marketing:
        return "marketings"
    return ""


def _running(lead_ids: Sequence[int]) -> dict[int, str]:
    """Leads whose owner is the receiver of a handoff: an answer or a result is owed."""
    found = Handoff.objects.filter(lead__in=lead_ids, closed_at__isnull=True)
    accepted = found.filter(state=HandoffState.ACCEPTED).values_list("lead", flat=True)
    reasons = dict.fromkeys(JoinedLead.objects.filter(lead__in=lead_ids).values_list("lead", flat=True), "joined")
    reasons |= dict.fromkeys(accepted, "accepted")
    offered = Handoff.objects.open().filter(lead__in=lead_ids).values_list("lead", flat=True)
    return reasons | dict.fromkeys(offered, "offered")


def _held(lead_ids: Sequence[int]) -> list[Lead]:
    """Locked in one order for all, before any of their handoffs is read."""
    return list(Lead.objects.present().select_for_update().filter(pk__in=lead_ids).order_by("pk"))


def _state(lead: Lead) -> list[Any]:
    """What tells whether anything has gone on with the lead since."""
    return [lead.stage, lead.stage_since.isoformat(), lead.due_kind, lead.due_at.isoformat() if lead.due_at else None]


def undo(*, run: BulkRun, items: Sequence[BulkItem], by: User, at: datetime) -> set[int]:
    """Gives back those that still are as this run left them, to those who are still here."""
    old = {item.lead_id: item.old for item in items}
    leads = _held(list(old))
    running = _running([lead.pk for lead in leads])
    owners = {values["holder"][0] for values in old.values()} - {None}
    here = set(User.objects.active().filter(pk__in=owners).values_list("pk", flat=True)) | {None}
    back: dict[int, Holder] = {}
    for lead in leads:
        values = old[lead.pk]
        is_same = [lead.owner_id, lead.team_id] == values["given"] and _state(lead) == values["state"]
        if is_same and lead.pk not in running and values["holder"][0] in here:
            back[lead.pk] = (values["holder"][0], values["holder"][1])
    duties.hand_many(holders=back)
    _tell("leads.assigned_back", run, sorted(back), by, at)
    return set(back)


def _tell(kind: str, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> None:
    """One row a chunk."""
    if lead_ids:
        data = {"user": run.values.get("user"), "team": run.values.get("team"), "leads": list(lead_ids)}
        record(kind, subject=run, by=by, at=at, data=data)


bulk_actions.register(bulk_actions.Action(ASSIGN, assign, check, undo))

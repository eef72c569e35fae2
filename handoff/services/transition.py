"""A change of stage by hand: permission, then gate, then the table; answers alone lead to SAL and SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain import follows, stages
from handoff.domain.stages import Way
from handoff.models import Gate, Handoff
from handoff.queries import due, gates, held, marketing
from handoff.services import batch_entries, closing, joining, nurturing, offers, results, withdrawals
from handoff.services import stages as stage_service
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from journal.versions import refuse_stale
from leads.domain.choices import DueKind, Stage
from leads.models import DuplicatePair, Lead
from leads.services.lead_checks import NoLongerHere


class MayNotMove(Forbidden):
    code = "may_not_move"
    message = _("Your role can't make this stage change.")


class OnlyByAnswer(Conflict):
    code = "only_by_answer"
    message = _("Only accepting a handoff leads to %(stage)s.")


class StillOffered(Conflict):
    code = "still_offered"
    message = _("This lead is waiting for an answer. Withdraw the handoff first.")


class BadTransition(Invalid):
    code = "bad_transition"
    message = _("This change of stage needs more; see errors.")


@dataclass(frozen=True)
class Wish:
    """One change of stage somebody asks for."""

    lead: Lead
    to: str
    reason: str
    by: User
    at: datetime
    resurface_on: date | None
    handoff: Handoff | None


@retried
def transition(
    *,
    lead: Lead,
    to: str,
    reason: str,
    by: User,
    at: datetime,
    resurface_on: date | None = None,
    expected_version: int | None = None,
) -> Lead:
    """Brings the lead to `to` by hand, with the duty that follows.

    Raises StaleWrite when `expected_version` is no longer the lead's, BadTransition (unknown stage, missing reason), OnlyByAnswer, StageNotAllowed naming what is allowed,
    MayNotMove, GateRefused naming the items, StillOffered, NoLongerHere.
    """
    current = Lead.objects.select_for_update().get(pk=lead.pk)
    if not current.is_present:
        raise NoLongerHere
    refuse_stale(current, expected_version)
    _check_request(current, to, reason)
    way = _way(current, to, by)
    if way is None:
        raise MayNotMove
    wish = Wish(current, to, reason, by, at, resurface_on, held.latest(current))
    _VERBS[Stage(to)](wish, way)
    lead.refresh_from_db()
    return lead


def _check_request(lead: Lead, to: str, reason: str) -> None:
    if to not in Stage.values:
        raise BadTransition(errors=[FieldError("to", "unknown", ", ".join(Stage.values))])
    if to in stages.BY_ANSWER_ONLY:
        raise OnlyByAnswer(stage=Stage(to).label)
    if not stages.is_allowed(lead.stage, to):
        raise stage_service.not_allowed(lead.stage, to)
    if not reason.strip() and to != Stage.MAL:
        raise BadTransition(errors=[FieldError("reason", "required", str(_("Enter a reason.")))])


# By which way a person's wish goes; the first that the table has and whose people include them.
_BY_HAND = (Way.BY_HAND, Way.REOPENED, Way.RECYCLED, Way.RESULT, Way.CORRECTED, Way.DISQUALIFIED)


def _way(lead: Lead, to: str, by: User) -> Way | None:
    for way in _BY_HAND:
        if stages.is_allowed(lead.stage, to, way):
            people = stages.who_may(lead.stage, to, way)
            if any(permissions.belongs_to(by, lead, who) for who in people):
                return way
    return None


def _to_mal(wish: Wish, way: Way) -> None:
    lead = wish.lead
    if lead.do_not_contact:
        raise offers.NotContactable
    if not lead.has_contact:
        raise BadTransition(
            errors=[FieldError("to", "no_contact", str(_("There is no way to contact this lead yet.")))]
        )
    if DuplicatePair.objects.open().about(lead).exists():
        raise BadTransition(errors=[FieldError("to", "duplicate", str(_("Resolve the possible duplicate first.")))])
    stage_service.move(lead=lead, to=Stage.MAL, way=way, by=wish.by, at=wish.at, reason=wish.reason[:40])


def _to_mql(wish: Wish, way: Way) -> None:
    offers.check_contactable(wish.lead)
    if lacks := gates.entry_lacks(wish.lead, at=wish.at):
        raise offers.GateRefused(Gate.Kind.MQL, lacks)
    duty = due.duty(DueKind.OFFER, marketing.keeper_of(wish.lead), at=wish.at)
    stage_service.move(lead=wish.lead, to=Stage.MQL, way=way, by=wish.by, at=wish.at, note=wish.reason[:500], duty=duty)


def _to_nurture(wish: Wish, way: Way) -> None:
    _check_unoffered(wish.lead)
    day = wish.resurface_on or due.day_in(follows.NURTURE_DEFAULT_DAYS, at=wish.at)
    if way == Way.CORRECTED:
        _report(wish, "considering", day, is_corrected=True)
        return
    _close_held(wish, "recycled")
    nurturing.nurture(
        lead=wish.lead, day=day, way=way, reason=wish.reason[:40], by=wish.by, at=wish.at, handoff=wish.handoff
    )


def _by_result(wish: Wish, way: Way) -> None:
    """The same as a result."""
    _check_unoffered(wish.lead)
    _report(wish, wish.to, wish.resurface_on, is_corrected=way == Way.CORRECTED)


def _report(wish: Wish, result: str, day: date | None, *, is_corrected: bool) -> None:
    """Whoever keeps deals follows within this transaction."""
    reason = wish.reason[:40]
    results.apply_result(
        handoff=wish.handoff,
        lead=wish.lead,
        result=result,
        reason=reason,
        next_action_on=day,
        by=wish.by,
        at=wish.at,
        corrected=is_corrected,
    )
    data = {
        "result": result,
        "reason": reason,
        "handoff": wish.handoff.pk if wish.handoff else None,
        "corrected": is_corrected,
    }
    record("lead.result_by_hand", subject=wish.lead, by=wish.by, at=wish.at, lead_id=wish.lead.pk, data=data)


def _to_disqualified(wish: Wish, way: Way) -> None:
    standing = Handoff.objects.open().filter(lead=wish.lead).first()
    if standing is not None:
        withdrawals.pull_back(handoff=standing, by=wish.by, at=wish.at)
    _close_held(wish, "disqualified")
    batch_entries.leave(lead_ids=[wish.lead.pk], by=wish.by, at=wish.at)
    joining.leave(lead=wish.lead)
    stage_service.move(
        lead=wish.lead,
        to=Stage.DISQUALIFIED,
        way=way,
        by=wish.by,
        at=wish.at,
        reason=wish.reason[:40],
        handoff=wish.handoff,
    )


def _to_lead(wish: Wish, way: Way) -> None:
    stage_service.move(lead=wish.lead, to=Stage.LEAD, way=way, by=wish.by, at=wish.at, reason=wish.reason[:40])


def _check_unoffered(lead: Lead) -> None:
    if Handoff.objects.open().filter(lead=lead).exists():
        raise StillOffered


def _close_held(wish: Wish, outcome: str) -> None:
    if wish.handoff is not None and wish.handoff.closed_at is None:
        closing.close(handoff=wish.handoff, at=wish.at, outcome=outcome)
        joining.free_accepted(handoff=wish.handoff, at=wish.at)


_VERBS: dict[Stage, Callable[[Wish, Way], None]] = {
    Stage.MAL: _to_mal,
    Stage.MQL: _to_mql,
    Stage.NURTURE: _to_nurture,
    Stage.OPPORTUNITY: _by_result,
    Stage.WON: _by_result,
    Stage.LOST: _by_result,
    Stage.DISQUALIFIED: _to_disqualified,
    Stage.LEAD: _to_lead,
}

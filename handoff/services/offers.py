"""Offers a lead to one receiver: gate, route, frozen sheet, clocks, duty, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from handoff import permissions
from handoff.domain.choices import ClockKind, Giver, HandoffState, Leg
from handoff.domain.duties import Duty
from handoff.domain.stages import BEFORE_FIRST_LEG, Way
from handoff.models import Episode, Gate, Handoff, HandoffRule, JoinedLead
from handoff.queries import due, eligible, episodes, facts, gates, held, legs, marketing, reason_lines, sheet
from handoff.queries.marketing import Keeper
from handoff.services import batch_entries, clocks, closing, duties, joining, routing, stages, touches
from handoff.services.routing import Receiver
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.remembering import remembering
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import DueKind, Stage
from leads.models import Lead, LeadScore


class NotYours(Forbidden):
    code = "not_yours"
    message = _("Your role can't hand over leads on this leg.")


class NotContactable(Invalid):
    """A hard guard of every offer: no gate and no reason lifts it."""

    code = "not_contactable"
    message = _("This lead is marked do not contact, so it can't be handed over.")


class WrongStage(Conflict):
    code = "wrong_stage"
    message = _("A lead in stage %(stage)s cannot be handed over on this leg.")


class LegNotInUse(Invalid):
    """A small firm has one leg, the others two; nobody is handed past a team."""

    code = "leg_not_in_use"
    message = _("This company does not use this leg.")


class AlreadyOffered(Conflict):
    code = "already_offered"
    message = _("This lead is already with %(name)s. Wait for an answer, or withdraw it.")


class GateRefused(Invalid):
    """A gate does not hold; `errors` names each item with the question to ask."""

    code = "gate"
    message = _("Still missing before the handover: %(items)s.")

    def __init__(self, kind: str, lacks: tuple[gates.Lack, ...]):
        self.kind, self.lacks = kind, lacks
        super().__init__(errors=[lack.as_error() for lack in lacks], items=gates.names(lacks))


@dataclass(frozen=True)
class Offer:
    """What is to be offered by whom: the arguments of one offer, read once."""

    lead: Lead
    leg: str
    by: User | None
    at: datetime
    to: User | Team | None = None
    note: str = ""
    reason: str = ""
    rule: HandoffRule | None = None
    caused_at: datetime | None = None


def offer(
    *,
    lead: Lead,
    by: User | None,
    at: datetime,
    to: User | Team | None = None,
    leg: str | None = None,
    note: str = "",
    reason: str = "",
    rule: HandoffRule | None = None,
    caused_at: datetime | None = None,
) -> Handoff:
    """Hands the lead over to `to`, else to whom the rules find; the leg defaults to the lead's next one.

    Without `to`, what the first handoff rule for the lead says of its first leg holds for a person's offer as well:
    who receives, and how they are told. A single lead whose MQL gate does not hold goes with a `reason`. `by` None is the system.
    Raises NotYours, NotContactable, LegNotInUse, WrongStage, AlreadyOffered, GateRefused, NoReceiver, WrongReceiver.
    A refusal by the SQL gate itself sets the duty 追加ヒアリング, which outlives the refusal.
    """
    try:
        return _offer(Offer(lead, leg or "", by, at, to, note, reason, rule, caused_at))
    except GateRefused as refusal:
        if refusal.kind == Gate.Kind.SQL:
            ask_for_hearing(lead=lead, lacks=refusal.lacks, at=at)
        raise


@retried
def ask_for_hearing(*, lead: Lead, lacks: tuple[gates.Lack, ...], at: datetime) -> None:
    """Whoever holds the lead asks for what is missing: by the running due time or within one working day.

    Trying again while that is asked already gives no new time.
    """
    current = Lead.objects.select_for_update().get(pk=lead.pk)
    if current.due_kind == DueKind.ANSWER or not legs.fits(Leg.INSIDE_TO_FIELD, current.stage):
        return  # somebody else handed it over or moved it since the refusal
    hearing = due.duty(DueKind.HEARING, Keeper(current.owner_id, current.team_id), at=at, note=gates.names(lacks))
    counts = current.due_at is not None and (current.due_at > at or current.due_kind == DueKind.HEARING)
    earlier = min(hearing.due_at, current.due_at) if counts else hearing.due_at
    duties.assign(lead=lead, duty=Duty(hearing.kind, earlier, hearing.owner_id, hearing.team_id, hearing.note))


@retried
def _offer(offer: Offer) -> Handoff:
    with remembering():
        offer.lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
        leg = offer.leg or legs.next_leg(offer.lead.stage) or ""
        return _handed_over(replace(offer, leg=leg, rule=offer.rule or _rule_for(offer, leg)))


def _rule_for(offer: Offer, leg: str) -> HandoffRule | None:
    """The rule that names the receiver when whoever offers doesn't; handoff rules are about the first leg."""
    return eligible.rule_for(offer.lead, at=offer.at) if offer.to is None and leg and legs.is_first(leg) else None


def _handed_over(offer: Offer) -> Handoff:
    lead = offer.lead
    _check(offer)
    previous = _previous_leg(offer)
    sender = _sender(offer, previous)
    receiver = routing.route(lead=lead, leg=offer.leg, at=offer.at, to=offer.to, rule=offer.rule)
    _become_mql(offer, receiver)
    handoff = _write(offer, receiver, sender)
    start_clocks(handoff=handoff, at=offer.at)
    duties.assign(lead=lead, duty=duties.answer(handoff))
    batch_entries.leave(lead_ids=[lead.pk], by=offer.by, at=offer.at)
    joining.leave(lead=lead)
    if previous is not None:
        closing.close(handoff=previous, at=offer.at, outcome="offered_on")
    told_by = offer.rule.told_by if offer.rule is not None else None
    tell_offered(handoff=handoff, by=offer.by, at=offer.at, because=receiver.because, told_by=told_by)
    return handoff


def start_clocks(*, handoff: Handoff, at: datetime) -> None:
    """Answer, first contact and what policies ask for besides run from the offer; what was done is not owed again."""
    kinds = [ClockKind.ANSWER] if handoff.first_contact_at else [ClockKind.ANSWER, ClockKind.CONTACT]
    kinds += touches.owed(handoff)
    clocks.begin(handoff=handoff, kinds=kinds, at=at)


def tell_offered(
    *, handoff: Handoff, by: User | None, at: datetime, because: str, told_by: Sequence[str] | None = None
) -> None:
    """One event for the offer, and one more when it waits in a queue, so that the manager is told.

    `told_by` is what the handoff rule says of telling the receiver; without a rule they are told every way.
    """
    data = {"to": handoff.assigned_to_id, "team": handoff.team_id, "leg": handoff.leg, "because": because}
    ways = {} if told_by is None else {"told_by": list(told_by)}
    record("handoff.offered", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data | ways)
    if handoff.assigned_to_id is None:
        record("handoff.queued", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)


def check_contactable(lead: Lead) -> None:
    """The hard guards of every offer and every MQL. Raises NotContactable."""
    if lead.do_not_contact or not lead.is_present:
        raise NotContactable


def _check(offer: Offer) -> None:
    lead, by = offer.lead, offer.by
    if by is not None and not permissions.may_offer(by, offer.leg or Leg.MARKETING_TO_FIELD):
        raise NotYours
    check_contactable(lead)
    if offer.leg and offer.leg not in legs.legs():
        raise LegNotInUse(errors=[FieldError("leg", LegNotInUse.code, ", ".join(legs.legs()))])
    check_free(lead)
    if not offer.leg or not legs.fits(offer.leg, lead.stage):
        raise WrongStage(stage=Stage(lead.stage).label)
    if offer.leg == Leg.INSIDE_TO_FIELD:
        state = gates.check(lead, Gate.Kind.SQL, at=offer.at)
        if state.blocks:
            raise GateRefused(Gate.Kind.SQL, state.lacks)


def check_free(lead: Lead) -> None:
    """Nobody has been asked yet who has not answered. Raises AlreadyOffered."""
    standing = Handoff.objects.open().filter(lead=lead).select_related("assigned_to", "team").first()
    joined = JoinedLead.objects.filter(lead=lead, handoff__state=HandoffState.OFFERED).first()
    if standing is None and joined is not None:
        standing = joined.handoff
    if standing is not None:
        raise AlreadyOffered(name=str(standing.assigned_to or standing.team))


def _become_mql(offer: Offer, receiver: Receiver) -> None:
    """An offer by hand makes an MQL of a lead below it, if the gate holds or a reason is given."""
    lead = offer.lead
    if lead.stage not in BEFORE_FIRST_LEG:
        return
    lacks = gates.entry_lacks(lead, at=offer.at) if offer.by is not None and not offer.reason else ()
    if lacks:
        raise GateRefused(Gate.Kind.MQL, lacks)
    keeper = marketing.keeper_of(lead)
    if keeper.is_nobody:
        keeper = Keeper(getattr(receiver.user, "pk", None), receiver.team.pk)
    waiting = due.duty(DueKind.OFFER, keeper, at=offer.at)
    way = Way.OFFERED if offer.by is not None else Way.ELIGIBLE
    stages.move(lead=lead, to=Stage.MQL, way=way, by=offer.by, at=offer.at, duty=waiting, note=offer.reason)


def _previous_leg(offer: Offer) -> Handoff | None:
    """The accepted first leg that this second one ends."""
    if legs.is_first(offer.leg):
        return None
    return held.latest(offer.lead)


def _sender(offer: Offer, previous: Handoff | None) -> Keeper:
    """Who gets it back: of leg 2 who accepted leg 1; else the person who offers; of a system offer marketing, as its rule names it."""
    if previous is not None:
        return Keeper(previous.assigned_to_id, previous.team_id)
    if offer.by is not None and not offer.by.is_service:
        return Keeper(offer.by.pk, marketing.team_of(offer.by.pk))
    team_id = marketing.marketing_team_id()
    if offer.rule is not None and offer.rule.giver == Giver.MARKETING_TEAM and team_id is not None:
        return Keeper(None, team_id)
    return marketing.keeper_of(offer.lead)


def _write(offer: Offer, receiver: Receiver, sender: Keeper) -> Handoff:
    lead, leg, at = offer.lead, offer.leg, offer.at
    score = LeadScore.objects.filter(lead=lead).first()
    band = score.band if score else "low"
    attempt = episodes.next_attempt(lead, leg)
    known = facts.facts_of(lead)
    frozen = sheet.build(lead, leg=leg, attempt=attempt, at=at, score=score, known=known)
    episode = Episode.objects.create(
        lead=lead,
        leg=leg,
        attempt=attempt,
        offered_at=at,
        caused_at=offer.caused_at,
        band=band,
        score=score.total if score else None,
        model_id=score.model_id if score else None,
        facts=facts.frozen(known, at=at),
    )
    user, team = receiver.user, receiver.team
    return Handoff.objects.create(
        episode=episode,
        lead=lead,
        leg=leg,
        offered_at=at,
        offered_by=offer.by,
        sender_id=sender.owner_id,
        sender_team_id=sender.team_id,
        team=team,
        assigned_to=user,
        assigned_at=at,
        routed_because=receiver.because,
        priority=band,
        reason_line=reason_lines.first_line(offer.note) or reason_lines.default_line(frozen),
        note=offer.note,
        sheet=frozen,
        answer_due_at=clocks.due_at(kind=ClockKind.ANSWER, leg=leg, band=band, user=user, team=team, at=at),
        contact_due_at=clocks.due_at(kind=ClockKind.CONTACT, leg=leg, band=band, user=user, team=team, at=at),
    )

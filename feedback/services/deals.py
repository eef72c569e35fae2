"""The rows of deals: opened, closed, reopened. Called by the services that decide; it decides nothing itself."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from accounts.models import User
from accounts.queries import organization
from feedback.domain.choices import OpportunitySource, Reason
from feedback.domain.deals import Effect, effect_of
from feedback.models import Opportunity
from handoff.models import Handoff
from journal.services import record
from leads.models import Lead


def newest_open(lead: Lead) -> Opportunity | None:
    """The lead's newest deal that is still open."""
    return Opportunity.objects.filter(lead=lead, result="").order_by("-id").first()


def apply(
    *, effect: Effect, lead: Lead, handoff: Handoff | None, reason: str, by: User, happened_at: datetime, at: datetime
) -> Opportunity | None:
    """Carries the effect out on the newest deal; returns the deal it touched, if any."""
    day = organization.local_day(happened_at)
    if effect == Effect.NONE:
        return newest_open(lead)
    if effect in (Effect.OPEN, Effect.OPEN_AND_WIN):
        source = OpportunitySource.HANDOFF if handoff else OpportunitySource.SELF
        deal = open_deal(lead=lead, handoff=handoff, source=source, by=by, happened_at=happened_at, at=at)
        return (
            close(deal=deal, result="won", reason="", on=day, by=by, at=at) if effect == Effect.OPEN_AND_WIN else deal
        )
    if effect in (Effect.WIN, Effect.LOSE):
        result = "won" if effect == Effect.WIN else "lost"
        return close(deal=_newest(lead, ""), result=result, reason=reason, on=day, by=by, at=at)
    won = Opportunity.objects.filter(lead=lead, result="won").order_by("-id").first()
    if won is None:
        return None
    if effect == Effect.REOPEN:
        return _reopen(won, by=by, at=at)
    return close(deal=won, result="lost", reason=reason, on=day, by=by, at=at)


def follow_hand(
    *, lead: Lead, result: str, reason: str, handoff: Handoff | None, corrected: bool, by: User, at: datetime
) -> Opportunity | None:
    """What a stage set by hand does to the deals: the same as that result would. Without a handoff: self-sourced."""
    effect = effect_of(result, has_open=newest_open(lead) is not None, corrects_won=corrected)
    return apply(effect=effect, lead=lead, handoff=handoff, reason=reason, by=by, happened_at=at, at=at)


def open_deal(
    *,
    lead: Lead,
    handoff: Handoff | None,
    by: User,
    happened_at: datetime,
    at: datetime,
    source: str = OpportunitySource.HANDOFF,
    amount: Decimal | None = None,
    currency: str = "JPY",
    opened_on: date | None = None,
) -> Opportunity:
    """A deal begins."""
    deal = Opportunity.objects.create(
        lead=lead,
        company_id=lead.company_id,
        handoff=handoff,
        source=source,
        amount=amount,
        currency=currency,
        owner_id=handoff.assigned_to_id if handoff else by.pk,
        opened_on=opened_on or organization.local_day(happened_at),
        opened_at=happened_at,
    )
    record("opportunity.opened", subject=deal, by=by, at=at, lead_id=lead.pk, data={"source": source})
    return deal


def close(*, deal: Opportunity, result: str, reason: str, on: date, by: User | None, at: datetime) -> Opportunity:
    """The deal is won or lost as of that day."""
    values = {"result": result, "reason": reason if result == "lost" else "", "closed_on": max(on, deal.opened_on)}
    Opportunity.objects.filter(pk=deal.pk).update(**values, version=F("version") + 1)
    deal.refresh_from_db()
    record("opportunity.closed", subject=deal, by=by, at=at, lead_id=deal.lead_id, data={"result": result})
    return deal


def give_up(*, lead_id: int, by: User | None, at: datetime) -> None:
    """Nobody goes on with this lead: its open deals are lost, the reason is `other`, as none was given for the deal."""
    for deal in Opportunity.objects.filter(lead_id=lead_id, result=""):
        close(deal=deal, result="lost", reason=Reason.OTHER, on=organization.local_day(at), by=by, at=at)


def _reopen(deal: Opportunity, *, by: User, at: datetime) -> Opportunity:
    values = {"result": "", "reason": "", "closed_on": None}
    Opportunity.objects.filter(pk=deal.pk).update(**values, version=F("version") + 1)
    deal.refresh_from_db()
    data = {"source": deal.source, "again": True}
    record("opportunity.opened", subject=deal, by=by, at=at, lead_id=deal.lead_id, data=data)
    return deal


def _newest(lead: Lead, result: str) -> Opportunity:
    return Opportunity.objects.filter(lead=lead, result=result).order_by("-id")[0]

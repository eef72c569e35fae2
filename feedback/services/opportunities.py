"""Deals as people keep them: recorded by themselves, or as the result of a handoff; edited; ended."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import organization
from feedback.domain.choices import OpportunitySource, Reason, Result
from feedback.models import Opportunity
from feedback.permissions import may_keep_deals
from feedback.services import deals, feedback
from handoff.services import holding, results
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from journal.versions import StaleWrite, refuse_stale
from leads.models import Lead

BY_HAND = (OpportunitySource.HANDOFF, OpportunitySource.SELF, OpportunitySource.REFERRAL)
EDITABLE = {"amount", "currency", "opened_on", "closed_on", "result", "reason"}
MOST = Decimal("999999999999.99")


class NotYourDeal(Forbidden):
    """Not a lead one may keep deals of."""

    code = "not_your_deal"
    message = _("You don't have permission to record deals for this lead.")


class DealIsOpen(Conflict):
    """The lead has an open deal already."""

    code = "deal_is_open"
    message = _("This lead already has an open deal. Edit that one.")


class DealIsClosed(Conflict):
    """A closed deal is reopened by correcting the result of its handoff."""

    code = "deal_is_closed"
    message = _("This deal is closed. Correct the result of its handoff instead.")


@retried
def begin(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    source: str = OpportunitySource.SELF,
    amount: Decimal | None = None,
    currency: str = "JPY",
    opened_on: date | None = None,
    result: str = "",
    reason: str = "",
    closed_on: date | None = None,
) -> Opportunity:
    """Records a deal. On a lead with an accepted handoff it is that handoff's result: the same as its feedback.

    Raises NotYourDeal, DealIsOpen, Invalid.
    """
    holding.hold_lead(lead.pk)
    if not may_keep_deals(by, lead):
        raise NotYourDeal
    values = {"amount": amount, "currency": currency, "opened_on": opened_on, "closed_on": closed_on}
    values |= {"result": result, "reason": reason, "source": source}
    _check(values, at)
    if deals.newest_open(lead) is not None:
        raise DealIsOpen
    deal = _of_handoff(lead, by, at, values) or _self_sourced(lead, by, at, values)
    return _edited(deal, {name: values[name] for name in ("amount", "currency", "opened_on", "closed_on")}, by, at)


@retried
def update(
    *, opportunity: Opportunity, values: Mapping[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> Opportunity:
    """Changes amount, currency and dates; `result` ends the deal as its handoff's feedback would.

    Raises NotYourDeal, StaleWrite (when `expected_version` is not the present one), DealIsClosed, Invalid.
    """
    holding.hold_lead(opportunity.lead_id)
    deal = Opportunity.objects.select_for_update(of=("self",)).select_related("lead", "handoff").get(pk=opportunity.pk)
    if not may_keep_deals(by, deal.lead):
        raise NotYourDeal
    refuse_stale(deal, expected_version)
    changed = {name: values[name] for name in EDITABLE & set(values) if values[name] != getattr(deal, name)}
    _check({"opened_on": deal.opened_on, "result": deal.result, "reason": deal.reason} | changed, at)
    result = changed.pop("result", None)
    reason = changed.pop("reason", deal.reason)
    if result is not None:
        deal = _end(deal, result, reason, changed.pop("closed_on", None), by, at)
    return _edited(deal, changed, by, at)


def _of_handoff(lead: Lead, by: User, at: datetime, values: dict[str, Any]) -> Opportunity | None:
    handoff = feedback.owing_handoff(lead)
    if handoff is None:
        return None
    result, reason = values["result"] or Result.OPPORTUNITY, values["reason"]
    feedback.give(handoff=handoff, result=result, reason=reason, by=by, at=at)
    return Opportunity.objects.filter(lead=lead).order_by("-id").first()


def _self_sourced(lead: Lead, by: User, at: datetime, values: dict[str, Any]) -> Opportunity:
    source = values["source"] if values["source"] != OpportunitySource.HANDOFF else OpportunitySource.SELF
    deal = deals.open_deal(lead=lead, handoff=None, source=source, by=by, happened_at=at, at=at)
    _stage(lead, Result.OPPORTUNITY, "", by, at, has_open=True)
    if values["result"]:
        lead.refresh_from_db()
        deal = _end(deal, values["result"], values["reason"], values["closed_on"], by, at)
    return deal


def _end(deal: Opportunity, result: str, reason: str, closed_on: date | None, by: User, at: datetime) -> Opportunity:
    if deal.result:
        raise DealIsClosed
    handoff = feedback.owing_handoff(deal.lead)
    if handoff is not None and deal.handoff_id == handoff.pk:
        feedback.give(handoff=handoff, result=result, reason=reason, by=by, at=at)
        deal.refresh_from_db()
    else:
        on = closed_on or organization.local_day(at)
        deal = deals.close(deal=deal, result=result, reason=reason, on=on, by=by, at=at)
        if deals.newest_open(deal.lead) is None:
            _stage(deal.lead, result, reason, by, at, has_open=False)
    return _edited(deal, {"closed_on": closed_on}, by, at) if closed_on else deal


def _stage(lead: Lead, result: str, reason: str, by: User, at: datetime, *, has_open: bool) -> None:
    results.apply_result(
        handoff=None,
        lead=lead,
        result=result,
        reason=reason,
        next_action_on=None,
        by=by,
        at=at,
        has_open_opportunity=has_open,
    )


def _edited(deal: Opportunity, values: Mapping[str, Any], by: User, at: datetime) -> Opportunity:
    """Writes the values that are given and differ, with the log of old and new."""
    new = {name: value for name, value in values.items() if value not in (None, "") or name == "amount"}
    new = {name: value for name, value in new.items() if value != getattr(deal, name)}
    if deal.result == "":
        new.pop("closed_on", None)
    if not new:
        return deal
    old = {name: getattr(deal, name) for name in new}
    if not Opportunity.objects.filter(pk=deal.pk, version=deal.version).update(**new, version=F("version") + 1):
        raise StaleWrite
    deal.refresh_from_db()
    told = {"old": _plain(old), "new": _plain(new)}
    record("opportunity.edited", subject=deal, by=by, at=at, lead_id=deal.lead_id, data={"fields": sorted(new)}, **told)
    return deal


def _plain(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in values.items()}


def _check(values: Mapping[str, Any], at: datetime) -> None:
    errors = list(_errors(values, organization.local_day(at)))
    if errors:
        raise Invalid(errors[0].message if len(errors) == 1 else _("Some fields have errors."), errors=errors)


def _errors(values: Mapping[str, Any], today: date) -> list[FieldError]:
    errors = []
    amount, opened, closed = values.get("amount"), values.get("opened_on"), values.get("closed_on")
    if amount is not None and not 0 <= amount <= MOST:
        errors.append(FieldError("amount", "range", _("The amount must not be negative.")))
    if len(values.get("currency") or "JPY") != 3:
        errors.append(FieldError("currency", "choice", _("Use a three-letter currency code, such as JPY.")))
    if values.get("source", OpportunitySource.SELF) not in BY_HAND:
        errors.append(FieldError("source", "choice", _("Choose the source of the deal.")))
    if values.get("result", "") not in ("", Result.WON, Result.LOST):
        errors.append(FieldError("result", "choice", _("A deal is open, won or lost.")))
    if values.get("result") == Result.LOST and values.get("reason") not in Reason.values:
        errors.append(FieldError("reason", "required", _("Choose why it was lost.")))
    for name, day in (("opened_on", opened), ("closed_on", closed)):
        if day is not None and day > today:
            errors.append(FieldError(name, "future", _("This date is in the future. Choose today or earlier.")))
    if opened and closed and closed < opened:
        errors.append(FieldError("closed_on", "order", _("A deal can't close before it opens.")))
    return errors

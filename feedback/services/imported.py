"""Deals that an import brings: set-based, marked as imported, outside pipeline contribution."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from accounts.queries import organization
from feedback.domain.choices import OpportunitySource
from feedback.models import Opportunity
from handoff.models import Handoff
from journal.models import Event
from leads.models import Lead

WON = "won"
BRINGS_DEAL = {"won", "open", "opportunity"}
CHUNK = 500


def write(*, rows: Iterable[Mapping[str, Any]], at: datetime) -> int:
    """One deal per lead that comes as an opportunity or won; importing again adds none, but ends an open one.

    `rows` as in the event `import.rows_applied`. Leads that had a handoff here are left alone. Returns new deals.
    """
    wanted = {row["lead"]: row for row in rows if _outcome(row) in BRINGS_DEAL}
    if not wanted:
        return 0
    free = set(wanted) - set(Handoff.objects.filter(lead__in=wanted).values_list("lead_id", flat=True))
    present = _present(free)
    _end_open(present, wanted, at)
    leads = Lead.objects.filter(pk__in=free - set(present)).only("pk", "company_id", "acquired_at", "owner_id")
    zone = organization.current().zone
    deals = [_deal(lead, wanted[lead.pk], at, zone) for lead in leads]
    Opportunity.objects.bulk_create(deals, batch_size=CHUNK)
    return len(deals)


def latest_changes(lead_ids: Collection[int]) -> dict[int, datetime]:
    """When a deal of each of these leads was last opened or changed; those with no deal but just as an import wrote it
    are missing."""
    changed = Opportunity.objects.filter(lead__in=lead_ids).exclude(source=OpportunitySource.IMPORTED, version=1)
    deals = {pk: (lead_id, opened) for pk, lead_id, opened in changed.values_list("pk", "lead", "opened_at")}
    said = Event.objects.filter(subject_type="feedback.opportunity", subject_id__in=deals)
    written = dict(said.order_by().values_list("subject_id").annotate(Max("at")))
    found: dict[int, datetime] = {}
    for pk, (lead_id, opened) in deals.items():
        # An import that ended a deal wrote the lead's stage too, which speaks for itself.
        found[lead_id] = max(written.get(pk, opened), found.get(lead_id, opened))
    return found


def take_back(*, lead_ids: Collection[int]) -> None:
    """Removes the deals that an import brought with these leads."""
    Opportunity.objects.filter(lead__in=lead_ids, source=OpportunitySource.IMPORTED).delete()


def _outcome(row: Mapping[str, Any]) -> str:
    return row.get("outcome") or row.get("stage") or ""


def _present(lead_ids: set[int]) -> dict[int, Opportunity]:
    """The newest deal of each lead that has one."""
    return {deal.lead_id: deal for deal in Opportunity.objects.filter(lead__in=lead_ids).order_by("id")}


def _end_open(present: Mapping[int, Opportunity], wanted: Mapping[int, Mapping[str, Any]], at: datetime) -> None:
    zone = organization.current().zone
    ended = []
    for lead_id, deal in present.items():
        row = wanted[lead_id]
        if deal.source == OpportunitySource.IMPORTED and not deal.result and _outcome(row) == WON:
            deal.result, deal.version = WON, deal.version + 1
            deal.closed_on = max(deal.opened_on, _moment(row, deal.opened_at).astimezone(zone).date())
            deal.amount = _amount(row) if row.get("amount") else deal.amount
            ended.append(deal)
    Opportunity.objects.bulk_update(ended, ["result", "closed_on", "amount", "version"], batch_size=CHUNK)


def _deal(lead: Lead, row: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> Opportunity:
    moment = _moment(row, lead.acquired_at or at)
    day = moment.astimezone(zone).date()
    is_won = _outcome(row) == WON
    return Opportunity(
        lead=lead,
        company_id=lead.company_id,
        source=OpportunitySource.IMPORTED,
        amount=_amount(row),
        currency=row.get("currency") or "JPY",
        owner_id=row.get("owner_id") or row.get("by_id"),
        opened_on=day,
        opened_at=moment,
        result=WON if is_won else "",
        closed_on=day if is_won else None,
    )


def _moment(row: Mapping[str, Any], otherwise: datetime) -> datetime:
    told = row.get("outcome_at") or row.get("stage_at")
    if told is None:
        return otherwise
    return datetime.fromisoformat(told) if isinstance(told, str) else told


def _amount(row: Mapping[str, Any]) -> Decimal | None:
    told = row.get("amount")
    return None if told in (None, "") else Decimal(str(told))

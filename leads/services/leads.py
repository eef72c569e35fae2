"""Making leads; with `lead_changes` the only writers of what people enter about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.transactions import retried
from leads.domain.choices import StaleCause
from leads.domain.lead_values import Cleaned
from leads.domain.normalise import derived, seniority_of
from leads.models import Lead, Qualification
from leads.queries import matching
from leads.services import duplicate_marks, duplicates, sources, staleness
from leads.services.lead_changes import qualify, set_do_not_contact, set_opted_out, update
from leads.services.lead_checks import (
    DuplicateLead,
    InvalidLead,
    check,
    company_of,
    custom_shapes,
    refuse_known,
    require,
    source_of,
    tell_refusals,
)

__all__ = [
    "DuplicateLead",
    "InvalidLead",
    "create",
    "custom_shapes",
    "qualify",
    "set_do_not_contact",
    "set_opted_out",
    "update",
]


@retried
def create(*, values: Mapping[str, Any], by: User | None, at: datetime, cause: str = StaleCause.EDIT) -> Lead:
    """A new lead (values have the API's names). Raises InvalidLead, Forbidden, DuplicateLead naming the one here."""
    require(by, Permission.EDIT_LEADS)
    cleaned = check(values=values, at=at, creating=True)
    company = company_of(cleaned.company, by, at)
    channel, campaign = source_of(cleaned)
    lead = _new(cleaned, company, channel, campaign, at)
    refuse_known(lead, by=by)
    _insert(lead, by)
    _after_insert(lead, cleaned, by, at, cause)
    return lead


def _new(cleaned: Cleaned, company: Any, channel: Any, campaign: Any, at: datetime) -> Lead:
    given = dict(cleaned.lead)
    given["seniority"] = given.get("seniority") or seniority_of(given.get("title", ""))
    given["acquired_at"] = given.get("acquired_at") or at
    custom = {key: value for key, value in cleaned.custom.items() if value is not None}
    keys = derived(given, company.name if company else "")
    moments = {"stage_since": at, "created_at": at, "updated_at": at}
    return Lead(**given, **keys, **moments, company=company, channel=channel, campaign=campaign, custom=custom)


def _insert(lead: Lead, by: User | None) -> None:
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError:
        # Another request made the same person between our look and our write.
        lead.pk = None
        refuse_known(lead, by=by)
        raise


def _after_insert(lead: Lead, cleaned: Cleaned, by: User | None, at: datetime, cause: str) -> None:
    sources.add(lead=lead, channel=lead.channel, campaign=lead.campaign, at=lead.acquired_at)
    known = {name: value for name, value in cleaned.qualification.items() if value not in ("", None)}
    if known:
        Qualification.objects.create(lead=lead, **known, updated_at=at, updated_by=by)
    _note_probable(lead, at)
    data = {"channel": lead.channel.name if lead.channel else None}
    journal.record("lead.created", subject=lead, by=by, at=at, lead_id=lead.pk, data=data)
    staleness.mark(lead_ids=[lead.pk], cause=cause, at=at)
    duplicate_marks.mark(lead_ids=[lead.pk], at=at)
    tell_refusals(lead, {}, by, at)


def _note_probable(lead: Lead, at: datetime) -> None:
    duplicates.propose_namesakes(pairs=[(lead.pk, one.pk) for one in matching.namesakes(lead)], at=at)

"""Changing leads: only what is given, with the old values kept, never the columns of other apps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.transactions import retried
from journal.versions import refuse_stale
from leads.domain.choices import StaleCause
from leads.domain.lead_values import Cleaned, clean_qualification
from leads.domain.normalise import derived, seniority_of
from leads.models import Company, Lead, Qualification
from leads.queries import tombstones
from leads.services import companies, duplicate_marks, sources, staleness
from leads.services.lead_checks import (
    InvalidLead,
    NoLongerHere,
    check,
    company_of,
    refuse_known,
    require,
    source_of,
    tell_refusals,
)


# -- changed ------------------------------------------------------------------------------------
@retried
def update(
    *,
    lead: Lead,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
    cause: str = StaleCause.EDIT,
    expected_version: int | None = None,
) -> Lead:
    """Changes what is given, and only that. Raises InvalidLead, Forbidden, DuplicateLead, StaleWrite.

    `expected_version` is the version the caller had read; without it the last write wins.
    """
    require(by, Permission.EDIT_LEADS)
    fresh = _locked(lead, expected_version)
    cleaned = check(values=values, at=at, creating=False)
    _leave_aliases(fresh, cleaned)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    _change_columns(fresh, cleaned, old, new)
    _change_custom(fresh, cleaned.custom, old, new)
    _change_source(fresh, cleaned, at, old, new)
    _change_company(fresh, values, cleaned, by, at, old, new)
    _change_qualification(fresh, cleaned.qualification, by, at, old, new)
    if new:
        _save(fresh, old, new, by, at, cause)
    return fresh


def _leave_aliases(lead: Lead, cleaned: Cleaned) -> None:
    """The id of somebody merged into this lead means this lead; its own id stays."""
    given = cleaned.lead.get("external_id")
    if given and given != lead.external_id:
        found = tombstones.aliases(external_ids=[given])
        if any(alias.survivor_id == lead.pk for alias in found):
            del cleaned.lead["external_id"]


def _locked(lead: Lead, expected_version: int | None) -> Lead:
    # On SQLite the transaction began as a writer, so nobody writes between this read and ours.
    fresh = (
        Lead.objects.select_for_update(of=("self",)).select_related("company", "channel", "campaign").get(pk=lead.pk)
    )
    if not fresh.is_present:
        raise NoLongerHere
    refuse_stale(fresh, expected_version)
    return fresh


def _change_columns(lead: Lead, cleaned: Cleaned, old: dict[str, Any], new: dict[str, Any]) -> None:
    given = dict(cleaned.lead)
    follows_title = lead.seniority in ("", seniority_of(lead.title))
    if "title" in given and not given.get("seniority") and follows_title:
        given["seniority"] = seniority_of(given["title"])
    for name, value in given.items():
        before = getattr(lead, name)
        if value != before and not (name == "acquired_at" and value is None):
            old[name], new[name] = before, value
            setattr(lead, name, value)


def _change_custom(lead: Lead, custom: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> None:
    for key, value in custom.items():
        if lead.custom.get(key) != value:
            old[f"custom.{key}"], new[f"custom.{key}"] = lead.custom.get(key), value
            lead.custom = {k: v for k, v in (lead.custom | {key: value}).items() if v is not None}


def _change_source(lead: Lead, cleaned: Cleaned, at: datetime, old: dict[str, Any], new: dict[str, Any]) -> None:
    if cleaned.channel is None and cleaned.campaign is None:
        return
    channel, campaign = source_of(cleaned, usual=lead.channel)
    if sources.add(lead=lead, channel=channel, campaign=campaign, at=at):
        old["source"], new["source"] = None, str(channel)
    if lead.channel is None:
        lead.channel, lead.campaign = channel, campaign


def _change_company(
    lead: Lead,
    values: Mapping[str, Any],
    cleaned: Cleaned,
    by: Any,
    at: datetime,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    if "company" not in values:
        return
    given, before = cleaned.company, lead.company
    if isinstance(given, dict) and before and _means_same(before, given):
        lead.company = companies.update(company=before, values=given, by=by, at=at)
        changed = lead.company.version != before.version
        if changed:
            old["company"], new["company"] = before.name, lead.company.name
        return
    lead.company = company_of(given, by, at)
    if lead.company != before:
        old["company"], new["company"] = str(before or ""), str(lead.company or "")


def _means_same(company: Company, given: Mapping[str, Any]) -> bool:
    if not given.get("name"):
        return not given.get("corporate_number") or given["corporate_number"] == company.corporate_number
    found = companies.find(given)
    return found is not None and found.pk == company.pk


def _change_qualification(
    lead: Lead, given: dict[str, Any], by: Any, at: datetime, old: dict[str, Any], new: dict[str, Any]
) -> None:
    row = Qualification.objects.filter(lead=lead).first() if given else None
    empty = Qualification(lead=lead)
    changed = {name: value for name, value in given.items() if value != getattr(row or empty, name)}
    if not changed:
        return
    Qualification.objects.update_or_create(lead=lead, defaults=changed | {"updated_at": at, "updated_by": by})
    for name, value in changed.items():
        old[f"qualification.{name}"], new[f"qualification.{name}"] = getattr(row or empty, name), value


def _save(lead: Lead, old: dict[str, Any], new: dict[str, Any], by: User | None, at: datetime, cause: str) -> None:
    for name, value in derived(vars(lead), lead.company.name if lead.company else "").items():
        setattr(lead, name, value)
    if {"external_id", "email", "mobile", "phone"} & set(new):
        refuse_known(lead, by=by)
    lead.version += 1
    lead.updated_at = at
    _write(lead, by)
    journal.record(
        "lead.updated",
        subject=lead,
        by=by,
        at=at,
        lead_id=lead.pk,
        data={"fields": sorted(new)},
        old=_plain(old),
        new=_plain(new),
    )
    staleness.mark(lead_ids=[lead.pk], cause=cause, at=at)
    duplicate_marks.mark_edited(lead_id=lead.pk, changed=new, at=at)
    tell_refusals(lead, old, by, at)


# Never the columns that belong to handoff or to the activities: they may have moved on meanwhile.
OWN_COLUMNS = (
    "external_id last_name first_name last_name_kana first_name_kana email phone mobile title seniority department "
    "company channel campaign acquired_at opted_out do_not_contact custom email_key phone_key mobile_key name_key "
    "search_text version updated_at"
).split()


def _write(lead: Lead, by: User | None) -> None:
    try:
        with transaction.atomic():
            lead.save(update_fields=OWN_COLUMNS)
    except IntegrityError:
        refuse_known(lead, by=by)
        raise


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def set_do_not_contact(*, lead: Lead, by: User | None, at: datetime) -> Lead:
    """Nobody contacts this person any more; handoffs end and the lead is disqualified by the reaction."""
    return update(lead=lead, values={"do_not_contact": True}, by=by, at=at)


def set_opted_out(*, lead: Lead, by: User | None, at: datetime) -> Lead:
    """No mail and no nurture for this person."""
    return update(lead=lead, values={"opted_out": True}, by=by, at=at)


@retried
def qualify(
    *, lead: Lead, values: Mapping[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> Lead:
    """Writes what was learned of consideration and decision. Raises InvalidLead, Forbidden, StaleWrite."""
    require(by, Permission.QUALIFY)
    cleaned = clean_qualification(values)
    if cleaned.errors:
        raise InvalidLead(errors=cleaned.errors)
    fresh = _locked(lead, expected_version)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    _change_qualification(fresh, cleaned.qualification, by, at, old, new)
    if new:
        _save(fresh, old, new, by, at, StaleCause.EDIT)
    return fresh

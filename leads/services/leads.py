"""Making and changing leads: the only writer of what people enter about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.queries import organization
from journal import services as journal
from journal.errors import Conflict, DomainError, FieldError, Forbidden, Invalid
from journal.transactions import retried
from leads.domain.choices import StaleCause
from leads.domain.lead_values import Cleaned, CustomShape, clean, clean_qualification
from leads.domain.normalise import derived, seniority_of
from leads.models import Campaign, Channel, Company, CustomField, DuplicatePair, Lead, Qualification
from leads.queries import matching
from leads.services import companies, sources, staleness

PROBABLE = 80


class InvalidLead(Invalid):
    """The values do not make a lead; `errors` names each."""

    code = "invalid"
    message = _("Some fields are wrong; see errors.")


class DuplicateLead(Conflict):
    """The person is here already; `lead` is the one."""

    code = "duplicate_lead"
    message = _("%(name)s is already here with the same %(key)s.")

    def __init__(self, match: matching.Match):
        self.lead = match.lead
        name = " ".join(filter(None, [str(match.lead.company or ""), str(match.lead)]))
        key = Lead._meta.get_field(match.field).verbose_name
        super().__init__(name=name, key=key)
        self.errors = [FieldError(match.field, "duplicate", str(self))]


class StaleLead(DomainError):
    """Somebody changed the lead after the caller had read it."""

    code = "stale"
    status = 412
    message = _("Somebody has changed this in the meantime. Read it again, then repeat your change.")


def _require(by: User | None, permission: Permission) -> None:
    if by is not None and not by.may(permission):
        raise Forbidden(_("You may not change leads."))


def custom_shapes() -> dict[str, CustomShape]:
    """The organisation's own fields by key."""
    return {row.key: CustomShape(row.kind, tuple(row.choices)) for row in CustomField.objects.all()}


def check(*, values: Mapping[str, Any], at: datetime, creating: bool) -> Cleaned:
    """The values, checked; raises InvalidLead naming every fault. A new lead needs a name, an address or an id."""
    shapes = custom_shapes() if values.get("custom") else {}
    cleaned = clean(values, at=at, zone=organization.current().zone, custom_fields=shapes)
    named = ("last_name", "first_name", "email", "phone", "mobile", "external_id")
    if creating and not cleaned.errors and not any(cleaned.lead.get(name) for name in named):
        cleaned.fault("last_name", "required", str(_("Enter a name, an e-mail address or a telephone number.")))
    if cleaned.errors:
        raise InvalidLead(errors=cleaned.errors)
    return cleaned


# -- new ----------------------------------------------------------------------------------------
@retried
def create(*, values: Mapping[str, Any], by: User | None, at: datetime, cause: str = StaleCause.EDIT) -> Lead:
    """A new lead (values have the API's names). Raises InvalidLead, Forbidden, DuplicateLead naming the one here."""
    _require(by, Permission.EDIT_LEADS)
    cleaned = check(values=values, at=at, creating=True)
    company = _company(cleaned.company, by, at)
    channel = sources.channel_named(cleaned.channel or _channel_of(cleaned.campaign))
    campaign = sources.campaign_named(cleaned.campaign, channel)
    lead = _new(cleaned, company, channel, campaign, at)
    _refuse_known(lead)
    _insert(lead)
    _after_insert(lead, cleaned, by, at, cause)
    return lead


def _channel_of(campaign: Any) -> Channel | None:
    return campaign.channel if isinstance(campaign, Campaign) else None


def _company(given: Any, by: User | None, at: datetime) -> Company | None:
    return companies.resolve(values=given, by=by, at=at) if isinstance(given, dict) else given


def _new(cleaned: Cleaned, company: Any, channel: Any, campaign: Any, at: datetime) -> Lead:
    given = dict(cleaned.lead)
    given["seniority"] = given.get("seniority") or seniority_of(given.get("title", ""))
    given["acquired_at"] = given.get("acquired_at") or at
    custom = {key: value for key, value in cleaned.custom.items() if value is not None}
    keys = derived(given, company.name if company else "")
    moments = {"stage_since": at, "created_at": at, "updated_at": at}
    return Lead(**given, **keys, **moments, company=company, channel=channel, campaign=campaign, custom=custom)


def _refuse_known(lead: Lead) -> None:
    keys = {"external_id": lead.external_id, "email_key": lead.email_key, "mobile_key": lead.mobile_key}
    if match := matching.exact(**keys, but=lead if lead.pk else None):
        raise DuplicateLead(match)
    if any(keys.values()) or lead.pk:
        return
    known = next((one for one in matching.namesakes(lead) if matching.agrees(one, vars(lead))), None)
    if known:
        raise DuplicateLead(matching.Match(known, "last_name"))


def _insert(lead: Lead) -> None:
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError:
        # Another request made the same person between our look and our write.
        lead.pk = None
        _refuse_known(lead)
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
    _tell_refusals(lead, {}, by, at)


def _note_probable(lead: Lead, at: datetime) -> None:
    pairs = [
        DuplicatePair(
            a_id=min(lead.pk, one.pk), b_id=max(lead.pk, one.pk), score=PROBABLE, created_at=at, reasons=_REASONS
        )
        for one in matching.namesakes(lead)
    ]
    if pairs:
        DuplicatePair.objects.bulk_create(pairs, ignore_conflicts=True)


_REASONS = [{"field": "company", "similarity": 100}, {"field": "name", "similarity": 100}]


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
    """Changes what is given, and only that. Raises InvalidLead, Forbidden, DuplicateLead, StaleLead.

    `expected_version` is the version the caller had read; without it the last write wins.
    """
    _require(by, Permission.EDIT_LEADS)
    fresh = _locked(lead, expected_version)
    cleaned = check(values=values, at=at, creating=False)
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


def _locked(lead: Lead, expected_version: int | None) -> Lead:
    # On SQLite the transaction began as a writer, so nobody writes between this read and ours.
    fresh = (
        Lead.objects.select_for_update(of=("self",)).select_related("company", "channel", "campaign").get(pk=lead.pk)
    )
    if expected_version is not None and fresh.version != expected_version:
        raise StaleLead
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
    channel = sources.channel_named(cleaned.channel or _channel_of(cleaned.campaign)) or lead.channel
    campaign = sources.campaign_named(cleaned.campaign, channel)
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
    lead.company = _company(given, by, at)
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
        _refuse_known(lead)
    lead.version += 1
    lead.updated_at = at
    _write(lead)
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
    _tell_refusals(lead, old, by, at)


# Never the columns that belong to handoff or to the activities: they may have moved on meanwhile.
_COLUMNS = (
    "external_id last_name first_name last_name_kana first_name_kana email phone mobile title seniority department "
    "company channel campaign acquired_at opted_out do_not_contact custom email_key phone_key mobile_key name_key "
    "search_text version updated_at"
).split()


def _write(lead: Lead) -> None:
    try:
        with transaction.atomic():
            lead.save(update_fields=_COLUMNS)
    except IntegrityError:
        _refuse_known(lead)
        raise


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _tell_refusals(lead: Lead, old: Mapping[str, Any], by: User | None, at: datetime) -> None:
    """Opting out and do-not-contact have consequences in other apps, within this transaction."""
    creating = not old
    if lead.opted_out and (creating or old.get("opted_out") is False):
        journal.record("lead.opted_out", subject=lead, by=by, at=at, lead_id=lead.pk)
    if lead.do_not_contact and (creating or old.get("do_not_contact") is False):
        journal.record("lead.do_not_contact", subject=lead, by=by, at=at, lead_id=lead.pk)
        lead.refresh_from_db()


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
    """Writes what was learned in the viewpoints consideration and decision. Raises InvalidLead, Forbidden, StaleLead."""
    if by is not None and not by.may(Permission.QUALIFY):
        raise Forbidden(_("You may not change what is known of leads."))
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

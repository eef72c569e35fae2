"""What making and changing a lead have in common: checks, refusals, and telling the rest of the house."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.queries import organization
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from leads.domain.lead_values import Cleaned, CustomShape, clean
from leads.models import Campaign, Channel, Company, CustomField, Lead
from leads.queries import matching
from leads.services import companies, sources


class InvalidLead(Invalid):
    """The values do not make a lead; `errors` names each."""

    code = "invalid"
    message = _("Some fields have errors; see the details.")


SOMEBODY = _("Someone another team is working with")


class DuplicateLead(Conflict):
    """The person is here already; `lead` is the one, named only to those who see it."""

    code = "duplicate_lead"
    message = _("%(name)s already exists with the same %(key)s.")

    def __init__(self, match: matching.Match, by: User | None):
        self.lead = match.lead
        is_seen = by is None or Lead.objects.visible_to(by).filter(pk=match.lead.pk).exists()
        name = " ".join(filter(None, [str(match.lead.company or ""), str(match.lead)])) if is_seen else SOMEBODY
        # Found by the whole name at one company; the field to look at is where a name begins.
        is_namesake = match.field == "last_name"
        key = _("name and company") if is_namesake else Lead._meta.get_field(match.field).verbose_name
        super().__init__(name=name, key=key)
        self.errors = [FieldError(match.field, "duplicate", str(self))]


class NoLongerHere(Conflict):
    """The lead was merged into another one, or taken back, after the caller had read it."""

    code = "lead_gone"
    message = _("This lead no longer exists: it has been merged or removed. Reload the page.")


def require(by: User | None, permission: Permission) -> None:
    """Raises Forbidden unless this person (or the system) may."""
    if by is not None and not by.may(permission):
        raise Forbidden(_("You don't have permission to change leads."))


def custom_shapes() -> dict[str, CustomShape]:
    """The organisation's own fields by key."""
    return {row.key: CustomShape(row.kind, tuple(row.choices)) for row in CustomField.objects.all()}


def check(*, values: Mapping[str, Any], at: datetime, creating: bool) -> Cleaned:
    """The values, checked; raises InvalidLead naming every fault. A new lead needs a name, an address or an id."""
    shapes = custom_shapes() if values.get("custom") else {}
    cleaned = clean(values, at=at, zone=organization.current().zone, custom_fields=shapes)
    named = ("last_name", "first_name", "email", "phone", "mobile", "external_id")
    if creating and not cleaned.errors and not any(cleaned.lead.get(name) for name in named):
        cleaned.fault("last_name", "required", str(_("Enter a name, email address or phone number.")))
    if cleaned.errors:
        raise InvalidLead(errors=cleaned.errors)
    return cleaned


def source_of(cleaned: Cleaned, *, usual: Channel | None = None) -> tuple[Channel | None, Campaign | None]:
    """The channel and campaign that checked values name: a channel alone, a campaign within it, within the `usual` one
    or known by its name. Raises InvalidLead where nobody can say which channel a new campaign belongs to."""
    given = cleaned.campaign.channel if isinstance(cleaned.campaign, Campaign) else None
    channel = sources.channel_named(cleaned.channel or given) or usual
    channel = channel or sources.channel_of_campaign(cleaned.campaign)
    if cleaned.campaign and channel is None:
        new = str(_("The campaign is new. Choose the channel it belongs to."))
        raise InvalidLead(errors=[FieldError("campaign", "campaign_needs_channel", new)])
    return channel, sources.campaign_named(cleaned.campaign, channel)


def company_of(given: Any, by: User | None, at: datetime) -> Company | None:
    """The company that checked values or a row mean."""
    return companies.resolve(values=given, by=by, at=at) if isinstance(given, dict) else given


def refuse_known(lead: Lead, *, by: User | None) -> None:
    """Raises DuplicateLead when another present lead has the same exact key."""
    keys = {"external_id": lead.external_id, "email_key": lead.email_key, "mobile_key": lead.mobile_key}
    if match := matching.exact(**keys, but=lead if lead.pk else None):
        raise DuplicateLead(match, by)
    if any(keys.values()) or lead.pk:
        return
    known = next((one for one in matching.namesakes(lead) if matching.agrees(one, vars(lead))), None)
    if known:
        raise DuplicateLead(matching.Match(known, "last_name"), by)


def tell_refusals(lead: Lead, old: Mapping[str, Any], by: User | None, at: datetime) -> None:
    """Opting out and do-not-contact have consequences in other apps, within this transaction."""
    creating = not old
    if lead.opted_out and (creating or old.get("opted_out") is False):
        journal.record("lead.opted_out", subject=lead, by=by, at=at, lead_id=lead.pk)
    if lead.do_not_contact and (creating or old.get("do_not_contact") is False):
        journal.record("lead.do_not_contact", subject=lead, by=by, at=at, lead_id=lead.pk)
        lead.refresh_from_db()

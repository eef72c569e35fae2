"""Which lead is already the person that these values describe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from leads.models import Lead
from leads.queries import tombstones


@dataclass(frozen=True)
class Match:
    """The lead that is already here, and the field that says so."""

    lead: Lead
    field: str


def exact(*, external_id: str | None, email_key: str, mobile_key: str, but: Lead | None = None) -> Match | None:
    """By external_id, else by personal e-mail, else by mobile (only where no e-mail speaks)."""
    here = Lead.objects.present().select_related("company").order_by("pk")
    others = here.exclude(pk=but.pk) if but else here
    if external_id and (lead := others.filter(external_id=external_id).first()):
        return Match(lead, "external_id")
    if email_key:
        lead = others.filter(email_key=email_key).first()
        return Match(lead, "email") if lead else _merged(others, external_id, email_key, "")
    if mobile_key and (lead := others.filter(mobile_key=mobile_key).first()):
        return Match(lead, "mobile")
    return _merged(others, external_id, "", mobile_key)


def _merged(others: QuerySet[Lead], external_id: str | None, email_key: str, mobile_key: str) -> Match | None:
    """A key that belonged to a lead merged since means the one it was merged into."""
    found = tombstones.aliases(
        external_ids=[external_id] if external_id else [],
        email_keys=[email_key] if email_key else [],
        mobile_keys=[mobile_key] if mobile_key else [],
    )
    for alias in found:
        if lead := others.filter(pk=alias.survivor_id).first():
            return Match(lead, alias.column.removesuffix("_key"))
    return None


def namesakes(lead: Lead) -> list[Lead]:
    """Present leads of the same company with the same name: probably the same person."""
    if not lead.company_id or not lead.name_key:
        return []
    same = Lead.objects.present().filter(name_key=lead.name_key, company_id=lead.company_id)
    return list(same.exclude(pk=lead.pk).order_by("pk")[:10])


def agrees(lead: Lead, values: Mapping[str, Any]) -> bool:
    """True when title, department, phone and mobile are equal wherever both sides have them."""
    return all(
        not values.get(name) or not getattr(lead, name) or values[name] == getattr(lead, name)
        for name in ("title", "department", "phone_key", "mobile_key")
    )

"""Decides what a row means: a lead that is here, a new one, or one that a person must decide on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from leads.domain.import_values import RowValues
from leads.models import Company, Lead
from leads.queries.import_matching import Index, Keys


@dataclass(frozen=True)
class Meaning:
    """`lead` is who the row means (None: somebody new); a `held` code says why it waits, with the candidates."""

    lead: Lead | None = None
    held: str = ""
    candidates: Sequence[Lead] = field(default=())


def meaning(values: RowValues, keys: Keys, index: Index, *, match_on: str) -> Meaning:
    """Whom the row means under the match key chosen, or by the exact keys in their order (DESIGN §9)."""
    found = _BY_KEY[match_on](values, keys, index)
    return found if found.held else unless_taken(keys, index, found.lead)


def _by_any(values: RowValues, keys: Keys, index: Index) -> Meaning:
    for find in (_by_external_id, _by_email, _by_mobile):
        found = find(values, keys, index)
        if found.lead or found.held:
            return found
    if keys.email and (same := _by_number_and_name(keys, index)):
        return Meaning(held="other_address", candidates=same)
    if keys.external_id or keys.email or keys.mobile:
        return Meaning()
    return _by_name(values, keys, index)


def _by_external_id(_values: RowValues, keys: Keys, index: Index) -> Meaning:
    return Meaning(index.external.get(keys.external_id) if keys.external_id else None)


def _by_email(_values: RowValues, keys: Keys, index: Index) -> Meaning:
    return _unless_other_id(index.email.get(keys.email) if keys.email else None, keys)


def _by_mobile(_values: RowValues, keys: Keys, index: Index) -> Meaning:
    owners = index.mobile.get(keys.mobile, []) if keys.mobile else []
    # Where an address speaks against it, a number alone makes nobody the same person.
    lead = next((one for one in owners if not (keys.email and one.email_key)), None)
    return _unless_other_id(lead, keys)


def _by_number_and_name(keys: Keys, index: Index) -> list[Lead]:
    """Who has this mobile number and this name under another address: most likely the same person, with a new one."""
    owners = index.mobile.get(keys.mobile, []) if keys.mobile and keys.name else []
    return [one for one in owners if one.email_key and one.name_key == keys.name]


def _unless_other_id(lead: Lead | None, keys: Keys) -> Meaning:
    if lead and keys.external_id and lead.external_id and lead.external_id != keys.external_id:
        return Meaning(held="other_id", candidates=[lead])
    return Meaning(lead)


def _by_name(values: RowValues, keys: Keys, index: Index) -> Meaning:
    company = index.company_of(values, keys)
    if not keys.name or ((keys.company or keys.corporate_number) and company is None):
        return Meaning()
    namesakes = index.namesakes(company, keys.name)
    agreeing = [lead for lead in namesakes if _agrees(lead, values, keys)]
    if len(agreeing) == 1:
        return Meaning(agreeing[0])
    return Meaning(held="namesake", candidates=namesakes[:10]) if namesakes else Meaning()


def _agrees(lead: Lead, values: RowValues, keys: Keys) -> bool:
    given: dict[str, Any] = {
        "title": values.lead.get("title"),
        "department": values.lead.get("department"),
        "phone_key": keys.phone,
        "mobile_key": keys.mobile,
    }
    same = all(not value or not getattr(lead, name) or value == getattr(lead, name) for name, value in given.items())
    address = values.company.get("address")
    return same and (not address or lead.company is None or lead.company.address in ("", address))


def unless_taken(keys: Keys, index: Index, lead: Lead | None) -> Meaning:
    """Holds the row when its id, address or number already belongs to somebody else."""
    others = [index.external.get(keys.external_id), index.email.get(keys.email)]
    if not keys.email and not (lead and lead.email_key):
        others += [one for one in index.mobile.get(keys.mobile, []) if not one.email_key]
    taken = [one for one in others if one is not None and one is not lead]
    return Meaning(held="key_taken", candidates=taken) if taken else Meaning(lead)


_BY_KEY: dict[str, Callable[[RowValues, Keys, Index], Meaning]] = {
    "": _by_any,
    "external_id": _by_external_id,
    "email": _by_email,
    "mobile": _by_mobile,
    "company_and_person": _by_name,
}


def probable(company: Company | None, keys: Keys, index: Index) -> list[Lead]:
    """Whom somebody new with keys of their own may still be: people of the same name at the same company."""
    return index.namesakes(company, keys.name)[:10] if company and keys.name else []

"""Decides what a row means: a lead that is here, a new one, or one that a person must decide on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from leads.domain.import_values import RowValues
from leads.models import Company, Lead
from leads.queries.import_matching import Index, Keys

# (field, what those here have there, what the row says), short enough for a sentence.
Difference = tuple[str, str, str]
_SHOWN = 40
_MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Meaning:
    """`lead` is who the row means (None: somebody new); a `held` code says why it waits, with the candidates.

    `differing` says in which fields the row contradicts them.
    """

    lead: Lead | None = None
    held: str = ""
    candidates: Sequence[Lead] = field(default=())
    differing: Sequence[Difference] = field(default=())


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
        differing = _together(("email", lead.email, values.lead["email"]) for lead in same)
        return Meaning(held="other_address", candidates=same, differing=differing)
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
        differing = _together([("external_id", lead.external_id, keys.external_id)])
        return Meaning(held="other_id", candidates=[lead], differing=differing)
    return Meaning(lead)


def _by_name(values: RowValues, keys: Keys, index: Index) -> Meaning:
    company = index.company_of(values, keys)
    if not keys.name:
        return Meaning()
    at_company = bool(keys.company or keys.corporate_number)
    namesakes = index.namesakes(company, keys.name) if company or not at_company else []
    if not namesakes:
        return _elsewhere(values, keys, index)
    against = [_contradictions(lead, values, keys) for lead in namesakes]
    agreeing = [lead for lead, found in zip(namesakes, against, strict=True) if not found]
    if len(agreeing) == 1:
        return Meaning(agreeing[0])
    # Where several agree it is not a detail that keeps them from being one.
    differing = [] if agreeing else _together(one for found in against for one in found)
    return Meaning(held="namesake", candidates=namesakes[:_MOST_CANDIDATES], differing=differing)


def _elsewhere(values: RowValues, keys: Keys, index: Index) -> Meaning:
    """Held where a company of this name in another prefecture has somebody of this name: a branch, or one person."""
    companies = index.companies_elsewhere(values, keys)
    namesakes = [lead for company in companies for lead in index.namesakes(company, keys.name)]
    if not namesakes:
        return Meaning()
    said = values.company["prefecture"]
    differing = _together(("company.prefecture", lead.company.prefecture, said) for lead in namesakes if lead.company)
    return Meaning(held="other_prefecture", candidates=namesakes[:_MOST_CANDIDATES], differing=differing)


@dataclass(frozen=True)
class _Detail:
    """A field as a lead has it (`known`) and as a row says it (`said`); numbers are compared by their keys."""

    name: str
    known: str
    said: str
    known_key: str
    said_key: str

    @property
    def is_contradicted(self) -> bool:
        return bool(self.known_key and self.said_key and self.known_key != self.said_key)


def _contradictions(lead: Lead, values: RowValues, keys: Keys) -> list[Difference]:
    """The fields that both fill, each with something else."""
    details = [_text(lead, values, "title"), _text(lead, values, "department")]
    phone = values.lead.get("phone", "")
    details.append(_Detail("phone", lead.phone, phone, lead.phone_key, keys.phone))
    # Who has no number of their own has the other one as such, where that is a mobile's.
    own, said = lead.mobile or lead.phone, values.lead.get("mobile", "") or phone
    details.append(_Detail("mobile", own, said, lead.mobile_key, keys.mobile))
    found = [(one.name, one.known, one.said) for one in details if one.is_contradicted]
    address, company = values.company.get("address", ""), lead.company
    if address and company is not None and company.address not in ("", address):
        found.append(("company.address", company.address, address))
    return found


def _text(lead: Lead, values: RowValues, name: str) -> _Detail:
    known, said = getattr(lead, name), values.lead.get(name, "")
    return _Detail(name, known, said, known, said)


def _together(found: Iterable[Difference]) -> list[Difference]:
    """One a field: what several people have there side by side, and all of it short."""
    by_field: dict[tuple[str, str], list[str]] = {}
    for name, there, said in found:
        there_too = by_field.setdefault((name, _short(said)), [])
        if _short(there) not in there_too:
            there_too.append(_short(there))
    return [(name, " / ".join(there[:3]), said) for (name, said), there in by_field.items()]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


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

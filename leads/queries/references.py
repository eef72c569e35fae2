"""Which leads and people the rows of a bulk call mean: a constant number of queries for any number of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.models import User
from leads.domain.normalise import email_key
from leads.models import Lead
from leads.queries import tombstones

_MOST_ID = 2**63 - 1
_CHUNK = 900


@dataclass
class LeadReferences:
    """The leads found, by each way of naming them."""

    by_id: dict[int, Lead] = field(default_factory=dict)
    by_external_id: dict[str, Lead] = field(default_factory=dict)
    by_email: dict[str, Lead] = field(default_factory=dict)

    def find(self, reference: Any) -> Lead | None:
        """The lead that `id`, `{external_id}`, `{email}` or a Lead means; None when there is none."""
        if isinstance(reference, Lead):
            return reference
        if isinstance(reference, Mapping):
            if (external_id := reference.get("external_id")) is not None:
                return self.by_external_id.get(external_id) if isinstance(external_id, str) else None
            email = reference.get("email")
            return self.by_email.get(email_key(email)) if isinstance(email, str) else None
        number = as_id(reference)
        return self.by_id.get(number) if number else None


def as_id(value: Any) -> int | None:
    """The number behind an opaque id; None when it can be none of ours."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > _MOST_ID:
        return None
    return int(text)


def leads(references: Iterable[Any], *, seen_by: User | None) -> LeadReferences:
    """Looks the references up among the leads this person sees (all present ones for the system)."""
    ids: set[int] = set()
    externals: set[str] = set()
    emails: set[str] = set()
    for reference in references:
        if isinstance(reference, Mapping):
            for name, texts in (("external_id", externals), ("email", emails)):
                # What is no text names nobody.
                if isinstance(value := reference.get(name), str):
                    texts.add(value)
        elif number := as_id(reference):
            ids.add(number)
    keys = {email_key(email) for email in emails} - {""}
    found = LeadReferences()
    for column, values in (("pk", ids), ("external_id", externals), ("email_key", keys)):
        _collect(found, column, sorted(values), seen_by)
    _add_merged(found, externals - found.by_external_id.keys(), keys - found.by_email.keys(), seen_by)
    return found


def _add_merged(found: LeadReferences, names: set[str], keys: set[str], seen_by: User | None) -> None:
    """What is named by a key of a lead that was merged since is the one it was merged into."""
    for start in range(0, max(len(names), len(keys)), _CHUNK):
        part = slice(start, start + _CHUNK)
        aliases = tombstones.aliases(external_ids=sorted(names)[part], email_keys=sorted(keys)[part])
        _collect(found, "pk", [alias.survivor_id for alias in aliases], seen_by)
        for alias in aliases:
            place = found.by_external_id if alias.column == "external_id" else found.by_email
            if lead := found.by_id.get(alias.survivor_id):
                place[alias.value] = lead


def _collect(found: LeadReferences, column: str, values: list[Any], seen_by: User | None) -> None:
    visible = Lead.objects.visible_to(seen_by) if seen_by else Lead.objects.present()
    for start in range(0, len(values), _CHUNK):
        for lead in visible.filter(**{f"{column}__in": values[start : start + _CHUNK]}):
            found.by_id[lead.pk] = lead
            if lead.external_id:
                found.by_external_id[lead.external_id] = lead
            if lead.email_key:
                found.by_email[lead.email_key] = lead


def people(references: Iterable[Any]) -> dict[str, User]:
    """Active people by id and by e-mail, both as text."""
    texts = {str(reference).strip().lower() for reference in references if isinstance(reference, str | int)}
    ids = [number for text in texts if (number := as_id(text))]
    if not texts:
        return {}
    found = User.objects.active().filter(Q(pk__in=ids) | Q(email__in=texts))
    return {key: user for user in found for key in (str(user.pk), user.email)}

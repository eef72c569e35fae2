"""Creating or updating up to a thousand leads in one call; one bad row never stops the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from journal.errors import DomainError, FieldError, Invalid
from journal.transactions import retried
from leads.domain.normalise import email_key
from leads.models import Lead
from leads.queries import references
from leads.services import leads

MOST_ROWS = 1000
MATCH_ON = ("external_id", "email")


@dataclass
class Upserted:
    """What became of the rows; `errors` holds (index, faults)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, list[FieldError]]] = field(default_factory=list)


@retried
def upsert_many(
    *, rows: Sequence[Mapping[str, Any]], match_on: str, by: User | None, at: datetime, cause: str = "bulk"
) -> Upserted:
    """Each row makes a lead, or updates the one with the same `match_on` value. A source it names is added.

    Raises Invalid for an unknown `match_on` or too many rows, Forbidden.
    """
    if match_on not in MATCH_ON:
        fault = FieldError(
            "match_on", "invalid_choice", _("Must be one of: %(values)s.") % {"values": ", ".join(MATCH_ON)}
        )
        raise leads.InvalidLead(errors=[fault])
    if len(rows) > MOST_ROWS:
        raise Invalid(gettext_lazy("At most %(most)d leads in one call."), most=MOST_ROWS)
    named = [{match_on: row.get(match_on)} if isinstance(row, Mapping) else {} for row in rows]
    found = references.leads(named, seen_by=by)
    result = Upserted()
    for index, row in enumerate(rows):
        _upsert(result, index, row, found, match_on, by, at, cause)
    return result


def _upsert(
    result: Upserted,
    index: int,
    row: Any,
    found: references.LeadReferences,
    match_on: str,
    by: Any,
    at: datetime,
    cause: str,
) -> None:
    fault = _key_fault(row, match_on)
    if fault:
        result.errors.append((index, [fault]))
        return
    known = found.find({match_on: row[match_on]})
    try:
        lead = _write_or_join(result, known, row, match_on, by, at, cause)
    except DomainError as error:
        if error.status == 403:
            raise
        result.errors.append((index, list(error.errors) or [FieldError("", error.code, str(error))]))
        return
    _remember(found, lead)


def _write_or_join(
    result: Upserted, known: Lead | None, row: Mapping[str, Any], match_on: str, by: Any, at: datetime, cause: str
) -> Lead:
    """As _write; somebody whom another call made since our look is updated instead of refused."""
    try:
        return _write(result, known, row, by, at, cause)
    except leads.DuplicateLead as error:
        is_ours = known is None and error.errors[0].field == match_on
        if not is_ours or (by and not Lead.objects.visible_to(by).filter(pk=error.lead.pk).exists()):
            raise
        return _write(result, error.lead, row, by, at, cause)


def _key_fault(row: Any, match_on: str) -> FieldError | None:
    if not isinstance(row, Mapping):
        return FieldError("", "invalid", _("This must be an object."))
    value = row.get(match_on)
    if not isinstance(value, str) or not value.strip():
        return FieldError(match_on, "required", _("The field to match on is missing."))
    if match_on == "email" and not email_key(value):
        return FieldError(match_on, "no_key", _("This is a shared address, so it can't be used for matching."))
    return None


def _write(result: Upserted, known: Lead | None, row: Mapping[str, Any], by: Any, at: datetime, cause: str) -> Lead:
    if known is None:
        lead = leads.create(values=row, by=by, at=at, cause=cause)
        result.created += 1
        return lead
    lead = leads.update(lead=known, values=row, by=by, at=at, cause=cause)
    if lead.version == known.version:
        result.unchanged += 1
    else:
        result.updated += 1
    return lead


def _remember(found: references.LeadReferences, lead: Lead) -> None:
    # A later row of the same call may mean this lead.
    found.by_id[lead.pk] = lead
    if lead.external_id:
        found.by_external_id[lead.external_id] = lead
    if lead.email_key:
        found.by_email[lead.email_key] = lead

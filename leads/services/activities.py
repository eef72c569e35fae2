"""Recording what leads did and what was done with them: idempotent by event_id, one or many."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.roles import Permission
from accounts.models import Organization, User
from accounts.queries import organization
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import retried
from leads import hooks
from leads.domain.activity_values import CleanActivity, clean, is_live
from leads.domain.choices import StaleCause
from leads.models import Activity, ActivityType, Lead
from leads.queries import references
from leads.services import contents, leads, staleness

MOST_ROWS = 5000
_CHUNK = 900


class InvalidActivity(Invalid):
    """The activity cannot be recorded; `errors` names each field."""

    code = "invalid"
    message = gettext_lazy("Some fields have errors; see the details.")


@dataclass
class _Row:
    """One row of a bulk call on its way in."""

    index: int
    values: CleanActivity
    lead: Lead | None
    by: User | None


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.RECORD_ACTIVITIES):
        raise Forbidden(gettext_lazy("You don't have permission to record activities."))


@retried
def record(
    *,
    lead: Lead,
    type: str,
    occurred_at: datetime,
    by: User | None,
    at: datetime,
    event_id: str | None = None,
    content: str | None = None,
    url: str = "",
    duration_seconds: int | None = None,
    note: str = "",
    metadata: Mapping[str, Any] | None = None,
    came_live: bool = True,
) -> Activity:
    """One activity; the one already there when the event_id was recorded before. Raises InvalidActivity, Forbidden.

    `by` is who recorded it; for our own acts (call, mail, meeting) that is who did it.
    """
    _require(by)
    given = {
        "event_id": event_id,
        "type": type,
        "occurred_at": occurred_at,
        "content": content,
        "url": url,
        "duration_seconds": duration_seconds,
        "note": note,
        "metadata": dict(metadata or {}),
    }
    types = _types()
    values = clean(given, at=at, zone=organization.current().zone, types=types)
    if values.errors:
        raise InvalidActivity(errors=values.errors)
    values.event_id = values.event_id or _new_id()
    _store([_Row(0, values, lead, by)], types, at, came_live)
    return Activity.objects.select_related("lead").get(event_id=values.event_id)


@retried
def record_many(
    *,
    rows: Sequence[Mapping[str, Any]],
    by: User | None,
    at: datetime,
    create_missing: bool = False,
    came_live: bool = True,
) -> dict[str, Any]:
    """Many activities (values have the API's names); one bad row never stops the others.

    Answers {accepted, duplicates, errors: [{index, errors}]}. Raises Forbidden, Invalid when there are too many.
    """
    _require(by)
    if len(rows) > MOST_ROWS:
        raise Invalid(gettext_lazy("At most %(most)d activities in one call."), most=MOST_ROWS)
    types = _types()
    prepared = _prepare(rows, types, by, at, create_missing)
    good = [row for row in prepared if not row.values.errors]
    accepted = _store(good, types, at, came_live)
    errors = [{"index": row.index, "errors": row.values.errors} for row in prepared if row.values.errors]
    return {"accepted": accepted, "duplicates": len(good) - accepted, "errors": errors}


def _types() -> dict[str, ActivityType]:
    return {row.code: row for row in ActivityType.objects.all()}


def _new_id() -> str:
    return f"own:{uuid.uuid4()}"


def _prepare(
    rows: Sequence[Any], types: dict[str, ActivityType], by: User | None, at: datetime, create_missing: bool
) -> list[_Row]:
    zone = organization.current().zone
    dicts = [row if isinstance(row, Mapping) else {} for row in rows]
    found = references.leads([row.get("lead") for row in dicts], seen_by=by)
    people = references.people(row.get("by") for row in dicts if row.get("by") is not None)
    prepared = []
    for index, row in enumerate(dicts):
        values = clean(row, at=at, zone=zone, types=types)
        values.event_id = values.event_id or _new_id()
        person = _person(values, row.get("by"), people, by)
        lead = _lead(values, row.get("lead"), found, by, at, create_missing)
        prepared.append(_Row(index, values, lead, person))
    return prepared


def _person(values: CleanActivity, given: Any, people: dict[str, User], by: User | None) -> User | None:
    if given is None:
        return None if by is None or by.is_service else by
    person = people.get(str(given).strip().lower())
    if person is None:
        values.fault("by", "unknown", _("There is no such person."))
    return person


def _lead(
    values: CleanActivity,
    reference: Any,
    found: references.LeadReferences,
    by: User | None,
    at: datetime,
    create_missing: bool,
) -> Lead | None:
    lead = found.find(reference)
    if (
        lead is None
        and create_missing
        and not values.errors
        and isinstance(reference, Mapping)
        and reference.get("email")
    ):
        lead = _missing(values, reference, found, by, at)
    if lead is None and not any(error.field.startswith("lead") for error in values.errors):
        values.fault("lead", "unknown", _("There is no such lead."))
    return lead


def _missing(
    values: CleanActivity, reference: Mapping[str, Any], found: references.LeadReferences, by: Any, at: datetime
) -> Lead | None:
    try:
        lead = leads.create(values={"email": reference["email"]}, by=by, at=at)
    except leads.DuplicateLead as known:
        lead = known.lead
    except Invalid as error:
        values.errors.extend(FieldError(f"lead.{one.field}", one.code, one.message) for one in error.errors)
        return None
    found.by_email[lead.email_key] = lead
    return lead


# -- storing ------------------------------------------------------------------------------------
def _store(rows: list[_Row], types: dict[str, ActivityType], at: datetime, came_live: bool) -> int:
    """Writes the rows whose event_id is new and everything that follows; returns how many."""
    fresh = _new_rows(rows)
    if not fresh:
        return 0
    try:
        with transaction.atomic():
            activities = _insert(fresh, at)
    except IntegrityError:
        # Another request wrote one of them between our look and our write.
        return _store(fresh, types, at, came_live) if len(_new_rows(fresh)) < len(fresh) else _reraise(fresh, at)
    _keep_latest(activities, types)
    _follow_merges(activities, types)
    _mark_stale(activities, at, came_live)
    hooks.activities_recorded(activities, at)
    return len(activities)


def _reraise(rows: list[_Row], at: datetime) -> int:
    return len(_insert(rows, at))


def _new_rows(rows: list[_Row]) -> list[_Row]:
    by_id = {row.values.event_id: row for row in reversed(rows)}
    ids = list(by_id)
    known: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        known.update(Activity.objects.filter(event_id__in=chunk).values_list("event_id", flat=True))
    return sorted((row for event_id, row in by_id.items() if event_id not in known), key=lambda row: row.index)


def _insert(rows: list[_Row], at: datetime) -> list[Activity]:
    org = organization.current()
    known = contents.named(row.values.content for row in rows)
    made = [_activity(row, known, org, at) for row in rows]
    return Activity.objects.bulk_create(made, batch_size=500)


def _follow_merges(activities: list[Activity], types: dict[str, ActivityType]) -> None:
    """What was meant for a lead that was merged while we waited for its row is the survivor's, as all that it had.

    After the leads' rows were written: whoever merges from now on waits for us, and takes what we wrote along.
    """
    while merged := _merged(sorted({one.lead_id for one in activities})):
        for loser, survivor in merged.items():
            moved = [one for one in activities if one.lead_id == loser]
            Activity.objects.filter(pk__in=[one.pk for one in moved]).update(lead=survivor)
            for one in moved:
                one.lead = survivor
        recount_latest(lead_ids=list(merged), types=types)
        _keep_latest(activities, types)


def _merged(lead_ids: Sequence[int]) -> dict[int, Lead]:
    chunks = (lead_ids[start : start + _CHUNK] for start in range(0, len(lead_ids), _CHUNK))
    gone = (Lead.objects.filter(pk__in=chunk, merged_into__isnull=False) for chunk in chunks)
    return {lead.pk: lead.merged_into for leads in gone for lead in leads.select_related("merged_into")}  # type: ignore[misc]


def _activity(row: _Row, known: Mapping[str, Any], org: Organization, at: datetime) -> Activity:
    values = row.values
    return Activity(
        lead=row.lead,
        event_id=values.event_id,
        type=values.type,
        content=known.get(contents.title_key(values.content)) if values.content else None,
        url=values.url,
        occurred_at=values.occurred_at,
        occurred_on=organization.local_day(values.occurred_at, org),
        received_at=at,
        duration_seconds=values.duration_seconds,
        by=row.by,
        note=values.note,
        metadata=values.metadata,
    )


def _keep_latest(activities: list[Activity], types: dict[str, ActivityType]) -> None:
    recount_latest(lead_ids=sorted({one.lead_id for one in activities}), types=types)
    for one in activities:
        kind = types[one.type]
        if not kind.is_ours:
            one.lead.last_activity_at = max(one.occurred_at, one.lead.last_activity_at or one.occurred_at)
        if kind.counts_as_contact:
            one.lead.last_contact_at = max(one.occurred_at, one.lead.last_contact_at or one.occurred_at)


def _mark_stale(activities: list[Activity], at: datetime, came_live: bool) -> None:
    live = {one.lead_id for one in activities if came_live and is_live(one.occurred_at, at)}
    rest = {one.lead_id for one in activities} - live
    staleness.mark(lead_ids=live, cause=StaleCause.LIVE, at=at)
    staleness.mark(lead_ids=rest, cause=StaleCause.EDIT if came_live else StaleCause.BULK, at=at)


def own_types(types: dict[str, ActivityType] | None = None) -> tuple[list[str], list[str]]:
    """Which types are our own acts, and which of those reach somebody."""
    kinds = (types or _types()).values()
    ours = [kind.code for kind in kinds if kind.is_ours]
    return ours, [kind.code for kind in kinds if kind.counts_as_contact]


def recount_latest(*, lead_ids: Sequence[int], types: dict[str, ActivityType] | None = None) -> None:
    """Sets the leads' last own act and last contact by us from their activities, however late those came in.

    One statement a chunk; each lead is one look into the index (lead, -occurred_at).
    """
    ours, contacts = own_types(types)
    newest = Activity.objects.filter(lead=OuterRef("pk")).order_by("-occurred_at").values("occurred_at")
    acted, touched = Subquery(newest.exclude(type__in=ours)[:1]), Subquery(newest.filter(type__in=contacts)[:1])
    for start in range(0, len(lead_ids), _CHUNK):
        chunk = Lead.objects.filter(pk__in=lead_ids[start : start + _CHUNK])
        chunk.update(last_activity_at=acted, last_contact_at=touched)

"""Takes back one chunk of an import's rows; leads that others have changed since are listed and stay as they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.models import User
from journal import services as journal
from leads.domain.choices import StaleCause
from leads.domain.normalise import derived
from leads.models import Activity, CustomField, ImportRow, ImportRun, Lead, LeadSource, Qualification
from leads.queries.import_gone_on import gone_on
from leads.services import activities, duplicate_marks, duplicates, import_tags, staleness
from leads.services.lead_changes import OWN_COLUMNS

CHUNK = 500
Result = ImportRow.Result


def take_back(*, run: ImportRun, history: set[int], by: User, at: datetime) -> int:
    """The next rows, each lead with its first one; call it within a transaction.

    `history`: to whom the import gave a stage or an owner. Returns the number of the last row looked at, 0 at the end.
    """
    written = ImportRow.objects.filter(run=run, result__in=[Result.CREATED, Result.UPDATED], lead__isnull=False)
    rows = list(written.filter(number__gt=run.taken_back).order_by("number").values_list("number", "lead")[:CHUNK])
    if not rows:
        return 0
    ids = {lead for _number, lead in rows}
    ids -= set(written.filter(lead__in=ids, number__lte=run.taken_back).values_list("lead", flat=True))
    _hold(ids)
    created = set(written.filter(lead__in=ids, result=Result.CREATED).values_list("lead", flat=True))
    _take_back(run, sorted(created), sorted(ids - created), history, by, at)
    return rows[-1][0]


def _hold(ids: set[int]) -> None:
    """Nobody hands these leads over or edits them between the look at what speaks against it and the taking back."""
    list(Lead.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _take_back(
    run: ImportRun, created: list[int], updated: list[int], history: set[int], by: User, at: datetime
) -> None:
    kept = gone_on(run, created=created, updated=updated, history=history)
    _mark_kept(run, kept)
    created = [pk for pk in created if pk not in kept]
    updated = [pk for pk in updated if pk not in kept]
    data = {"created": created, "updated": updated, "kept": sorted(kept)}
    journal.record("import.undoing", subject=run, by=by, at=at, data=data)
    Activity.objects.filter(lead__in=created + updated, metadata__import=run.pk).delete()
    activities.recount_latest(lead_ids=created + updated)
    if created:
        _bury(run, created, by, at)
    if updated:
        _turn_back(run, updated, at)


def _mark_kept(run: ImportRun, kept: Mapping[int, str]) -> None:
    for why in set(kept.values()):
        ids = sorted(pk for pk, reason in kept.items() if reason == why)
        rows = ImportRow.objects.filter(run=run, lead__in=ids, result__in=[Result.CREATED, Result.UPDATED])
        rows.update(kept=why)


def _bury(run: ImportRun, ids: list[int], by: User, at: datetime) -> None:
    """Tombstones: their logs stay and say so, their keys are free for the same person coming in again."""
    leads = Lead.objects.filter(pk__in=ids)
    leads.update(is_present=False, external_id=None, version=F("version") + 1, updated_at=at)
    import_tags.forget(ids)
    duplicates.forget(lead_ids=ids)
    journal.record_many("lead.taken_back", leads=leads, by=by, at=at, data={"import": run.pk})


def _turn_back(run: ImportRun, ids: list[int], at: datetime) -> None:
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in=ids).select_related("company")}
    qualifications = {row.lead_id: row for row in Qualification.objects.filter(lead__in=ids)}
    # Newest row first, so that of several rows for one lead the oldest value is put back last.
    rows = ImportRow.objects.filter(run=run, lead__in=ids, result=Result.UPDATED).order_by("-number")
    fields = set(CustomField.objects.values_list("key", flat=True))
    for row in rows:
        for name, value in row.old.items():
            if name == "+tags":
                import_tags.take_off(row, value)
            elif name == "custom":
                # A field deleted since took its values along.
                leads[row.lead_id].custom = {key: one for key, one in value.items() if key in fields}
            # `+gained` is for the page: acts, tags and sources go by their own marks, a company keeps its facts.
            elif name != "+gained":
                _put_back(leads[row.lead_id], qualifications.get(row.lead_id), name, value)
    for lead in leads.values():
        _renew(lead, at)
    Lead.objects.bulk_update(leads.values(), OWN_COLUMNS, batch_size=100)
    for row in qualifications.values():
        row.save()
    staleness.mark(lead_ids=ids, cause=StaleCause.BULK, at=at)
    duplicate_marks.mark(lead_ids=ids, at=at)


def _put_back(lead: Lead, qualification: Qualification | None, name: str, value: Any) -> None:
    if name.startswith("qualification."):
        setattr(qualification, name.removeprefix("qualification."), value)
    elif name == "+source":
        LeadSource.objects.filter(lead=lead, channel=value[0], campaign=value[1]).delete()
    elif name == "acquired_at":
        lead.acquired_at = datetime.fromisoformat(value)
    else:
        setattr(lead, name, value)


def _renew(lead: Lead, at: datetime) -> None:
    for name, value in derived(vars(lead), lead.company.name if lead.company else "").items():
        setattr(lead, name, value)
    lead.version += 1
    lead.updated_at = at

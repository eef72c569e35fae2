"""The verbs on an import: start, say what the columns mean, commit, decide on a held row, take back."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.text import slugify

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.queries import organization
from journal import doorbell
from journal.errors import FieldError
from journal.transactions import retried
from leads.domain.activity_types import BY_CODE
from leads.domain.import_columns import recognise
from leads.domain.import_fields import CUSTOM
from leads.domain.import_plan import MappingFault, Plan, build, constant_faults
from leads.imports import limits
from leads.imports.errors import TooBig
from leads.imports.sentences import mapping_sentence
from leads.imports.understanding import Understood, understand
from leads.models import ActivityType, Campaign, Channel, CustomField, ImportMapping, ImportRow, ImportRun
from leads.services import sources
from leads.services.import_errors import MappingInvalid, MappingNeeded, MayNotImport, WrongState

State = ImportRun.State
TASK = "leads.tasks.work_import"


def require(by: User | None) -> None:
    """Raises MayNotImport."""
    if by is not None and not by.may(Permission.IMPORT_LEADS):
        raise MayNotImport


def start(
    *,
    file: File,  # type: ignore[type-arg]
    filename: str,
    by: User,
    at: datetime,
    mapping: Mapping[str, Any] | None = None,
    constants: Mapping[str, Any] | None = None,
    match_on: str = "",
    channel: str | Channel | None = None,
    campaign: str | Campaign | None = None,
    create_custom: bool = False,
    dry_run: bool = False,
    encoding: str = "",
    sheet: str = "",
    date_order: str = "",
    asks: bool = False,
) -> ImportRun:
    """Takes a file in and understands its beginning. A worker does the rest, unless `asks`: then `confirm` does.

    Raises MayNotImport, a FileRefused, MappingInvalid naming every column, MappingNeeded.
    """
    require(by)
    if file.size > limits.FILE_BYTES:
        raise TooBig(megabytes=limits.FILE_BYTES >> 20)
    run = ImportRun(filename=filename[-255:], size=file.size, created_by=by, created_at=at, dry_run=dry_run)
    run.file.save(_stored_name(filename), file, save=False)
    try:
        understood = understand(run.file.path, encoding=encoding, sheet=sheet)
        _describe(run, understood)
        options = {"match_on": match_on, "date_order": date_order, "create_custom": create_custom}
        chosen = dict(mapping) if mapping else _remembered(run, asks) or recognise(run.headers).mapping
        if asks:
            return _wait(run, chosen)
        _settle(run, chosen, constants or {}, channel, campaign, options, at)
    except BaseException:
        run.file.delete(save=False)
        raise
    _queue(run, at)
    return run


def _stored_name(filename: str) -> str:
    # The stranger's name stays in the database; on disk only its kind is kept.
    return "list.xlsx" if filename.lower().endswith((".xlsx", ".xlsm")) else "list.csv"


def _describe(run: ImportRun, understood: Understood) -> None:
    run.layout = understood.layout
    run.encoding = understood.encoding
    run.sheet = understood.sheet
    run.header_line = understood.header_line
    run.headers = understood.headers
    run.samples = understood.samples


def _remembered(run: ImportRun, asks: bool) -> dict[str, Any]:
    row = ImportMapping.objects.filter(header_key=header_key(run.headers)).first() if asks else None
    return dict(row.mapping) if row else {}


def header_key(headers: list[str]) -> str:
    """Under which a mapping is remembered: the same columns in the same order."""
    return hashlib.sha256("\n".join(headers).encode()).hexdigest()


@retried
def _wait(run: ImportRun, chosen: dict[str, Any]) -> ImportRun:
    """A run that waits for its mapping is a preview without rows."""
    run.mapping, run.state, run.dry_run = chosen, State.PREVIEW, True
    run.save()
    return run


@retried
def _queue(run: ImportRun, at: datetime) -> None:
    run.state, run.leased_until = State.QUEUED, at
    run.save()
    ring(run)


def ring(run: ImportRun) -> None:
    """Wakes a worker after the commit; the sweep finds the run if nobody hears."""
    transaction.on_commit(lambda: doorbell.ring(TASK, run.pk, queue="bulk"), robust=True)


# -- mapping ------------------------------------------------------------------------------------
def plan_of(run: ImportRun) -> tuple[Plan | None, list[MappingFault]]:
    """How to read the run's rows, or every fault of its mapping."""
    return build(
        headers=run.headers,
        mapping=run.mapping,
        constants=run.constants,
        match_on=run.match_on,
        date_order=run.date_order,
        zone=organization.current().zone,
        activity_types=set(BY_CODE) | set(ActivityType.objects.values_list("code", flat=True)),
        custom={row.key: (row.kind, tuple(row.choices)) for row in CustomField.objects.all()},
        create_custom=run.create_custom,
    )


def _settle(
    run: ImportRun,
    mapping: Mapping[str, Any],
    constants: Mapping[str, Any],
    channel: Any,
    campaign: Any,
    options: Mapping[str, Any],
    at: datetime,
) -> None:
    run.mapping, run.constants = dict(mapping), dict(constants)
    for name, value in options.items():
        setattr(run, name, value)
    plan, faults = plan_of(run)
    faults = faults or (constant_faults(plan, at=at) if plan else [])
    if any(fault.code == "nobody_mapped" for fault in faults):
        raise MappingNeeded(errors=_field_errors(faults))
    if faults:
        raise MappingInvalid(errors=_field_errors(faults))
    run.channel = sources.channel_named(channel)
    run.campaign = sources.campaign_named(campaign, run.channel)
    if run.create_custom:
        _make_custom(run)


def _field_errors(faults: list[MappingFault]) -> list[FieldError]:
    return [FieldError(fault.where, fault.code, mapping_sentence(fault)) for fault in faults]


def _make_custom(run: ImportRun) -> None:
    """Makes the own fields that the mapping names and that are missing, as text."""
    changed = dict(run.mapping)
    for header, target in run.mapping.items():
        name = target["field"] if isinstance(target, dict) else target
        if not name.startswith(CUSTOM):
            continue
        key = slugify(name.removeprefix(CUSTOM), allow_unicode=True)[:60] or "field"
        CustomField.objects.get_or_create(key=key, defaults={"label": header[:80]})
        changed[header] = target | {"field": CUSTOM + key} if isinstance(target, dict) else CUSTOM + key
    run.mapping = changed


@retried
def confirm(
    *,
    run: ImportRun,
    mapping: Mapping[str, Any],
    by: User,
    at: datetime,
    match_on: str = "",
    channel: str | Channel | None = None,
    campaign: str | Campaign | None = None,
    create_custom: bool = False,
    date_order: str = "",
) -> ImportRun:
    """Says what the columns mean; a preview of all rows follows. Also from a preview, to say it anew.

    Raises MayNotImport, WrongState, MappingInvalid, MappingNeeded.
    """
    require(by)
    fresh = locked(run, State.PREVIEW)
    options = {"match_on": match_on, "date_order": date_order, "create_custom": create_custom}
    _settle(fresh, mapping, fresh.constants, channel, campaign, options, at)
    _start_over(fresh)
    ImportMapping.objects.update_or_create(
        header_key=header_key(fresh.headers), defaults={"mapping": fresh.mapping, "used_at": at}
    )
    fresh.state, fresh.dry_run, fresh.leased_until = State.QUEUED, True, at
    fresh.save()
    ring(fresh)
    return fresh


def locked(run: ImportRun, *states: str) -> ImportRun:
    """The run as it is now, held until the transaction ends. Raises WrongState."""
    fresh = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if fresh.state not in states:
        raise WrongState
    return fresh


def _start_over(run: ImportRun) -> None:
    """All rows wait again, except those that no mapping can mend."""
    rows = ImportRow.objects.filter(run=run)
    rows.exclude(result=ImportRow.Result.REFUSED, stated_score=None, old={"unreadable": True}).update(
        result=ImportRow.Result.PENDING, errors=[], candidates=[], resolution="", lead=None, stated_score=None
    )
    run.refused = rows.filter(result=ImportRow.Result.REFUSED).count()
    run.rows_done = run.refused
    run.created = run.updated = run.unchanged = run.duplicates = 0


# -- commit -------------------------------------------------------------------------------------
@retried
def commit(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Writes what the preview showed; held rows stay held unless they were decided. Raises MayNotImport, WrongState."""
    require(by)
    fresh = locked(run, State.PREVIEW)
    if not fresh.rows:
        raise WrongState
    result = ImportRow.Result
    rows = ImportRow.objects.filter(run=fresh)
    rows.filter(result__in=[result.CREATED, result.UPDATED, result.UNCHANGED]).update(result=result.PENDING)
    rows.filter(result=result.DUPLICATE).exclude(resolution="").update(result=result.PENDING)
    fresh.created = fresh.updated = fresh.unchanged = 0
    fresh.duplicates = rows.filter(result=result.DUPLICATE).count()
    fresh.rows_done = fresh.duplicates + fresh.refused
    fresh.state, fresh.leased_until, fresh.attempts = State.COMMITTING, at, 0
    fresh.save()
    ring(fresh)
    return fresh

"""The verbs on an import: start, say what the columns mean, commit, decide on a held row, take back."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from accounts.domain.roles import Permission
from accounts.models import User
from journal import doorbell
from journal.errors import FieldError
from journal.transactions import retried
from leads.domain.import_columns import channel_told, mending, recognise
from leads.domain.import_fields import LEAVE_OUT
from leads.domain.import_guesses import guess
from leads.domain.import_plan import MappingFault, constant_faults
from leads.imports import limits
from leads.imports.errors import TooBig
from leads.imports.sentences import mapping_sentence
from leads.imports.understanding import Understood, understand
from leads.models import Campaign, Channel, ImportMapping, ImportRow, ImportRun
from leads.queries import imports
from leads.services import import_columns, import_leftovers, sources
from leads.services.import_errors import MappingInvalid, MappingNeeded, MayNotImport, WrongState
from leads.services.import_plans import plan_of, readable

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
    header_line: int = 0,
    date_order: str = "",
    asks: bool = False,
) -> ImportRun:
    """Takes a file in and understands its beginning. A worker does the rest, unless `asks`: then `confirm` does.

    Without a mapping the one remembered for these columns holds, else what the columns are recognised as.

    Raises MayNotImport, a FileRefused, MappingInvalid naming every column, MappingNeeded.
    """
    require(by)
    if file.size > limits.FILE_BYTES:
        raise TooBig(megabytes=limits.FILE_BYTES >> 20)
    run = ImportRun(filename=filename[-255:], size=file.size, created_by=by, created_at=at, dry_run=dry_run)
    run.digest = _digest(file)
    run.file.save(_stored_name(filename), file, save=False)
    try:
        _describe(run, understand(run.file.path, encoding=encoding, sheet=sheet, header_line=header_line))
        if asks:
            return _wait(run)
        known, before = ({}, {}) if mapping else remembered(run)
        options = {
            "match_on": match_on or before.get("match_on", ""),
            "date_order": date_order or before.get("date_order", ""),
            "create_custom": create_custom,
        }
        chosen = dict(mapping or known or recognised(run))
        if mending(run.headers):
            channel, campaign = channel or before.get("channel"), campaign or before.get("campaign")
        elif not mapping:
            channel = channel or channel_told(chosen)
        _settle(run, chosen, constants or {}, channel, campaign, options, at)
        if mapping:
            _remember(run, at)
    except BaseException:
        run.file.delete(save=False)
        raise
    _queue(run, at)
    return run


def _digest(file: File) -> str:  # type: ignore[type-arg]
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()


def _stored_name(filename: str) -> str:
    # The stranger's name stays in the database; on disk only its kind is kept.
    return "list.xlsx" if filename.lower().endswith((".xlsx", ".xlsm")) else "list.csv"


def _describe(run: ImportRun, understood: Understood) -> None:
    run.layout = understood.layout
    run.encoding = understood.encoding
    run.sheet = understood.sheet
    run.sheets = understood.sheets
    run.header_line = understood.header_line
    run.headers = understood.headers
    run.samples = understood.samples


def recognised(run: ImportRun) -> dict[str, Any]:
    """What the columns mean by their names, own fields among them, else by the shape of what stands in them.

    A column of owners is left out where it names nobody here: exports of other systems name their own users.
    """
    by_name = recognise(run.headers)
    named = by_name.mapping | import_columns.own_fields_named(by_name.unknown)
    mapping = guess(run.headers, run.samples, named)
    people = owners()
    for place, header in enumerate(run.headers):
        if mapping[header] == "owner" and not any(_named(row, place) in people for row in run.samples):
            mapping[header] = LEAVE_OUT
    return mapping


def _named(row: list[str], place: int) -> str:
    return row[place].strip().lower() if place < len(row) else ""


def owners() -> dict[str, User]:
    """The people here by e-mail address and by name."""
    people: dict[str, User] = {}
    for user in User.objects.active().people().order_by("-pk"):
        people |= {user.name.lower(): user, user.name.replace(" ", "").lower(): user}
    return people | {user.email.lower(): user for user in User.objects.active().people()}


def remembered(run: ImportRun) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mapping and the options last chosen for these columns; a file of refused rows takes over its origin's."""
    row = ImportMapping.objects.filter(header_key=header_key(run.headers)).first()
    if row is None:
        return {}, {}
    return dict.fromkeys(mending(run.headers), LEAVE_OUT) | row.mapping, row.options


def _remember(run: ImportRun, at: datetime) -> None:
    told = mending(run.headers)
    mapping = {header: target for header, target in run.mapping.items() if header not in told}
    options = {
        "match_on": run.match_on,
        "date_order": run.date_order,
        "channel": run.channel.name if run.channel else "",
        "campaign": run.campaign.name if run.campaign else "",
    }
    ImportMapping.objects.update_or_create(
        header_key=header_key(run.headers), defaults={"mapping": mapping, "options": options, "used_at": at}
    )


def header_key(headers: list[str]) -> str:
    """Under which a mapping is remembered: the same columns in the same order."""
    return hashlib.sha256("\n".join(headers[len(mending(headers)) :]).encode()).hexdigest()


@retried
def _wait(run: ImportRun) -> ImportRun:
    """A run that waits for its mapping is a preview without rows."""
    known, before = remembered(run)
    run.mapping = known or recognised(run)
    run.match_on, run.date_order = before.get("match_on", ""), before.get("date_order", "")
    if mending(run.headers):
        run.channel = Channel.objects.filter(name=before.get("channel", "")).first()
        run.campaign = Campaign.objects.filter(channel=run.channel, name=before.get("campaign", "")).first()
    run.state, run.dry_run = State.PREVIEW, True
    run.save()
    return run


def read_again(*, run: ImportRun, by: User, sheet: str = "", encoding: str = "", header_line: int = 0) -> ImportRun:
    """Understands the file anew: another sheet, another encoding, another line of column names.

    Raises MayNotImport, WrongState, a FileRefused.
    """
    require(by)
    understood = understand(run.file.path, encoding=encoding, sheet=sheet, header_line=header_line)
    return _take_reading(run, understood)


@retried
def _take_reading(run: ImportRun, understood: Understood) -> ImportRun:
    fresh = locked(run, State.PREVIEW)
    ImportRow.objects.filter(run=fresh).delete()
    fresh.rows = fresh.rows_read = fresh.rows_done = fresh.refused = fresh.widest = 0
    fresh.created = fresh.updated = fresh.unchanged = fresh.duplicates = 0
    _describe(fresh, understood)
    return _wait(fresh)


@retried
def _queue(run: ImportRun, at: datetime) -> None:
    run.state, run.leased_until = State.QUEUED, at
    run.save()
    ring(run)


def ring(run: ImportRun) -> None:
    """Wakes a worker after the commit; the sweep finds the run if nobody hears."""
    transaction.on_commit(lambda: doorbell.ring(TASK, run.pk, queue="bulk"), robust=True)


# -- mapping ------------------------------------------------------------------------------------
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
    if run.create_custom:
        import_columns.name_own_fields(run)
    plan, faults = plan_of(run)
    faults = faults or (constant_faults(plan, at=at) if plan else [])
    if any(fault.code == "nobody_mapped" for fault in faults):
        raise MappingNeeded(errors=_field_errors(faults))
    if faults:
        raise MappingInvalid(errors=_field_errors(faults))
    channel = channel or sources.channel_of_campaign(campaign)
    if campaign and not channel:
        raise MappingInvalid(errors=_field_errors([MappingFault("campaign", "campaign_needs_channel")]))
    import_leftovers.source(run, channel, campaign)


def _field_errors(faults: list[MappingFault]) -> list[FieldError]:
    return [FieldError(fault.where, fault.code, mapping_sentence(fault)) for fault in faults]


@retried
def confirm(
    *,
    run: ImportRun,
    mapping: Mapping[str, Any],
    by: User,
    at: datetime,
    constants: Mapping[str, Any] | None = None,
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
    _settle(fresh, mapping, fresh.constants if constants is None else constants, channel, campaign, options, at)
    _start_over(fresh)
    _remember(fresh, at)
    fresh.state, fresh.dry_run, fresh.leased_until = State.QUEUED, True, at
    fresh.save()
    ring(fresh)
    return fresh


def locked(run: ImportRun, *states: str) -> ImportRun:
    """The run as it is now, held until the transaction ends. Raises WrongState."""
    fresh = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()
    if fresh is None or fresh.state not in states:
        raise WrongState
    return fresh


def locked_for_decisions(run: ImportRun) -> ImportRun:
    """The same of one whose rows can be decided on and corrected. Raises WrongState."""
    fresh = locked(run, *State.values)
    if not fresh.takes_decisions:
        raise WrongState
    return fresh


def _start_over(run: ImportRun) -> None:
    """All rows wait again, except those that no mapping can mend; what was decided on held ones is kept beside them."""
    rows = ImportRow.objects.filter(run=run)
    rows.exclude(result=ImportRow.Result.REFUSED, stated_score=None, old={"unreadable": True}).update(
        result=ImportRow.Result.PENDING, errors=[], candidates=[], lead=None, stated_score=None
    )
    run.refused = rows.filter(result=ImportRow.Result.REFUSED).count()
    run.rows_done = run.refused
    run.created = run.updated = run.unchanged = run.duplicates = 0


@retried
def discard(*, run: ImportRun, by: User, at: datetime) -> None:
    """Forgets a file of which nothing was written: the run, its rows, the fields, channel and campaign that only its
    preview wanted, and, after the commit, what lies on disk.

    What its columns mean stays remembered. Raises MayNotImport, WrongState.
    """
    require(by)
    fresh = locked(run, State.PREVIEW)
    fresh.delete()
    import_leftovers.clear(fresh, at=at)
    transaction.on_commit(lambda: fresh.file.delete(save=False), robust=True)


# -- commit -------------------------------------------------------------------------------------
@retried
def commit(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Writes what the preview showed; held rows stay held unless they were decided. What only an earlier preview of
    the run had wanted goes. Raises MayNotImport, WrongState, FieldGone.
    """
    require(by)
    fresh = locked(run, State.PREVIEW)
    if not fresh.rows:
        raise WrongState
    readable(fresh)
    result = ImportRow.Result
    rows = ImportRow.objects.filter(run=fresh)
    rows.filter(result__in=[result.CREATED, result.UPDATED, result.UNCHANGED]).update(result=result.PENDING)
    rows.filter(result=result.DUPLICATE).exclude(resolution="").update(result=result.PENDING)
    # Who is held against another row of the file gets to know as whom that one is written.
    among_themselves = [row.pk for row in imports.undecided(fresh) if row.resembles_row]
    for start in range(0, len(among_themselves), 500):
        rows.filter(pk__in=among_themselves[start : start + 500]).update(result=result.PENDING)
    fresh.created = fresh.updated = fresh.unchanged = 0
    fresh.duplicates = rows.filter(result=result.DUPLICATE).count()
    fresh.rows_done = fresh.duplicates + fresh.refused
    fresh.state, fresh.leased_until, fresh.attempts = State.COMMITTING, at, 0
    fresh.save()
    import_leftovers.clear(fresh, at=at)
    ring(fresh)
    return fresh

"""Evaluates or applies one chunk of rows: parse, match, merge in memory, then a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import User
from journal import bulk
from journal import services as journal
from leads import hooks
from leads.domain.choices import Stage, StaleCause
from leads.domain.import_faults import MAY_BE_NEW
from leads.domain.import_plan import Plan
from leads.domain.import_values import RowFault
from leads.models import ImportRow, ImportRun, Lead, Qualification
from leads.queries import import_matching
from leads.queries.import_matching import Index, keys_of
from leads.queries.import_repeats import Repeats
from leads.services import duplicate_marks, duplicates, import_tags, staleness
from leads.services import import_happenings as happenings
from leads.services.import_decisions import meaning, probable, unless_taken
from leads.services.import_drafts import Changes, Draft, take

_OWNED_BY_RULE = (Stage.WON, Stage.LOST, Stage.NURTURE, Stage.DISQUALIFIED)


@dataclass
class Context:
    """What stays the same over the chunks of a run."""

    run: ImportRun
    plan: Plan
    owners: dict[str, User]
    sources: happenings.Sources
    repeats: Repeats
    # People whom an earlier chunk of a preview would make, with their lines; bounded, so that a preview never grows with
    # its file.
    carried: list[tuple[Lead, int]] = field(default_factory=list)


def evaluate(rows: Sequence[ImportRow], context: Context, *, at: datetime) -> list[Draft]:
    """What each row would do, in order, with nothing written. What was decided on a row stays where it is held again."""
    drafts, _changes, index = _prepare(rows, context, at, is_preview=True)
    fresh = [(lead, index.lines[id(lead)]) for lead in index.added]
    context.carried = (context.carried + fresh)[-20_000:]
    for draft in drafts:
        draft.row.resolution = _still_said(draft) or _said_before(draft, context)
    return drafts


def _said_before(draft: Draft, context: Context) -> str:
    """A row like one that was left out of an earlier import is left out again, unless somebody says otherwise."""
    return "skip" if draft.held and context.repeats.is_left_out(draft.row.cells) else ""


def _still_said(draft: Draft) -> str:
    """The decision on a row that a person has taken already, as far as it still answers what is asked."""
    said = draft.row.resolution
    may = draft.held in MAY_BE_NEW if said == "new" else bool(draft.held)
    return said if may else ""


def apply(rows: Sequence[ImportRow], context: Context, *, at: datetime) -> list[Draft]:
    """Writes the rows of one chunk and all that follows from them; call it inside the chunk's transaction."""
    drafts, changes, _index = _prepare(rows, context, at)
    moved = _first_channels(drafts, context)
    happenings.set_latest([draft for draft in drafts if draft.lead is not None and draft.lead.pk is None])
    _write(changes, at)
    _move_channels(moved)
    import_tags.write(drafts, at=at)
    made = happenings.write(drafts, context.sources, run=context.run, at=at)
    if made:
        hooks.activities_recorded(made, at)
    _tell(drafts, changes, context, at)
    return drafts


def _prepare(
    rows: Sequence[ImportRow], context: Context, at: datetime, *, is_preview: bool = False
) -> tuple[list[Draft], Changes, Index]:
    plan = context.plan.at_moment(at)
    drafts = [_parsed(row, plan, context, at) for row in rows]
    good = [(draft.values, draft.keys) for draft in drafts if draft.keys]
    told = {int(row.resolution) for row in rows if row.resolution.isdigit()}
    index = import_matching.load(good, lead_ids=told | context.repeats.leads_at([row.number for row in rows]))
    for lead, line in context.carried:
        _carry(lead, index)
        index.lines[id(lead)] = line
    started = _with_handoffs(drafts, index)
    earlier = context.repeats.among(index.by_id)
    changes = Changes()
    for draft in drafts:
        said = "" if is_preview else draft.row.resolution
        draft.row.keys = draft.keys.as_dict() if draft.keys and is_preview else {}
        before = None if said else earlier.same_as(draft.row, is_readable=draft.keys is not None)
        if before is not None:
            draft.repeat(index.by_id[before.lead_id], of=before.run_id)
            continue
        _decide(draft, said, index, changes, started, context, at)
        if draft.held and not is_preview and not said and _said_before(draft, context):
            draft.row.resolution, draft.held, draft.candidates = "skip", "", []
    news = [draft for draft in drafts if not draft.repeats]
    happenings.note(news, context.sources, run=context.run)
    import_tags.note(news)
    return drafts, changes, index


def _carry(lead: Lead, index: Index) -> None:
    """Makes somebody whom an earlier chunk would make findable, at this chunk's copy of the company."""
    company = lead.company
    if company is not None:
        here = index.companies[company.name_key]
        lead.company = next((one for one in here if one.pk == company.pk), company)
        if lead.company is company and company.pk is None and not any(one is company for one in here):
            index.add_company(company)
    index.add_lead(lead)


def _parsed(row: ImportRow, plan: Plan, context: Context, at: datetime) -> Draft:
    values, faults = plan.read(row.cells, at=at)
    if values.owner and values.owner.lower() not in context.owners:
        faults.append(RowFault(_header_of("owner", plan), "owner_unknown", {"owner": values.owner[:80]}))
    if values.campaign and not context.sources.names(Draft(row, values))[0]:
        faults.append(RowFault(_header_of("campaign", plan), "campaign_needs_channel"))
    return Draft(row, values, None if faults else keys_of(values), faults=faults)


def _header_of(name: str, plan: Plan) -> str:
    return next((column.header for column in plan.columns if column.field.name == name), name)


def _with_handoffs(drafts: Sequence[Draft], index: Index) -> Collection[int]:
    """Which leads had a handoff here; asked only where a row wants a stage or an owner."""
    if not index.by_id or not any(draft.values.wanted_stage or draft.values.owner for draft in drafts):
        return ()
    return set().union(*(ask(list(index.by_id)) for ask in hooks.leads_with_handoffs))


def _decide(
    draft: Draft,
    resolution: str,
    index: Index,
    changes: Changes,
    started: Collection[int],
    context: Context,
    at: datetime,
) -> None:
    if draft.keys is None:
        return
    if resolution == "skip":
        return
    found = meaning(draft.values, draft.keys, index, match_on=context.plan.match_on)
    lead = found.lead
    if resolution.isdigit():
        meant = index.by_id.get(int(resolution))
        if meant is None:
            # Who was meant is no longer here, so the row is asked about anew.
            draft.row.resolution = resolution = ""
        else:
            found = unless_taken(draft.keys, index, meant)
            lead = found.lead
    if found.held and not (resolution == "new" and found.held in MAY_BE_NEW):
        draft.held, draft.candidates, draft.differing = found.held, list(found.candidates), list(found.differing)
        draft.lines = [index.lines[id(one)] for one in found.candidates if id(one) in index.lines]
        return
    if lead is not None and lead.pk in started and _wanted_history(draft, lead, context):
        was_asked = any(fault["code"] == "has_handoff" for fault in draft.row.errors)
        if not (was_asked and resolution.isdigit()):
            draft.held, draft.candidates = "has_handoff", [lead]
            return
        # Decided: the lead's course here stands, and the rest of the row comes in.
        draft.values.without_history()
    others = probable(index.company_of(draft.values, draft.keys), draft.keys, index) if lead is None else []
    take(draft, lead, index, changes, run=context.run, at=at)
    if draft.lead is not None:
        changes.note_alike(draft.lead, others, found.candidates, are_apart=resolution == "new")
        draft.history = _wanted_history(draft, draft.lead, context)
        draft.has_changed = draft.has_changed or bool(draft.history)


def _wanted_history(draft: Draft, lead: Lead, context: Context) -> list[str]:
    """Which of stage and owner the row changes."""
    if draft.repeats:
        return []
    stage, owner = draft.values.stage_for(lead.stage), _new_owner(draft, lead, context)
    return [*(["stage"] if stage else []), *(["owner"] if owner else [])]


def _new_owner(draft: Draft, lead: Lead, context: Context) -> User | None:
    """The owner named, where it would change anything: what rests lies with marketing, what is won with nobody."""
    if (draft.values.stage_for(lead.stage) or lead.stage) in _OWNED_BY_RULE:
        return None
    owner = context.owners.get(draft.values.owner.lower()) if draft.values.owner else None
    return owner if owner and owner.pk != lead.owner_id else None


# -- writing ------------------------------------------------------------------------------------
def _write(changes: Changes, at: datetime) -> None:
    bulk.insert(changes.new_companies)
    _update(changes.companies.values(), {"name_key", "phone_key"}, at)
    for lead in changes.new_leads:
        _take_company(lead)
    bulk.insert(changes.new_leads)
    for lead, _names in changes.leads.values():
        _take_company(lead)
    _update(changes.leads.values(), _DERIVED, at)
    _write_qualifications(changes)
    duplicates.propose_namesakes(pairs=[(a.pk, b.pk) for a, b in changes.probable], at=at)
    duplicates.note_apart(pairs=[(a.pk, b.pk) for a, b in changes.apart], at=at)


def _take_company(lead: Lead) -> None:
    """The key that the company has by now."""
    if lead.company is not None:
        lead.company_id = lead.company.pk


_DERIVED = {"email_key", "phone_key", "mobile_key", "name_key", "search_text"}


def _update(rows: Any, also: set[str], at: datetime) -> None:
    """Only what changed is written, never another app's columns."""
    found = list(rows)
    if not found:
        return
    names = set().union(*(changed for _, changed in found)) | also | {"version", "updated_at"}
    for row, _ in found:
        row.version += 1
        row.updated_at = at
    bulk.update([row for row, _ in found], names)


def _write_qualifications(changes: Changes) -> None:
    rows = []
    for lead, row in changes.qualifications.values():
        row.lead = lead
        rows.append(row)
    if not rows:
        return
    names = [one.name for one in Qualification._meta.fields if not one.primary_key]
    Qualification.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["lead"], update_fields=names, batch_size=500
    )


def _first_channels(drafts: Sequence[Draft], context: Context) -> list[Lead]:
    """The first source is the channel: of new leads, of those that had none, of those acquired earlier than known.

    Returns the leads that are here already; new ones are written with it.
    """
    changed = {}
    for draft in drafts:
        lead = draft.lead
        if lead is None or not draft.source[0] or (lead.channel_id and "acquired_at" not in draft.old):
            continue
        channel, campaign = context.sources.rows(draft.source)
        draft.old.setdefault("channel_id", lead.channel_id)
        draft.old.setdefault("campaign_id", lead.campaign_id)
        lead.channel, lead.campaign = channel, campaign
        changed[id(lead)] = lead
    return [lead for lead in changed.values() if lead.pk]


def _move_channels(leads: Sequence[Lead]) -> None:
    by_source: dict[tuple[Any, Any], list[int]] = {}
    for lead in leads:
        by_source.setdefault((lead.channel_id, lead.campaign_id), []).append(lead.pk)
    for (channel_id, campaign_id), ids in by_source.items():
        Lead.objects.filter(pk__in=ids).update(channel=channel_id, campaign=campaign_id)


# -- telling ------------------------------------------------------------------------------------
def _tell(drafts: Sequence[Draft], changes: Changes, context: Context, at: datetime) -> None:
    """One journal row a chunk, with the history that another app owns; then the scores owed."""
    run = context.run
    touched = {draft.lead.pk for draft in drafts if draft.lead is not None and draft.has_changed}
    created = [lead.pk for lead in changes.new_leads]
    data = {
        "rows": _history(drafts, context),
        "created": created,
        "updated": sorted(touched - set(created)),
    }
    if not touched:
        return
    by = run.created_by
    journal.record("import.rows_applied", subject=run, by=by, at=at, data=data)
    said = {"import": run.pk, "file": run.filename}
    journal.record_many("lead.imported", leads=changes.new_leads, by=by, at=at, data=said)
    for lead, name in changes.refusals:
        journal.record(f"lead.{name}", subject=lead, by=by, at=at, lead_id=lead.pk)
    companies = [company.pk for company, _ in changes.companies.values()]
    colleagues = Lead.objects.present().filter(company__in=companies).values_list("pk", flat=True) if companies else []
    staleness.mark(lead_ids=touched | set(colleagues), cause=StaleCause.BULK, at=at)
    duplicate_marks.mark(lead_ids=touched, at=at)


def _history(drafts: Sequence[Draft], context: Context) -> list[dict[str, Any]]:
    wanted: dict[int, dict[str, Any]] = {}
    for draft in drafts:
        lead = draft.lead
        if lead is None or not _wanted_history(draft, lead, context):
            continue
        row = wanted.setdefault(lead.pk, {"lead": lead.pk, "by_id": context.run.created_by_id})
        row |= _history_row(draft, lead, context)
    return list(wanted.values())


def _history_row(draft: Draft, lead: Lead, context: Context) -> dict[str, Any]:
    values = draft.values
    owner = context.owners.get(values.owner.lower())
    row = {
        "stage": values.stage,
        "stage_at": values.stage_at and values.stage_at.isoformat(),
        "outcome": values.outcome,
        "outcome_at": values.outcome_at and values.outcome_at.isoformat(),
        "amount": str(values.amount) if values.amount is not None else None,
        "currency": values.currency,
        "owner_id": owner.pk if owner else None,
        "acquired_at": lead.acquired_at.isoformat(),
    }
    if not values.stage_for(lead.stage):
        row |= {"stage": "", "outcome": ""}
    return {name: value for name, value in row.items() if value not in ("", None)}

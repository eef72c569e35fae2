"""Makes one lead of two that are the same person, and takes that back.

What other apps own (stages, handoffs, deals) follows by their reactions to `lead.merged` and `lead.unmerged`, in
the same transaction; each keeps in `Merge.before` what it needs to turn back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.transactions import retried
from journal.versions import refuse_stale
from leads.domain import merging
from leads.domain.choices import StaleCause
from leads.models import DuplicatePair, Lead, Merge
from leads.queries import sight
from leads.services import duplicate_marks, merged_values, staleness
from leads.services.lead_checks import refuse_known, require, tell_refusals

State = DuplicatePair.State


class SameLead(Invalid):
    code = "same_lead"
    message = _("A lead can't be merged with itself.")


class LeadGone(Conflict):
    """One of the two was merged, erased or taken back meanwhile."""

    code = "lead_gone"
    message = _("One of these two leads no longer exists.")


class CrossesCompanies(Conflict):
    code = "crosses_companies"
    message = _("They belong to two companies: %(one)s and %(other)s. Confirm that you want to merge them anyway.")


class HidesLead(Conflict):
    code = "hides_lead"
    message = _("A team working on one of them would lose access to it. A manager decides who keeps the lead.")


class MayNotAssign(Forbidden):
    code = "may_not_assign"
    message = _("A manager decides who keeps the lead.")


class AssigneeGone(Invalid):
    code = "unknown"
    message = _("There is no such person.")


class UnknownChoice(Invalid):
    code = "unknown_choice"
    message = _("Some of the chosen fields have errors; see the details.")


class UndoneAlready(Conflict):
    code = "undone_already"
    message = _("This merge has been undone already.")


class NewerMergeFirst(Conflict):
    code = "newer_merge_first"
    message = _("This lead has since been merged again. Undo the newer merge first.")


@retried
def merge(
    *,
    survivor: Lead,
    loser: Lead,
    by: User | None,
    at: datetime,
    fields: Mapping[str, int] | None = None,
    assignee: User | None = None,
    across_companies: bool = False,
    expected_version: int | None = None,
) -> Merge:
    """Makes one of the two; the one in the further stage survives, whichever was named.

    `fields` says from which lead (by id) a value comes: the choices of leads.domain.merging, `custom.<key>` and
    `qualification.<name>`; without one the survivor's own, or the other's where it has none.
    `assignee` keeps all where two people hold accepted handoffs; a manager names them.
    Raises Forbidden, SameLead, LeadGone, CrossesCompanies, HidesLead, MayNotAssign, AssigneeGone, UnknownChoice,
    StaleWrite, and what other apps refuse.
    """
    require(by, Permission.EDIT_LEADS)
    if assignee is not None and by is not None and not (by.is_service or by.may(Permission.REASSIGN_HANDOFFS)):
        raise MayNotAssign
    if assignee is not None and not User.objects.active().filter(pk=assignee.pk).exists():
        raise AssigneeGone(errors=[FieldError("assignee", "unknown", str(AssigneeGone.message))])
    stays, goes = _locked(survivor, loser, expected_version)
    if not across_companies:
        _refuse_crossing(stays, goes)
    chosen = _checked(fields or {}, stays, goes)
    seen = sight.of(stays) | sight.of(goes)
    row = Merge.objects.create(survivor=stays, loser=goes, by=by, at=at)
    flags = stays.opted_out, stays.do_not_contact
    before = merged_values.take_over(survivor=stays, loser=goes, chosen=chosen, at=at)
    before |= _settle_pairs(stays, goes, at)
    remember(merge=row, app="leads", state=before)
    refuse_known(stays, by=by)
    data = {"survivor": stays.pk, "loser": goes.pk, "assignee": assignee.pk if assignee else None}
    journal.record("lead.merged", subject=row, by=by, at=at, lead_id=stays.pk, data=data)
    if assignee is None and not seen <= sight.of(Lead.objects.get(pk=stays.pk)):
        raise HidesLead
    tell_refusals(stays, dict(zip(("opted_out", "do_not_contact"), flags, strict=True)), by, at)
    staleness.mark(lead_ids=[stays.pk], cause=StaleCause.EDIT, at=at)
    duplicate_marks.mark(lead_ids=[stays.pk], at=at)
    return row


def _locked(survivor: Lead, loser: Lead, expected_version: int | None) -> tuple[Lead, Lead]:
    """Both rows, in one order so that two merges can't wait for each other; the one that stays first."""
    if survivor.pk == loser.pk:
        raise SameLead
    rows = Lead.objects.select_for_update(of=("self",)).select_related("company").order_by("pk")
    found = {lead.pk: lead for lead in rows.filter(pk__in=[survivor.pk, loser.pk], is_present=True)}
    if len(found) < 2:
        raise LeadGone
    stays, goes = found[survivor.pk], found[loser.pk]
    refuse_stale(stays, expected_version)
    return (goes, stays) if merging.is_further(goes.stage, stays.stage) else (stays, goes)


def _refuse_crossing(stays: Lead, goes: Lead) -> None:
    if stays.company_id and goes.company_id and stays.company_id != goes.company_id:
        raise CrossesCompanies(one=str(stays.company), other=str(goes.company))


def _checked(fields: Mapping[str, int], stays: Lead, goes: Lead) -> dict[str, bool]:
    """{choice: whether the value of the one that goes is taken}."""
    known = set(merging.CHOICES) | {f"qualification.{name}" for name in merging.QUALIFICATION}
    known |= {f"custom.{key}" for key in (*stays.custom, *goes.custom)}
    faults = [FieldError(f"fields.{name}", "unknown", ", ".join(sorted(known))) for name in fields if name not in known]
    faults += [
        FieldError(f"fields.{name}", "unknown_lead", str(LeadGone.message))
        for name, pk in fields.items()
        if name in known and pk not in (stays.pk, goes.pk)
    ]
    if faults:
        raise UnknownChoice(errors=faults)
    return {name: pk == goes.pk for name, pk in fields.items()}


def _settle_pairs(stays: Lead, goes: Lead, at: datetime) -> dict[str, Any]:
    """This pair is decided. No other one is: what the lead that goes was like is asked anew of the one that stays.

    'Not the same' said of the one that goes holds for the one that stays. Returns what is needed to turn back.
    """
    a, b = sorted((stays.pk, goes.pk))
    before = DuplicatePair.objects.filter(a=a, b=b).values_list("state", flat=True).first()
    pair, _made = DuplicatePair.objects.update_or_create(
        a_id=a, b_id=b, defaults={"state": State.MERGED}, create_defaults={"state": State.MERGED, "created_at": at}
    )
    others = (DuplicatePair.objects.filter(a=goes) | DuplicatePair.objects.filter(b=goes)).exclude(pk=pair.pk)
    refused = [one.b_id if one.a_id == goes.pk else one.a_id for one in others.filter(state=State.DISMISSED)]
    asked = [one.b_id if one.a_id == goes.pk else one.a_id for one in others.filter(state=State.OPEN)]
    others.filter(state=State.OPEN).delete()
    carried = [_refused_too(stays, other, at) for other in refused if other != stays.pk]
    duplicate_marks.mark(lead_ids=asked, at=at)
    return {"carried": [pk for pk in carried if pk], "pair": before or State.OPEN}


def _refused_too(stays: Lead, other: int, at: datetime) -> int | None:
    a, b = sorted((stays.pk, other))
    defaults = {"state": State.DISMISSED, "score": 100, "created_at": at}
    pair, made = DuplicatePair.objects.get_or_create(a_id=a, b_id=b, defaults=defaults)
    return pair.pk if made else None


def remember(*, merge: Merge, app: str, state: Mapping[str, Any]) -> None:
    """Keeps what an app needs to turn the merge back; plain values only."""
    merge.before = merge.before | {app: dict(state)}
    Merge.objects.filter(pk=merge.pk).update(before=merge.before)


@retried
def undo(*, merge: Merge, by: User | None, at: datetime) -> Merge:
    """Two leads again, with what each had. What came since stays with the survivor.

    Raises Forbidden, UndoneAlready, NewerMergeFirst, LeadGone, DuplicateLead when another lead has taken a key of
    the one that comes back, and what other apps refuse (a later handoff).
    """
    require(by, Permission.EDIT_LEADS)
    row = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if row.undone_at is not None:
        raise UndoneAlready
    leads = Lead.objects.select_for_update(of=("self",)).select_related("company").order_by("pk")
    found = {lead.pk: lead for lead in leads.filter(pk__in=[row.survivor_id, row.loser_id])}
    survivor, loser = found[row.survivor_id], found[row.loser_id]
    if not survivor.is_present:
        raise LeadGone
    if Merge.objects.filter(survivor=survivor, undone_at=None, pk__gt=row.pk).exists():
        raise NewerMergeFirst
    row.undone_at, row.undone_by = at, by
    row.save(update_fields=["undone_at", "undone_by"])
    calm = merged_values.give_back(survivor=survivor, loser=loser, before=row.before["leads"], at=at)
    remember(merge=row, app="leads", state=row.before["leads"] | {"parted": calm})
    refuse_known(loser, by=by)
    # Whether anybody had said before that they are not the same; merges of before don't tell.
    said = row.before["leads"].get("pair", State.OPEN)
    DuplicatePair.objects.filter(a=min(found), b=max(found)).update(state=said)
    DuplicatePair.objects.filter(pk__in=row.before["leads"]["carried"]).delete()
    data = {"survivor": survivor.pk, "loser": loser.pk}
    journal.record("lead.unmerged", subject=row, by=by, at=at, lead_id=survivor.pk, data=data)
    both = [survivor.pk, loser.pk]
    staleness.mark(lead_ids=both, cause=StaleCause.EDIT, at=at)
    duplicate_marks.mark(lead_ids=both, at=at)
    merge.refresh_from_db()
    return merge

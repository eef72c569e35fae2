"""Tags on leads: added and taken away, of one or of many, with a way back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal.errors import FieldError, Forbidden, Invalid
from journal.services import record
from leads.domain.tag_names import MOST_CHARACTERS, is_one
from leads.domain.text_folding import tidy
from leads.models import BulkItem, BulkRun, Lead, LeadTag, Tag
from leads.queries.tags import key_of
from leads.services import bulk_actions
from leads.services.bulk_actions import UNCHANGED, Outcome, changed

ADD, REMOVE = "tag", "untag"


class MayNotTag(Forbidden):
    code = "may_not_tag"
    message = _("Your role can't change leads.")


class BadTag(Invalid):
    code = "bad_tag"
    message = _("This can't be a tag; see the details.")


def named(name: str, *, at: datetime) -> Tag:
    """The tag of this name, made if there is none yet. Raises BadTag."""
    shown = " ".join(tidy(name).split())
    problem = _problem(shown)
    if problem:
        raise BadTag(errors=[FieldError("tag", "invalid", problem)])
    return Tag.objects.get_or_create(key=key_of(shown), defaults={"name": shown, "created_at": at})[0]


def _problem(name: str) -> Any:
    if not name:
        return _("Enter a name for the tag.")
    if len(name) > MOST_CHARACTERS:
        return _("At most %(count)s characters.") % {"count": MOST_CHARACTERS}
    if not is_one(name):
        return _("A tag can't contain commas, semicolons or control characters.")
    return ""


def _check(by: User, values: dict[str, Any], at: datetime) -> None:
    if not by.may(Permission.EDIT_LEADS):
        raise MayNotTag


def add(*, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> dict[int, Outcome]:
    """Puts the tag on those that don't bear it yet."""
    tag_id = run.values["tag"]
    held = _held(lead_ids)
    bearing = set(LeadTag.objects.filter(tag=tag_id, lead__in=held).values_list("lead", flat=True))
    fresh = [pk for pk in held if pk not in bearing]
    _put(tag_id, fresh, at)
    _tell("leads.tagged", run, fresh, by, at)
    return {pk: UNCHANGED if pk in bearing else changed(added_at=at.isoformat()) for pk in held}


def remove(*, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> dict[int, Outcome]:
    """Takes the tag from those that bear it."""
    held = _held(lead_ids)
    links = LeadTag.objects.filter(tag=run.values["tag"], lead__in=held)
    since = dict(links.values_list("lead", "added_at"))
    links.delete()
    _tell("leads.untagged", run, list(since), by, at)
    return {pk: changed(added_at=since[pk].isoformat()) if pk in since else UNCHANGED for pk in held}


def undo_add(*, run: BulkRun, items: Sequence[BulkItem], by: User, at: datetime) -> set[int]:
    """Takes it away again where it is still the one this run put there."""
    put = {item.lead_id: datetime.fromisoformat(item.old["added_at"]) for item in items}
    links = LeadTag.objects.filter(tag=run.values["tag"], lead__in=_held(list(put)))
    own = {pk for pk, added_at in links.values_list("lead", "added_at") if added_at == put[pk]}
    links.filter(lead__in=own).delete()
    _tell("leads.untagged", run, sorted(own), by, at)
    return own


def undo_remove(*, run: BulkRun, items: Sequence[BulkItem], by: User, at: datetime) -> set[int]:
    """Puts it back where nobody has put it back since."""
    held = _held([item.lead_id for item in items])
    again = set(LeadTag.objects.filter(tag=run.values["tag"], lead__in=held).values_list("lead", flat=True))
    bare = [pk for pk in held if pk not in again]
    _put(run.values["tag"], bare, at)
    _tell("leads.tagged", run, bare, by, at)
    return set(bare)


def _held(lead_ids: Sequence[int]) -> list[int]:
    """Those still here, held until the transaction ends, in one order for all."""
    leads = Lead.objects.present().select_for_update(no_key=True).filter(pk__in=lead_ids).order_by("pk")
    return list(leads.values_list("pk", flat=True))


def _put(tag_id: int, lead_ids: Sequence[int], at: datetime) -> None:
    rows = [LeadTag(lead_id=pk, tag_id=tag_id, added_at=at) for pk in lead_ids]
    LeadTag.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _tell(kind: str, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> None:
    """One row a chunk."""
    if lead_ids:
        record(kind, subject=run, by=by, at=at, data={"tag": run.values["tag"], "leads": list(lead_ids)})


bulk_actions.register(bulk_actions.Action(ADD, add, _check, undo_add))
bulk_actions.register(bulk_actions.Action(REMOVE, remove, _check, undo_remove))

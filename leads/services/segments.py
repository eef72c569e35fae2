"""Saved lists: kept, changed and deleted by whoever made them, readable by all when shared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.transactions import retried
from journal.versions import StaleWrite
from leads.domain import export_columns
from leads.domain.conditions import InvalidCondition
from leads.models import Lead, Segment
from leads.queries import conditions, lead_list
from leads.queries.lead_filter import LeadFilter
from leads.services import column_choices

MOST_NAME = 80
# What a saved list may narrow by; its condition has a column of its own, and lists don't hold lists.
FILTERS = frozenset(LeadFilter.base_filters) - {"segment", "condition"}


class InvalidSegment(Invalid):
    """The values make no list; `errors` names each fault."""

    code = "invalid"
    message = _("Some fields have errors; see the details.")


class SegmentNameTaken(Conflict):
    """This person has a list of that name already."""

    code = "segment_name_taken"
    message = _("You already have a list named “%(name)s”. Choose another name.")

    def __init__(self, name: str):
        super().__init__(name=name)
        self.errors = [FieldError("name", "duplicate", str(self))]


@retried
def save(
    *,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    segment: Segment | None = None,
    expected_version: int | None = None,
) -> Segment:
    """A new list, or what is given changed on one. `values`: name, condition, filters, ordering, columns,
    is_shared. Its columns saved anew are what the person who saves sees.

    `expected_version` is the version the caller had read; without it the last write wins.
    Raises Forbidden, ListGone, InvalidSegment, SegmentNameTaken, StaleWrite.
    """
    segment = column_choices.held(segment, by) if segment else None
    if not by.may(Permission.SEE_LEADS) or (segment and not may_change(segment, by)):
        raise Forbidden(_("Only the person who created this list can change it."))
    row = segment or Segment(owner=by, created_at=at, version=0)
    read = row.version if expected_version is None else expected_version
    changes = _checked(values, is_new=segment is None, by=by, at=at) | {"updated_at": at, "version": read + 1}
    for name, value in changes.items():
        setattr(row, name, value)
    _write(row, changes, read)
    if "columns" in values:
        column_choices.forget(user=by, segment=row)
    data = {"name": row.name, "is_shared": row.is_shared}
    journal.record("segment.saved", subject=row, by=by, at=at, data=data)
    return row


@retried
def delete(*, segment: Segment, by: User, at: datetime) -> None:
    """The list goes, its leads stay. Raises Forbidden, ListGone."""
    segment = column_choices.held(segment, by)
    if not may_change(segment, by):
        raise Forbidden(_("Only the person who created this list can change it."))
    journal.record("segment.deleted", subject=segment, by=by, at=at, data={"name": segment.name})
    segment.delete()


def may_change(segment: Segment, user: User) -> bool:
    """Its maker, and whoever looks after the settings."""
    return segment.owner_id == user.pk or (segment.is_shared and user.may(Permission.CHANGE_SETTINGS))


def _write(row: Segment, changes: Mapping[str, Any], read: int) -> None:
    """Of those who change the same version one wins."""
    try:
        with transaction.atomic():
            if row.pk is None:
                row.save()
            elif not Segment.objects.filter(pk=row.pk, version=read).update(**changes):
                raise StaleWrite
    except IntegrityError as error:
        raise SegmentNameTaken(row.name) from error


def _checked(values: Mapping[str, Any], *, is_new: bool, by: User, at: datetime) -> dict[str, Any]:
    faults: list[FieldError] = []
    given: dict[str, Any] = {}
    if is_new or "name" in values:
        given["name"] = _name(values.get("name"), faults)
    if "is_shared" in values:
        given["is_shared"] = _yes_no(values["is_shared"], faults)
    if "condition" in values:
        given["condition"] = _condition(values["condition"], faults)
    if "filters" in values:
        given["filters"] = _filters(values["filters"], by, at, faults)
    if "ordering" in values:
        given["ordering"] = _ordering(values["ordering"], faults)
    if "columns" in values:
        given["columns"] = _columns(values["columns"], faults)
    if faults:
        raise InvalidSegment(errors=faults)
    return given


def _name(value: object, faults: list[FieldError]) -> str:
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not name:
        faults.append(FieldError("name", "required", _("Enter a name for the list.")))
    elif len(name) > MOST_NAME:
        faults.append(FieldError("name", "max_length", _("At most %(count)s characters.") % {"count": MOST_NAME}))
    elif not name.isprintable():
        faults.append(FieldError("name", "invalid", _("The value holds a character that cannot be stored.")))
    return name


def _yes_no(value: object, faults: list[FieldError]) -> bool:
    if not isinstance(value, bool):
        faults.append(FieldError("is_shared", "invalid", _("true or false.")))
    return value is True


def _condition(tree: object, faults: list[FieldError]) -> object:
    try:
        conditions.read(tree, entered=True, path="condition")
    except InvalidCondition as error:
        faults.extend(error.errors)
    return tree or {}


def _filters(given: object, by: User, at: datetime, faults: list[FieldError]) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        faults.append(FieldError("filters", "invalid", _("An object of filter names and texts.")))
        return {}
    for name in sorted(set(given) - FILTERS):
        known = ", ".join(sorted(FILTERS))
        text = _("There is no such filter. Known ones: %(known)s") % {"known": known}
        faults.append(FieldError(f"filters.{str(name)[:40]}", "unknown_field", text))
    known_ones = {name: value for name, value in given.items() if name in FILTERS}
    for name, messages in LeadFilter(known_ones, Lead.objects.none(), at=at, user=by).errors.items():
        faults.extend(FieldError(f"filters.{name}", "invalid", str(message)) for message in messages)
    return known_ones


def _ordering(value: object, faults: list[FieldError]) -> str:
    if value in ("", None):
        return ""
    try:
        return lead_list.sort_of(str(value)).key
    except lead_list.UnknownOrdering as error:
        faults.extend(error.errors)
        return ""


def _columns(given: object, faults: list[FieldError]) -> list[str]:
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        faults.append(FieldError("columns", "invalid", _("A list of names of columns.")))
        return []
    names = column_choices.known(given)
    if unknown := sorted(set(given) - set(names)):
        values = {"name": unknown[0][:40], "known": ", ".join(export_columns.SHOWN)}
        text = _("There is no column “%(name)s”. Known ones: %(known)s") % values
        faults.append(FieldError("columns", "unknown_field", text))
    return names

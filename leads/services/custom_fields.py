"""The organisation's own fields: added, renamed, put in order, given choices, and deleted while nothing depends on them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.domain.text_folding import tidy
from leads.models import CustomField, Lead
from leads.queries import custom_values, field_users

MOST_FIELDS = 200
MOST_CHOICES = 200
MOST_LABEL = 80
MOST_KEY = 50


class BadField(Invalid):
    code = "bad_field"
    message = _("The field was not saved.")


class FieldInUse(Conflict):
    """Something reads the field: it is named. Raised by whoever depends on it, within the deleting transaction."""

    code = "field_in_use"
    message = _("“%(field)s” is used by %(users)s. Remove it there first.")


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change fields."))


@retried
def add(*, label: str, kind: str, choices: Sequence[str] = (), by: User | None, at: datetime) -> CustomField:
    """A new field at the end of the order. Raises BadField, Forbidden."""
    _require(by)
    one_at_a_time("custom fields")
    if CustomField.objects.count() >= MOST_FIELDS:
        raise BadField(_("There are already %(count)s fields, which is the maximum."), count=MOST_FIELDS)
    label, kept = _checked(None, label, kind, choices)
    last = CustomField.objects.aggregate(last=Max("position"))["last"] or 0
    field = CustomField.objects.create(
        key=_free_key(label), label=label, kind=kind, choices=kept, position=min(last + 1, 32_000)
    )
    data = {"key": field.key, "label": label, "kind": kind}
    journal.record("custom_field.added", subject=field, by=by, at=at, data=data)
    return field


@retried
def change(
    *, field: CustomField, label: str, kind: str, choices: Sequence[str] = (), by: User | None, at: datetime
) -> CustomField:
    """A new name or other choices; another kind only while no lead has a value. Raises BadField, FieldInUse, Forbidden."""
    _require(by)
    one_at_a_time("custom fields")
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    label, kept = _checked(field, label, kind, choices)
    old = {"label": field.label, "kind": field.kind, "choices": field.choices}
    if kind != field.kind:
        _refuse_used(field, "kind")
        _ask(field, "narrowing", values=(), by=by, at=at)
    elif dropped := [choice for choice in field.choices if choice not in kept]:
        _refuse_chosen(field, dropped)
        _ask(field, "narrowing", values=dropped, by=by, at=at)
    field.label, field.kind, field.choices = label, kind, kept
    field.save()
    new = {"label": label, "kind": kind, "choices": kept}
    journal.record("custom_field.changed", subject=field, by=by, at=at, old=old, new=new)
    return field


@retried
def move(*, field: CustomField, up: bool, by: User | None, at: datetime) -> None:
    """One place towards the beginning or the end."""
    _require(by)
    rows = list(CustomField.objects.select_for_update().order_by("position", "pk"))
    here = next(number for number, row in enumerate(rows) if row.pk == field.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for number, row in enumerate(rows):
        row.position = number
    CustomField.objects.bulk_update(rows, ["position"])
    journal.record("custom_field.moved", subject=field, by=by, at=at, data={"key": field.key, "position": there})


@retried
def delete(*, field: CustomField, by: User | None, at: datetime) -> None:
    """The field goes with its values on all leads. Raises FieldInUse while a rule, gate, route or list reads it, Forbidden."""
    _require(by)
    _ask(field, "deleting", values=(), by=by, at=at)
    data = {"key": field.key, "label": field.label, "kind": field.kind}
    journal.record("custom_field.deleted", subject=field, by=by, at=at, data=data)
    custom_values.forget(field.key)
    field.delete()


def _ask(field: CustomField, what: str, *, values: Collection[str], by: User | None, at: datetime) -> None:
    """Whoever reads the field (or one of these values) may object: saved lists here, other apps by the event."""
    name = f"custom.{field.key}"
    if lists := field_users.lists(field_users.reading(name, values=values)):
        raise in_use(field.label, lists)
    data = {"field": name, "label": field.label, "values": list(values)}
    journal.record(f"custom_field.{what}", subject=field, by=by, at=at, data=data)


def in_use(label: str, users: Sequence[str]) -> FieldInUse:
    """The refusal that names who uses the field."""
    return FieldInUse(field=label, users=str(_(", ")).join(users))


def object_for(event_data: Mapping[str, Any], users: Sequence[str]) -> None:
    """For reactions to `custom_field.deleting` and `.narrowing`: raises FieldInUse when there are users."""
    if users:
        raise in_use(str(event_data["label"]), users)


def _refuse_used(field: CustomField, spot: str) -> None:
    if Lead.objects.filter(custom__has_key=field.key).exists():
        text = _("Leads already have values of this kind. Add another field instead.")
        raise BadField(errors=[FieldError(spot, "has_values", text)])


def _refuse_chosen(field: CustomField, dropped: Sequence[str]) -> None:
    for choice in dropped:
        if custom_values.is_chosen(field.key, choice):
            text = _("Some leads have the value “%(choice)s”. Change them before removing the choice.") % {
                "choice": choice
            }
            raise BadField(errors=[FieldError("choices", "has_values", text)])


def _checked(field: CustomField | None, label: str, kind: str, choices: Sequence[str]) -> tuple[str, list[str]]:
    faults = []
    label = tidy(label)
    if not label or len(label) > MOST_LABEL or not label.isprintable():
        faults.append(FieldError("label", "invalid", _("Enter a name of 1 to 80 characters.")))
    elif CustomField.objects.filter(label=label).exclude(pk=field.pk if field else None).exists():
        faults.append(FieldError("label", "taken", _("Another field has this name.")))
    if kind not in CustomField.Kind.values:
        faults.append(FieldError("kind", "invalid", _("There is no such kind.")))
    kept = list(dict.fromkeys(filter(None, map(tidy, choices)))) if kind == CustomField.Kind.CHOICE else []
    if kind == CustomField.Kind.CHOICE and not 1 <= len(kept) <= MOST_CHOICES:
        faults.append(FieldError("choices", "required", _("Enter 1 to 200 choices, one per line.")))
    if any(len(choice) > 120 or not choice.isprintable() for choice in kept):
        faults.append(FieldError("choices", "max_length", _("A choice can have at most 120 characters.")))
    if faults:
        raise BadField(errors=faults)
    return label, kept


def _free_key(label: str) -> str:
    """The key of the API and of imports, from the label; numbered when it is taken."""
    start = slugify(label, allow_unicode=True)[:MOST_KEY] or "field"
    taken = set(CustomField.objects.filter(key__startswith=start).values_list("key", flat=True))
    return next(key for key in (start, *(f"{start}-{number}" for number in range(2, 1000))) if key not in taken)

"""Makes the own fields that an import's mapping names and that are missing, each of the kind that its cells have."""

from collections.abc import Sequence
from itertools import chain, count
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from journal.errors import FieldError
from journal.transactions import retried
from leads.domain.import_columns import header_key
from leads.domain.import_custom import ColumnKind
from leads.domain.import_fields import CUSTOM
from leads.models import CustomField, ImportRow, ImportRun
from leads.services import import_leftovers
from leads.services.custom_fields import MOST_FIELDS
from leads.services.import_errors import MappingInvalid

LONGEST_KEY = 60
LONGEST_NUMBER = 5


def name_own_fields(run: ImportRun) -> None:
    """Gives the own fields that the mapping names keys that can be kept; the worker makes those that are missing.

    Names that differ keep keys that differ: 担当-1 and 担当 1 are two columns, and so are ★ and ☆. Raises MappingInvalid
    when there would be too many.
    """
    names = dict.fromkeys(name for target in run.mapping.values() if (name := _own_field(target)))
    keys = {key: key for key in CustomField.objects.filter(key__in=names).values_list("key", flat=True)}
    for name in names:
        if name not in keys:
            keys[name] = _free_key(name, set(keys.values()))
    _check_number(set(keys.values()))
    for header, target in run.mapping.items():
        if name := _own_field(target):
            field = CUSTOM + keys[name]
            run.mapping[header] = target | {"field": field} if isinstance(target, dict) else field


def own_fields_named(headers: Sequence[str]) -> dict[str, str]:
    """Of these columns those that bear the name of an own field, with that field; the first where two bear one name."""
    labels = {header_key(row.label): row.key for row in CustomField.objects.order_by("-position", "-pk")}
    labels.pop("", None)
    found: dict[str, str] = {}
    for header in headers:
        key = labels.pop(header_key(header), "")
        if key:
            found[header] = CUSTOM + key
    return found


def _own_field(target: Any) -> str:
    """What the mapping calls the own field that it gives a column to; '' for anything else."""
    name = target.get("field") if isinstance(target, dict) else target
    return name.removeprefix(CUSTOM) if isinstance(name, str) and name.startswith(CUSTOM) else ""


def _free_key(name: str, taken: set[str]) -> str:
    key = slugify(name, allow_unicode=True)[:LONGEST_KEY] or "field"
    others = (f"{key[: LONGEST_KEY - LONGEST_NUMBER]}-{number}" for number in count(2))
    return next(free for free in chain([key], others) if free not in taken)


def _check_number(keys: set[str]) -> None:
    known = set(CustomField.objects.values_list("key", flat=True))
    if keys <= known or len(keys | known) <= MOST_FIELDS:
        return
    told = _("This would make %(count)d custom fields, but there can be at most %(most)d. Skip some of the columns.")
    values = {"count": len(keys | known), "most": MOST_FIELDS}
    raise MappingInvalid(errors=[FieldError("mapping", "too_many_fields", told % values)])


def make_missing(run: ImportRun) -> None:
    """Call it when all rows are read: one glance at every cell decides, not a guess from the first few."""
    wanted = _wanted(run)
    known = set(CustomField.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = {key: header for key, header in wanted.items() if key not in known}
    if missing:
        _make(missing, _kinds(run, missing))
        import_leftovers.note_fields(run, list(missing))


def _wanted(run: ImportRun) -> dict[str, str]:
    """Header by key of every own field that the mapping names and that takes its cells as they are."""
    found = {}
    # In the order of the sheet, which PostgreSQL's JSON does not keep.
    for header in run.headers:
        if name := _own_field(run.mapping.get(header)):
            found[name] = header
    return found


def _kinds(run: ImportRun, missing: dict[str, str]) -> dict[str, ColumnKind]:
    kinds = {key: ColumnKind(run.date_order) for key in missing}
    places = [(kinds[key], run.headers.index(header)) for key, header in missing.items()]
    rows = ImportRow.objects.filter(run=run).exclude(old={"unreadable": True}).values_list("cells", flat=True)
    for cells in rows.iterator(chunk_size=200):
        for kind, place in places:
            if place < len(cells):
                kind.see(cells[place])
    return kinds


@retried
def _make(missing: dict[str, str], kinds: dict[str, ColumnKind]) -> None:
    for key, header in missing.items():
        CustomField.objects.get_or_create(key=key, defaults={"label": header[:80], "kind": kinds[key].kind})

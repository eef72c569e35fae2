"""What the search for duplicates reads: profiles of leads, and who shares a key with whom. Set-based, by chunk."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from leads.domain.blocking import is_telling
from leads.domain.likeness import Likeness, compare
from leads.domain.profile import Profile, profile
from leads.models import CustomField, Lead

_LEAD = (
    "last_name",
    "first_name",
    "last_name_kana",
    "first_name_kana",
    "email",
    "phone",
    "mobile",
    "title",
    "department",
    "company_id",
)
_COMPANY = ("name", "phone", "prefecture", "address")
_COLUMNS = ("pk", "custom", *_LEAD, *(f"company__{name}" for name in _COMPANY))
# A choice or a date is shared by too many to say anything.
_TELLING = (CustomField.Kind.TEXT, CustomField.Kind.NUMBER)


def own_fields() -> frozenset[str]:
    """The keys of the organisation's own fields by which leads are compared."""
    return frozenset(CustomField.objects.filter(kind__in=_TELLING).values_list("key", flat=True))


def profiles(lead_ids: Collection[int], *, own: Collection[str]) -> dict[int, Profile]:
    """The profiles of those of these leads that are present; one query."""
    rows = Lead.objects.present().filter(pk__in=lead_ids).values_list(*_COLUMNS)
    return {row[0]: _profile(row, own) for row in rows.iterator()}


def _profile(row: tuple, own: Collection[str]) -> Profile:
    split = 2 + len(_LEAD)
    custom = {key: str(row[1][key]) for key in own if row[1].get(key) not in (None, "")} if row[1] else {}
    return profile(dict(zip(_LEAD, row[2:split], strict=True)), dict(zip(_COMPANY, row[split:], strict=True)), custom)


def likeness_of(a: int, b: int) -> Likeness | None:
    """How alike two leads are at this moment; None when one of them is not here."""
    found = profiles([a, b], own=own_fields())
    return compare(found[a], found[b]) if len(found) == 2 else None


def partners(keys: Mapping[int, Collection[int]]) -> set[tuple[int, int]]:
    """(a, b), a < b: who shares a key with one of these leads. Keys that too many share are left out.

    `keys` has each lead's keys, which are written already. Two statements with one value each, thousands of keys
    long: both are answered key by key from the index on (key, lead), however large the table is.
    """
    wanted = sorted({key for own in keys.values() for key in own})
    counted = dict(_rows("SELECT key, COUNT(*) FROM leads_matchkey WHERE key {among} GROUP BY key", wanted))
    telling = [key for key, leads in counted.items() if is_telling(key, leads)]
    blocks: dict[int, list[int]] = defaultdict(list)
    for key, lead_id in _rows("SELECT key, lead_id FROM leads_matchkey WHERE key {among}", telling):
        blocks[key].append(lead_id)
    return {
        (min(one, other), max(one, other))
        for block in blocks.values()
        for one in block
        if one in keys
        for other in block
        if other != one
    }


def _rows(statement: str, keys: Sequence[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(statement.format(among="= ANY(%s::bigint[])"), [list(keys)])
        else:
            cursor.execute(statement.format(among="IN (SELECT value FROM json_each(%s))"), [json.dumps(keys)])
        return cursor.fetchall()

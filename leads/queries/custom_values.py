"""The values of the organisation's own fields on leads: reading and forgetting them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.interface import dates, figures
from leads.models import CustomField


@dataclass(frozen=True)
class Own:
    """One field of the organisation with a lead's value; `value` is None where there is none."""

    key: str
    label: str
    kind: str
    choices: tuple[str, ...]
    value: Any = None

    @property
    def text(self) -> str:
        return shown_of_kind(self.value, self.kind)


def of(custom: Mapping[str, Any]) -> list[Own]:
    """All own fields in their order, with this lead's values."""
    rows = CustomField.objects.order_by("position", "pk")
    return [Own(row.key, row.label, row.kind, tuple(row.choices), custom.get(row.key)) for row in rows]


def shown(value: Any) -> str:
    """One value as a person reads it; '' for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return figures.number(value) if value == int(value) else str(value)
    return str(value)


def shown_of_kind(value: Any, kind: str) -> str:
    """The same, with days as days are written."""
    day = _day(value) if kind == CustomField.Kind.DATE else None
    return dates.day(day, weekday=False) if day else shown(value)


def _day(value: Any) -> Any:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None


def is_chosen(key: str, choice: str) -> bool:
    """Whether a lead has this value. Not by a lookup of Django's: it would read more into a__b or 2026 than a name."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted = [json.dumps({key: choice})]
            cursor.execute("SELECT EXISTS (SELECT 1 FROM leads_lead WHERE custom @> %s::jsonb)", wanted)
        else:
            wanted = [f"$.{json.dumps(key)}", choice]
            cursor.execute("SELECT EXISTS (SELECT 1 FROM leads_lead WHERE json_extract(custom, %s) = %s)", wanted)
        return bool(cursor.fetchone()[0])


def forget(key: str) -> None:
    """Takes the key out of every lead's values, in one statement."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # jsonb_exists is the operator ? under a name that is no placeholder.
            cursor.execute("UPDATE leads_lead SET custom = custom - %s WHERE jsonb_exists(custom, %s)", [key, key])
        else:
            path = f"$.{json.dumps(key)}"  # as Django writes keys: escaped
            cursor.execute(
                "UPDATE leads_lead SET custom = json_remove(custom, %s) WHERE json_type(custom, %s) IS NOT NULL",
                [path, path],
            )

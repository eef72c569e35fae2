"""The rows of an exported list, some at a time, in a constant number of queries for each thousand."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.interface.figures import full_name, is_last_first
from leads.domain.export_columns import ACT, Column
from leads.models import Activity, Lead
from leads.queries import keyset, lead_names, tags
from leads.queries.keyset import Sort
from leads.queries.lead_list import API_COLUMNS
from leads.queries.lead_rows import newest_acts

CHUNK = 1000


def read(queryset: QuerySet[Lead], columns: Sequence[Column], sort: Sort) -> Iterator[dict[str, Any]]:
    """The queryset's leads in this order, each with the keys that `columns` name as their source."""
    types = [column.source.removeprefix("activity:") for column in columns if column.source.startswith("activity:")]
    with_tags = any(column.source == "tags" for column in columns)
    with_acts = any(column.source == ACT for column in columns)
    ids = keyset.in_order(queryset, sort)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {row["pk"]: row for row in queryset.filter(pk__in=chunk).order_by().values("pk", *API_COLUMNS)}
        rows = [found[pk] for pk in chunk if pk in found]
        lead_names.add_sources(rows)
        lead_names.add_holders(rows)
        if with_tags:
            tags.add_names(rows)
        counts = _counts([row["pk"] for row in rows], types)
        acts = newest_acts([row["pk"] for row in rows]) if with_acts else {}
        for row in rows:
            row[ACT] = acts[row["pk"]].text if row["pk"] in acts else ""
            row["tags"] = _(", ").join(row.get("tags", ()))
            row["name"] = _name(row["last_name"], row["first_name"])
            row |= {f"custom.{key}": value for key, value in row["custom"].items()}
            row |= {f"activity:{kind}": counts.get((row["pk"], kind), 0) for kind in types}
            yield row


def _name(last: str, first: str) -> str:
    """As people write it, and so that an import finds the same two parts: van der Berg, Emma."""
    if " " in last and not is_last_first(last, first):
        return f"{last}, {first}".strip()
    return full_name(last, first)


def _counts(lead_ids: list[int], types: list[str]) -> dict[tuple[int, str], int]:
    if not types:
        return {}
    found = Activity.objects.filter(lead_id__in=lead_ids, type__in=types).order_by().values_list("lead_id", "type")
    return {(lead_id, kind): number for lead_id, kind, number in found.annotate(number=Count("pk"))}

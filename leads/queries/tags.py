"""The tags of leads: of one, of a page of rows, and all that are in use."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from leads.domain.text_folding import fold
from leads.models import LeadTag, Tag
from leads.queries.references import as_id

MOST_OFFERED = 200


def key_of(name: str) -> str:
    """What makes two names the same tag."""
    return fold(name)[:80]


def in_use() -> QuerySet[Tag]:
    """Those that some lead bears, by name."""
    return Tag.objects.filter(Exists(LeadTag.objects.filter(tag=OuterRef("pk")))).order_by("name", "pk")[:MOST_OFFERED]


def of_leads(lead_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of each, by name; one query for any number of leads."""
    found: dict[int, list[Tag]] = {}
    links = LeadTag.objects.filter(lead__in=list(lead_ids)).select_related("tag").order_by("tag__name", "tag")
    for link in links:
        found.setdefault(link.lead_id, []).append(link.tag)
    return found


def add_names(rows: list[dict[str, Any]]) -> None:
    """Sets `tags` to the names of each row's tags, in order; one query for a page."""
    found: dict[int, list[str]] = {}
    links = LeadTag.objects.filter(lead__in=[row["pk"] for row in rows]).order_by("tag__name", "tag")
    for pk, name in links.values_list("lead", "tag__name"):
        found.setdefault(pk, []).append(name)
    for row in rows:
        row["tags"] = found.get(row["pk"], [])


def any_tag() -> Exists:
    """Leads that bear some tag."""
    return Exists(LeadTag.objects.filter(lead=OuterRef("pk")))


def bearing(values: Iterable[str]) -> Exists:
    """Leads that bear one of these, each named by id or by name."""
    given = [value.strip() for value in values]
    ids = [number for value in given if (number := as_id(value))]
    wanted = Tag.objects.filter(pk__in=ids) | Tag.objects.filter(key__in=[key_of(value) for value in given])
    return Exists(LeadTag.objects.filter(lead=OuterRef("pk"), tag__in=list(wanted.values_list("pk", flat=True))))

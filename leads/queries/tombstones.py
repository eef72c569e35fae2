"""Keys of leads that were merged away still mean somebody: the one they were merged into."""

from collections.abc import Collection
from dataclasses import dataclass

from leads.models import Lead
from leads.queries.among import Among


@dataclass(frozen=True)
class Alias:
    """A key that a merged lead had, and the lead that it means now."""

    column: str
    value: str
    survivor_id: int


def aliases(
    *, external_ids: Collection[str] = (), email_keys: Collection[str] = (), mobile_keys: Collection[str] = ()
) -> list[Alias]:
    """The aliases among these keys: one look into an index for each kind of key that is asked about."""
    found = []
    asked = {"external_id": external_ids, "email_key": email_keys, "mobile_key": mobile_keys}
    for column, values in asked.items():
        if values:
            rows = Lead.objects.filter(Among(column, values), merged_into__isnull=False).order_by("pk")
            found += [Alias(column, value, survivor) for value, survivor in rows.values_list(column, "merged_into")]
    return found

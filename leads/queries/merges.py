"""What was merged lately, and where an old address leads to now."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import User
from leads.models import Lead, Merge

SHOWN = 10


def latest(user: User) -> QuerySet[Merge]:
    """The newest merges that stand, of leads this person sees."""
    seen = Lead.objects.visible_to(user).values("pk")
    rows = Merge.objects.filter(undone_at=None, survivor__in=seen).order_by("-at", "-pk")
    return rows.select_related("survivor__company", "loser__company", "by")[:SHOWN]


def now(lead_id: int) -> int | None:
    """The lead that one merged away is today."""
    merged = Lead.objects.filter(pk=lead_id, merged_into__isnull=False)
    return merged.values_list("merged_into", flat=True).first()


def histories_of(lead: Lead) -> list[int]:
    """The ids under which this lead's history was written: its own, and those merged into it."""
    return histories([lead.pk])[lead.pk]


def histories(lead_ids: Collection[int]) -> dict[int, list[int]]:
    """The same for each of these leads, in one query."""
    found = {pk: [pk] for pk in lead_ids}
    merged = Lead.objects.filter(merged_into__in=found).order_by("pk").values_list("pk", "merged_into")
    for gone, stays in merged:
        found[stays].append(gone)
    return found

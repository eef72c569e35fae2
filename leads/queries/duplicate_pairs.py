"""The pairs of leads that may be one person, as far as the reader sees both."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from accounts.models import User
from leads.models import Activity, DuplicatePair, Lead, LeadSource
from leads.models.duplicate import DuplicatePairQuerySet

PAGE = 10
MOST_COUNTED = 99


@dataclass(frozen=True)
class Belongings:
    """What came with each lead: its sources by name, and how many activities."""

    sources: dict[int, list[str]] = field(default_factory=dict)
    activities: Counter[int] = field(default_factory=Counter)


def visible_to(user: User) -> DuplicatePairQuerySet:
    """Pairs of two visible leads."""
    visible = Lead.objects.visible_to(user).values("pk")
    return DuplicatePair.objects.filter(a__in=visible, b__in=visible)


def of_lead(lead: Lead, *, user: User) -> DuplicatePairQuerySet:
    """The pairs that this lead is in, likeliest first."""
    return visible_to(user).about(lead).order_by("-score", "-pk")


def waiting(user: User, *, lead: Lead | None = None) -> QuerySet[DuplicatePair]:
    """The pairs to decide on, likeliest first, with all that the page shows of both leads."""
    pairs = of_lead(lead, user=user) if lead else visible_to(user).order_by("-score", "-pk")
    people = [f"{side}__{name}" for side in ("a", "b") for name in ("company", "owner", "team", "qualification")]
    return pairs.open().select_related(*people)


def count_of(user: User) -> int:
    """How many wait, counted no further than the menu shows."""
    waits = visible_to(user).open()
    return waits.order_by("-score", "-pk")[: MOST_COUNTED + 1].count()


def belongings(lead_ids: Collection[int]) -> Belongings:
    """Two queries for any number of leads."""
    found = Belongings()
    rows = LeadSource.objects.filter(lead__in=lead_ids).order_by("at", "pk").values_list("lead", "channel__name")
    for lead_id, name in rows:
        names = found.sources.setdefault(lead_id, [])
        if name not in names:
            names.append(name)
    counted = Activity.objects.filter(lead__in=lead_ids).values("lead").annotate(number=Count("pk"))
    found.activities.update({row["lead"]: row["number"] for row in counted})
    return found

"""Runs of bulk actions: the one a person should be shown, and what was left alone."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from accounts.models import User
from leads.domain.bulk_limits import AT_ONCE
from leads.models import BulkItem, BulkRun, Lead

SHOWN = 50


@dataclass(frozen=True)
class LeftAlone:
    """The leads of one reason: how many, and the first of them."""

    reason: str
    count: int
    leads: list[Lead]


def unseen(user: Any) -> BulkRun | None:
    """The newest long run of this person whose end they have not seen yet."""
    return BulkRun.objects.filter(created_by=user, seen_at=None, total__gt=AT_ONCE).order_by("-id").first()


def left_alone(run: BulkRun, user: User) -> list[LeftAlone]:
    """By reason, most leads first; there are few reasons."""
    refused = BulkItem.objects.filter(run=run, result=BulkItem.Result.REFUSED)
    counts = refused.values_list("reason").annotate(number=Count("pk")).order_by("-number", "reason")
    return [LeftAlone(reason, number, _first(run, reason, user)) for reason, number in counts]


def _first(run: BulkRun, reason: str, user: User) -> list[Lead]:
    items = BulkItem.objects.filter(run=run, result=BulkItem.Result.REFUSED, reason=reason).order_by("lead")[:SHOWN]
    visible = Lead.objects.visible_to(user).filter(pk__in=list(items.values_list("lead", flat=True)))
    return list(visible.select_related("company").order_by("pk").distinct())

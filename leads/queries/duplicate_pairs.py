"""The pairs of leads that may be one person, as far as the reader sees both."""

from django.db.models import Q, QuerySet

from accounts.models import User
from leads.models import DuplicatePair, Lead


def visible_to(user: User) -> QuerySet[DuplicatePair]:
    """Pairs of two visible leads."""
    visible = Lead.objects.visible_to(user).values("pk")
    return DuplicatePair.objects.filter(a__in=visible, b__in=visible)


def of_lead(lead: Lead, *, user: User) -> QuerySet[DuplicatePair]:
    """The pairs that this lead is in, likeliest first."""
    return visible_to(user).filter(Q(a=lead) | Q(b=lead)).order_by("-score", "-pk")

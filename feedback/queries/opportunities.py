"""Deals as people may see them."""

from django.db.models import QuerySet

from accounts.models import User
from feedback.models import Opportunity
from leads.models import Lead


def visible_to(user: User) -> QuerySet[Opportunity]:
    """Deals of the leads this person may read."""
    return Opportunity.objects.filter(lead__in=Lead.objects.visible_to(user))


def listed(user: User, *, state: str = "") -> QuerySet[Opportunity]:
    """Newest first, open ones or those that ended so."""
    found = visible_to(user).select_related("lead", "lead__company", "owner").order_by("-id")
    if state == "open":
        return found.filter(result="")
    return found.filter(result=state) if state in ("won", "lost") else found

"""Who may report a result, and who may keep opportunities: used by services, pages and templates alike."""

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.permissions import may_report
from leads.models import Lead

__all__ = ["may_keep_deals", "may_report"]


def may_keep_deals(user: User, lead: Lead) -> bool:
    """Whoever reports results may record a deal of a lead they can see."""
    if user.is_service:
        return True
    able = user.may(Permission.GIVE_FEEDBACK) or user.may(Permission.REASSIGN_HANDOFFS)
    return able and Lead.objects.visible_to(user).filter(pk=lead.pk).exists()

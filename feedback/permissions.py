"""Who may report a result, keep opportunities, and conclude: used by services, pages and templates alike."""

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.permissions import may_report
from leads.models import Lead

__all__ = ["CONCLUDING", "may_conclude", "may_keep_deals", "may_report"]

# The rules are what a conclusion changes: who drafts them, and who agrees to them.
CONCLUDING = frozenset({Permission.DRAFT_RULES, Permission.AGREE_TO_RULES})


def may_conclude(user: User) -> bool:
    """Marketing, managers and administrators check scores against outcomes."""
    return any(user.may(permission) for permission in CONCLUDING)


def may_keep_deals(user: User, lead: Lead) -> bool:
    """Whoever reports results may record a deal of a lead they can see."""
    if user.is_service:
        return True
    able = user.may(Permission.GIVE_FEEDBACK) or user.may(Permission.REASSIGN_HANDOFFS)
    return able and Lead.objects.visible_to(user).filter(pk=lead.pk).exists()

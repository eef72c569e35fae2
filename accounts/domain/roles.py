"""What each role may do: one enumeration of permissions, roles as sets of them."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    MARKETER = "marketer", _("Marketing")
    INSIDE_SALES = "inside_sales", _("Inside sales")
    REP = "rep", _("Sales rep")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")


class TeamKind(TextChoices):
    MARKETING = "marketing", _("Marketing")
    INSIDE_SALES = "inside_sales", _("Inside sales")
    FIELD = "field", _("Field sales")


class Permission(StrEnum):
    """Every thing a person may be allowed to do."""

    SEE_LEADS = "see_leads"
    EDIT_LEADS = "edit_leads"
    IMPORT_LEADS = "import_leads"
    EXPORT_LEADS = "export_leads"
    RECORD_ACTIVITIES = "record_activities"
    QUALIFY = "qualify"
    MOVE_STAGES = "move_stages"
    OFFER_FIRST_LEG = "offer_first_leg"
    OFFER_SECOND_LEG = "offer_second_leg"
    ANSWER_HANDOFFS = "answer_handoffs"
    REASSIGN_HANDOFFS = "reassign_handoffs"
    GIVE_FEEDBACK = "give_feedback"
    SEE_REPORTS = "see_reports"
    SEE_ALL_HANDOFFS = "see_all_handoffs"
    DRAFT_RULES = "draft_rules"
    AGREE_TO_RULES = "agree_to_rules"
    PUBLISH_RULES = "publish_rules"
    RECOMPUTE = "recompute"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"


P = Permission
_EVERYBODY = {P.SEE_LEADS, P.RECORD_ACTIVITIES, P.SEE_REPORTS, P.EDIT_LEADS, P.QUALIFY}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MARKETER: frozenset(
        _EVERYBODY
        | {P.IMPORT_LEADS, P.EXPORT_LEADS, P.MOVE_STAGES, P.OFFER_FIRST_LEG, P.SEE_ALL_HANDOFFS, P.DRAFT_RULES}
    ),
    Role.INSIDE_SALES: frozenset(_EVERYBODY | {P.ANSWER_HANDOFFS, P.OFFER_SECOND_LEG, P.GIVE_FEEDBACK}),
    Role.REP: frozenset(_EVERYBODY | {P.ANSWER_HANDOFFS, P.GIVE_FEEDBACK}),
    Role.MANAGER: frozenset(
        _EVERYBODY
        | {P.REASSIGN_HANDOFFS, P.SEE_ALL_HANDOFFS, P.AGREE_TO_RULES, P.EXPORT_LEADS, P.MOVE_STAGES}
        | {P.OFFER_FIRST_LEG, P.OFFER_SECOND_LEG, P.RECOMPUTE}
    ),
    Role.ADMIN: frozenset(Permission),
}


def permissions_of(roles: set[str]) -> frozenset[Permission]:
    """All permissions that these roles give together."""
    return frozenset().union(*(GRANTS[Role(role)] for role in roles)) if roles else frozenset()


class Scope(StrEnum):
    """What an API key may touch (API.md)."""

    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    ACTIVITIES_WRITE = "activities:write"
    HANDOFFS_READ = "handoffs:read"
    HANDOFFS_WRITE = "handoffs:write"
    FEEDBACK_WRITE = "feedback:write"
    SCORING_READ = "scoring:read"
    SCORING_WRITE = "scoring:write"
    REPORTS_READ = "reports:read"
    WEBHOOKS_MANAGE = "webhooks:manage"

"""The fixed words of feedback."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from handoff.domain.choices import OutcomeReason as Reason

__all__ = ["DEAL_RESULTS", "OpportunitySource", "Reason", "Result"]


class Result(TextChoices):
    OPPORTUNITY = "opportunity", pgettext_lazy("result", "Opportunity")
    CONSIDERING = "considering", pgettext_lazy("result", "Still considering")
    LOST = "lost", pgettext_lazy("result", "Lost")
    WON = "won", pgettext_lazy("result", "Won")


class OpportunitySource(TextChoices):
    HANDOFF = "handoff", pgettext_lazy("opportunity", "Handoff")
    SELF = "self", pgettext_lazy("opportunity", "Self-sourced")
    REFERRAL = "referral", pgettext_lazy("opportunity", "Referral")
    IMPORTED = "imported", pgettext_lazy("opportunity", "Imported")


DEAL_RESULTS = [(Result.WON.value, Result.WON.label), (Result.LOST.value, Result.LOST.label)]

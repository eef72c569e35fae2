"""The fixed words of feedback."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Result(TextChoices):
    OPPORTUNITY = "opportunity", pgettext_lazy("result", "Opportunity")
    CONSIDERING = "considering", pgettext_lazy("result", "Still considering")
    LOST = "lost", pgettext_lazy("result", "Lost")
    WON = "won", pgettext_lazy("result", "Won")


class Reason(TextChoices):
    TIMING = "timing", pgettext_lazy("outcome reason", "Timing")
    BUDGET = "budget", pgettext_lazy("outcome reason", "Budget")
    COMPETITOR = "competitor", pgettext_lazy("outcome reason", "A competitor")
    NO_NEED = "no_need", pgettext_lazy("outcome reason", "No need")
    NO_DECISION = "no_decision", pgettext_lazy("outcome reason", "No decision")
    OTHER = "other", pgettext_lazy("outcome reason", "Other")


class OpportunitySource(TextChoices):
    HANDOFF = "handoff", pgettext_lazy("opportunity", "Handoff")
    SELF = "self", pgettext_lazy("opportunity", "Self-sourced")
    REFERRAL = "referral", pgettext_lazy("opportunity", "Referral")
    IMPORTED = "imported", pgettext_lazy("opportunity", "Imported")


DEAL_RESULTS = [(Result.WON.value, Result.WON.label), (Result.LOST.value, Result.LOST.label)]

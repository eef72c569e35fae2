"""What a signed link can do: answer an offer, show its sheet, record the first contact, or report one of the four results."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Action(TextChoices):
    ACCEPT = "accept", pgettext_lazy("signed link", "Accept")
    REJECT = "reject", pgettext_lazy("signed link", "Give back")
    SHEET = "sheet", pgettext_lazy("signed link", "Briefing sheet")
    CONTACT = "contact", pgettext_lazy("signed link", "Record first contact")
    OPPORTUNITY = "opportunity", pgettext_lazy("signed link", "Result: opportunity")
    CONSIDERING = "considering", pgettext_lazy("signed link", "Result: still considering")
    LOST = "lost", pgettext_lazy("signed link", "Result: lost")
    WON = "won", pgettext_lazy("signed link", "Result: won")


ANSWERS = (Action.ACCEPT, Action.REJECT)
RESULTS = (Action.OPPORTUNITY, Action.CONSIDERING, Action.LOST, Action.WON)

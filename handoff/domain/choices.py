"""The fixed words of handing over."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Leg(TextChoices):
    MARKETING_TO_INSIDE = "marketing_to_inside", _("Marketing → inside sales")
    INSIDE_TO_FIELD = "inside_to_field", _("Inside sales → field sales")
    MARKETING_TO_FIELD = "marketing_to_field", _("Marketing → field sales")


class HandoffState(TextChoices):
    OFFERED = "offered", pgettext_lazy("handoff", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("handoff", "Accepted")
    REJECTED = "rejected", pgettext_lazy("handoff", "Given back")
    WITHDRAWN = "withdrawn", pgettext_lazy("handoff", "Withdrawn")
    REROUTED = "rerouted", pgettext_lazy("handoff", "Re-routed")


# The outcome of an episode that ended because its lead turned out to be another one's, which goes on.
MERGED = "merged"


class ClockKind(TextChoices):
    ANSWER = "answer", pgettext_lazy("clock", "Answer")
    CONTACT = "contact", pgettext_lazy("clock", "First contact")
    MEETING = "meeting", pgettext_lazy("clock", "Meeting set")
    DEPTH = "depth", pgettext_lazy("clock", "Number of contacts")
    QUALIFY = "qualify", pgettext_lazy("clock", "Qualify")
    FEEDBACK = "feedback", pgettext_lazy("clock", "Result")


class ClockState(TextChoices):
    RUNNING = "running"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class PauseReason(TextChoices):
    """Why a promise stands still."""

    CALL_LATER = "call_later", pgettext_lazy("pause", "The customer asked to be contacted later")
    CUSTOMER_AWAY = "customer_away", pgettext_lazy("pause", "The customer is away")
    ON_LEAVE = "on_leave", pgettext_lazy("pause", "The person in charge is away")
    WAITING = "waiting", pgettext_lazy("pause", "Waiting for an answer or papers from inside the company")
    OTHER = "other", pgettext_lazy("pause", "Another reason")


# These end with whoever is passed on: the next person is here.
OF_THE_PERSON = (PauseReason.ON_LEAVE,)
# These end when the customer is spoken with: nothing is waited for any more.
OF_THE_CUSTOMER = (PauseReason.CALL_LATER, PauseReason.CUSTOMER_AWAY)


class ContactMethod(TextChoices):
    CALL = "call", _("Call")
    MAIL = "mail", _("Email")
    MEETING = "meeting", _("Meeting")


# The activity that each of them is, and back.
TYPES = {ContactMethod.CALL: "call", ContactMethod.MAIL: "email_sent", ContactMethod.MEETING: "meeting"}
METHODS = {kind: method for method, kind in TYPES.items()}


class ContactResult(TextChoices):
    NO_ANSWER = "no_answer", _("No answer")
    TALKED = "talked", _("Spoke with them")
    APPOINTMENT = "appointment", _("Meeting booked")


class OutcomeReason(TextChoices):
    """Why a lead is lost, or only considering; what follows each is a setting."""

    TIMING = "timing", pgettext_lazy("outcome reason", "Timing")
    BUDGET = "budget", pgettext_lazy("outcome reason", "Budget")
    COMPETITOR = "competitor", pgettext_lazy("outcome reason", "A competitor")
    NO_NEED = "no_need", pgettext_lazy("outcome reason", "No need")
    NO_DECISION = "no_decision", pgettext_lazy("outcome reason", "No decision")
    OTHER = "other", pgettext_lazy("outcome reason", "Other")


class AfterReject(TextChoices):
    """What can follow a reject; each reason (a setting) names one."""

    RETURN = "return", _("Back to the sender to ask what is missing")
    CHECK_CONTACT = "check_contact", _("Back to the sender to find the right person")
    REROUTE = "reroute", _("To another receiver")
    NURTURE = "nurture", _("To nurture, reviewed later")
    DISQUALIFY = "disqualify", _("Disqualified")
    MERGE = "merge", _("Marketing decides whether to merge")


class Giver(TextChoices):
    """Who hands over by a rule, and gets back what is given back."""

    MARKETING = "marketing", _("The marketing owner of the lead")
    MARKETING_TEAM = "marketing_team", _("The marketing team, whoever is free")


class ToldBy(TextChoices):
    """How the receiver hears of a handoff; the product itself always tells."""

    IN_APP = "in_app"
    EMAIL = "email"

"""What each field of a lead is called, and what to ask when it is unknown: written once."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: dict[str, Promise] = {
    "external_id": _("External ID"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "last_name_kana": _("Last name (kana)"),
    "first_name_kana": _("First name (kana)"),
    "email": _("Email"),
    "phone": pgettext_lazy("lead", "Phone"),
    "mobile": _("Mobile"),
    "title": _("Job title"),
    "seniority": pgettext_lazy("person", "Seniority"),
    "department": _("Department"),
    "company": _("Company"),
    "company.name": _("Company"),
    "channel": _("Channel"),
    "campaign": _("Campaign"),
    "source": _("Channel"),
    "company.industry": _("Industry"),
    "company.employee_count": _("Employees"),
    "company.corporate_number": _("Corporate number"),
    "company.url": _("Website"),
    "company.phone": _("Company phone"),
    "company.postal_code": _("Postal code"),
    "company.prefecture": _("Prefecture"),
    "company.address": _("Address"),
    "tags": _("Tags"),
    "acquired_at": _("Acquired"),
    "opted_out": _("Unsubscribed from email"),
    "do_not_contact": _("Do not contact"),
    "qualification.phase": _("Phase"),
    "qualification.need": pgettext_lazy("qualification", "Need"),
    "qualification.challenge": _("Challenge"),
    "qualification.timeframe": _("Timeframe"),
    "qualification.authority": pgettext_lazy("qualification", "Decision maker"),
    "qualification.decision_process": pgettext_lazy("qualification", "Decision process"),
    "qualification.budget": _("Budget"),
    "qualification.competitors": _("Competitors"),
    "qualification.temperature": _("Temperature"),
    "qualification.note": pgettext_lazy("qualification", "Notes"),
}

# What Handoff works out itself, under the words that the list of leads has for it.
WORKED_OUT: dict[str, Promise] = {
    "score": pgettext_lazy("column", "Score"),
    "band": _("Priority"),
    "stage": _("Stage"),
    "touch": _("Last contact"),
    "act": _("Last activity"),
    "due": _("Next due"),
    "owner": pgettext_lazy("column", "Owner"),
    "team": _("Team"),
}


def label_of(name: str) -> str:
    """The field in words; an own field's key as it is."""
    return str(LABELS.get(name, name.removeprefix("custom.")))


# Each unknown item shows the question to ask (DESIGN §2).
QUESTIONS: dict[str, Promise] = {
    "phase": _("Are they gathering information, comparing, or getting approval?"),
    "need": _("What do they want to achieve?"),
    "challenge": _("What are their challenges today?"),
    "timeframe": _("When do they want it in use?"),
    "authority": _("Who makes the decision?"),
    "decision_process": _("What are the steps to a decision?"),
    "budget": _("How much, and when is it set?"),
    "competitors": _("Who are they comparing us with?"),
    "temperature": _("How interested are they, 1 to 5?"),
    "note": _("Anything else?"),
}

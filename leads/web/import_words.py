"""What the fields, results and states of imports are called on the pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.interface.languages import in_language
from leads.domain.choices import Phase, Seniority, Stage
from leads.domain.import_fields import ACTIVITY, CUSTOM, FIELDS, LEAVE_OUT
from leads.models import ActivityType, CustomField

FIELD = {
    "external_id": _("ID in another system"),
    "name": _("Name (Japanese: last first)"),
    "full_name": _("Name (first last, in Latin letters)"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "name_kana": _("Name in kana"),
    "last_name_kana": _("Last name in kana"),
    "first_name_kana": _("First name in kana"),
    "email": _("Email"),
    "contact": _("Contact (email or phone)"),
    "phone": _("Phone number"),
    "mobile": _("Mobile"),
    "title": _("Job title"),
    "seniority": _("Seniority"),
    "department": _("Department"),
    "tags": _("Tags (separated by commas)"),
    "opted_out": _("Unsubscribed"),
    "do_not_contact": _("Do not contact"),
    "company.name": _("Company name"),
    "company.industry": _("Industry"),
    "company.employee_count": _("Employees"),
    "company.corporate_number": _("Corporate number"),
    "company.domain": _("Domain"),
    "company.url": _("Website"),
    "company.phone": _("Company phone"),
    "company.postal_code": _("Postal code"),
    "company.prefecture": _("Prefecture"),
    "company.address": _("Address"),
    "channel": _("Channel"),
    "campaign": _("Campaign"),
    "acquired_at": _("Acquired on"),
    "business_card_on": _("Business card exchanged on"),
    "note": _("Note (added to the timeline)"),
    "status": _("Progress (saved as a note; won and lost as result)"),
    "stage": pgettext_lazy("import field", "Stage"),
    "stage_at": _("Stage since"),
    "outcome": _("Result (won, lost, open)"),
    "outcome_at": _("Result date"),
    "amount": _("Amount"),
    "owner": _("Owner (on our side)"),
    "stated_score": _("Score in the sheet (compared with ours)"),
    "qualification.phase": _("Phase"),
    "qualification.need": _("Need"),
    "qualification.challenge": _("Challenge"),
    "qualification.timeframe": _("Timeframe"),
    "qualification.authority": _("Decision maker"),
    "qualification.decision_process": _("Decision process"),
    "qualification.budget": _("Budget"),
    "qualification.competitors": _("Competitors"),
    "qualification.temperature": _("Temperature"),
    "qualification.note": _("Qualification note"),
}
GROUP = {
    "lead": pgettext_lazy("import group", "Person"),
    "company": pgettext_lazy("import group", "Company"),
    "source": _("Lead source"),
    "activity": _("Activity"),
    "qualification": _("Qualification"),
    "progress": _("Progress"),
    "custom": _("Custom fields"),
}
LAYOUT = {
    "excel_starter": _("Excel starter sheet"),
    "inventory": _("Lead inventory"),
    "eight": _("Eight business cards"),
    "sansan": _("Sansan business cards"),
    "hubspot": _("HubSpot contacts"),
    "salesforce": _("Salesforce leads"),
}
ENCODING = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp932": "Shift_JIS",
    "euc_jp": "EUC-JP",
    "euc_jis_2004": "EUC-JP",
    "iso2022_jp": "ISO-2022-JP",
    "iso2022_jp_2004": "ISO-2022-JP",
    "iso2022_jp_ext": "ISO-2022-JP",
    "utf-32": "UTF-32",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
}
# result → (word, tone, icon): never colour alone.
RESULT = {
    "created": (_("New"), "done", "plus"),
    "updated": (_("Updated"), "accent", "pencil"),
    "unchanged": (_("Unchanged"), "plain", "check"),
    "duplicate": (_("To review"), "soon", "users"),
    "refused": (_("Not imported"), "late", "alert-circle"),
    "skipped": (pgettext_lazy("import", "Skipped"), "plain", "x"),
    "pending": (_("Waiting"), "plain", "clock"),
}
# What words of a file can mean, by the kind of their column.
MEANING: dict[str, list[tuple[str, Any]]] = {
    "stage": [(stage.value, stage.label) for stage in Stage],
    "outcome": [("won", Stage.WON.label), ("lost", Stage.LOST.label), ("open", Stage.OPPORTUNITY.label)],
    "phase": [(phase.value, phase.label) for phase in Phase],
    "seniority": [(level.value, level.label) for level in Seniority],
    "temperature": [(str(degree), str(degree)) for degree in range(1, 6)],
    "count": [("1", pgettext_lazy("import, what a word counts", "Yes, once (day unknown)")), ("0", _("No, never"))],
}
# Why a lead stayed as it is when its import was taken back.
KEPT = {
    "handoff": _("It has been handed over."),
    "deal": _("Its deal has been changed."),
    "moved": _("Its stage has moved on."),
    "stage": _("It already existed, and its stage came from the file."),
    "activity": _("It has had activity since."),
    "merged": _("It has been merged with another lead since, or separated from one again."),
    "edited": _("Someone has edited it since."),
    "taken": _("The email address or phone number it had before belongs to another lead now."),
}
STATE = {
    "queued": _("Waiting"),
    "running": _("Reading"),
    "preview": _("Needs your input"),
    "committing": _("Importing"),
    "done": _("Imported"),
    "refused": _("File rejected"),
    "failed": _("Stopped"),
    "undoing": _("Undoing"),
    "undone": _("Undone"),
}
Choices = list[tuple[Any, list[tuple[str, Any]]]]


def field_choices() -> Choices:
    """The groups of a column's select."""
    groups: dict[str, list[tuple[str, Any]]] = {group: [] for group in GROUP}
    for name, label in FIELD.items():
        groups[FIELDS[name].group].append((name, label))
    groups["activity"] += [(ACTIVITY + kind.code, _activity_label(kind)) for kind in _kinds()]
    groups["custom"] += [(CUSTOM + row.key, row.label) for row in CustomField.objects.order_by("position", "pk")]
    named = [(GROUP[group], choices) for group, choices in groups.items() if choices]
    return [(_("Skip"), [(LEAVE_OUT, _("Do not import"))]), *named]


def _kinds() -> list[ActivityType]:
    return list(ActivityType.objects.exclude(code="note").order_by("-is_standard", "code"))


def _activity_label(kind: ActivityType) -> str:
    return in_language(kind.label_ja, kind.label_en)


# Fields of a mapping whose names there say more than a row that came in needs.
_GAINED = {"note": _("Note"), "tags": _("Tags"), "owner": _("Owner")}


def gained_labels() -> dict[str, Any]:
    """The words for what can come to a lead beside its own columns, by the names that a mapping has for it."""
    acts = {ACTIVITY + kind.code: _activity_label(kind) for kind in _kinds()}
    return FIELD | _GAINED | acts

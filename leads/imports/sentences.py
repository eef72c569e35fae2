"""The sentence of every fault of a cell, a row or a mapping, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from leads.domain import prefectures
from leads.domain.field_labels import label_of
from leads.domain.import_plan import MappingFault

ROW = {
    "cell_too_long": gettext_lazy("The cell is longer than 10,000 bytes. Shorten it."),
    "unstorable": gettext_lazy("The cell holds a character that cannot be stored. Delete it."),
    "too_many_cells": gettext_lazy(
        "The row has more cells than the header has columns (%(most)s). Check the separators."
    ),
    "nobody": gettext_lazy("The row doesn't identify anyone. Enter a name, email address, phone number or ID."),
    "total_row": gettext_lazy("This is a totals row, so it was skipped."),
    "example_row": gettext_lazy("This is the sheet's example row, so it was skipped."),
    "note_row": gettext_lazy("This is a note about the list, so it was skipped."),
    "too_long": gettext_lazy("At most %(most)s characters."),
    "count": gettext_lazy("Not a count or a date. Enter a number such as 2, a date such as 2026-07-31, or none."),
    "too_many": gettext_lazy("More than %(most)s of one kind. Check the number."),
    "too_many_tags": gettext_lazy("More than %(most)s tags in one cell. Separate tags with commas."),
    "number": gettext_lazy("Not a number."),
    "employees": gettext_lazy("Not a number of employees. Enter a number such as 120, or a range such as 101–300."),
    "email": gettext_lazy("Not an email address. Enter one such as name@example.com."),
    "phone": gettext_lazy("Not a phone number. Enter one such as 03-1234-5678."),
    "contact": gettext_lazy("Neither an email address nor a phone number. Enter one of them."),
    "shortened": gettext_lazy(
        "The spreadsheet has shortened this number. Format the column as text and enter it again."
    ),
    "corporate_number": gettext_lazy("A corporate number has 13 digits."),
    "check_digit": gettext_lazy(
        "The check digit of this corporate number is wrong. Check the number and enter it again."
    ),
    "yes_no": gettext_lazy("Not yes or no. Enter one of the two."),
    "amount": gettext_lazy("Not an amount of money. Enter one such as 1200000."),
    "url": gettext_lazy("Not a web address. Enter one such as https://example.com."),
    "date": gettext_lazy("Not a date. Enter one such as 2026-01-05."),
    "year_missing": gettext_lazy("The year is missing. Enter a date such as 2026-01-05."),
    "date_order": gettext_lazy("Day and month are ambiguous. Choose the date order."),
    "future": gettext_lazy("The date is in the future. Enter today or a day before."),
    "too_early": gettext_lazy("This date is before %(year)s."),
    "stage": gettext_lazy("No stage has this name. Map the value to a stage."),
    "outcome": gettext_lazy("Not a result. Enter won, lost or open."),
    "phase": gettext_lazy("No phase has this name."),
    "seniority": gettext_lazy("No level of seniority has this name."),
    "temperature": gettext_lazy("The temperature is a number from 1 to 5."),
    "choice": gettext_lazy("Only these values are allowed: %(choices)s."),
    "owner_unknown": gettext_lazy("No one here has the email or name %(owner)s."),
    "campaign_needs_channel": gettext_lazy("The campaign is new. Choose the channel it belongs to."),
    "namesake": gettext_lazy("There is already someone with this name at this company, with different details."),
    "other_prefecture": gettext_lazy(
        "There is already someone with this name at a company with this name in another prefecture."
    ),
    "other_address": gettext_lazy(
        "Someone with this name and mobile number is already here, with another email address."
    ),
    "other_id": gettext_lazy("The address or number belongs to a lead with another ID."),
    "key_taken": gettext_lazy("The ID, address or number already belongs to another lead."),
    "has_handoff": gettext_lazy(
        "This lead has been handed over in Handoff, so its stage and owner stay as they are. "
        "Choose the same person to import the rest of the row."
    ),
    "repeated": gettext_lazy(
        "Exactly this row was imported before. Whatever has changed on the lead since then stays as it is."
    ),
    "corrected_before": gettext_lazy(
        "This row of the file was imported before, in a form that could be read. "
        "Whatever has changed on the lead since then stays as it is."
    ),
    "vetoed": gettext_lazy("%(why)s"),
    "unwritable": gettext_lazy("The database rejected this row."),
}
# The same where nobody is here yet whom the row could mean, and another row of its file names them.
WITHIN_FILE = {
    "namesake": gettext_lazy("Another row of this file has this name and company, with different details."),
    "other_prefecture": gettext_lazy(
        "Another row of this file has this name at a company with this name in another prefecture."
    ),
    "other_address": gettext_lazy(
        "Another row of this file has this name and mobile number, with another email address."
    ),
    "other_id": gettext_lazy("Another row of this file has the address or number with another ID."),
    "key_taken": gettext_lazy("The ID, address or number belongs to someone else in another row of this file."),
}
MAPPING = {
    "no_such_column": gettext_lazy("The file has no column of this name."),
    "malformed": gettext_lazy("Not understood. Use a field name, or {field, values}."),
    "unknown_field": gettext_lazy("There is no field %(field)s."),
    "unknown_activity_type": gettext_lazy("There is no activity type for %(field)s."),
    "unknown_custom_field": gettext_lazy("There is no custom field %(field)s. Create it, or let the import create it."),
    "field_twice": gettext_lazy("Another column is already mapped to this field. Choose one of them."),
    "nobody_mapped": gettext_lazy("No column identifies a person. Map a name, email address, phone number or ID."),
    "unknown_match": gettext_lazy("Leads can be matched by one of: %(known)s."),
    "unknown_order": gettext_lazy("The order of dates is dmy or mdy."),
}


def row_sentence(fault: Mapping[str, Any]) -> str:
    """The sentence of a fault as it is kept with its row ({column, code, values}), with the values that differ."""
    values = fault.get("values", {})
    text = _namesakes(values) if fault["code"] == "namesake" else _held(fault["code"], values)
    sentence = _fill(str(text) if text is not None else _("This value is not understood."), values)
    differing = pgettext("between differing values", ", ").join(map(_difference, values.get("differing", ())))
    return _("%(why)s %(differing)s") % {"why": sentence, "differing": differing} if differing else sentence


def _held(code: str, values: Mapping[str, Any]) -> Any:
    """Of a held row, whether those whom it may mean are here or only in its file (`here` of `people`)."""
    is_within = values.get("people", 0) > 0 and values.get("here") == 0
    return WITHIN_FILE[code] if is_within and code in WITHIN_FILE else ROW.get(code)


def _namesakes(values: Mapping[str, Any]) -> Any:
    people = values.get("people", 0)
    if people < 2 or values.get("differing"):
        return _held("namesake", values)
    here = values.get("here", people)
    if not here:
        return gettext_lazy("Several other rows of this file have this name and company.")
    if here < people:
        return gettext_lazy(
            "There is already someone with this name at this company, and another row of this file has it too."
        )
    return gettext_lazy("There are already several people with this name at this company.")


def _difference(found: Sequence[str]) -> str:
    """A field with what is there and what the row says: Title “Manager” (this row: “Director”)."""
    name, there, here = found
    if name == "company.prefecture":
        there, here = " / ".join(map(prefectures.shown, there.split(" / "))), prefectures.shown(here)
    values = {"field": label_of(name), "there": there, "here": here}
    return _("%(field)s “%(there)s” (this row: “%(here)s”)") % values


def mapping_sentence(fault: MappingFault) -> str:
    """The sentence of a fault of a mapping; a constant is read like a cell, so it may have a cell's fault."""
    text = MAPPING.get(fault.code, ROW.get(fault.code))
    return _fill(str(text) if text is not None else _("This value is not understood."), fault.values)


def _fill(text: str, values: Mapping[str, Any]) -> str:
    return text % values if values else text

"""The empty Excel starter sheet: heads, one example row that no import takes, and a word beside each cell."""

import io
from typing import Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from leads.domain.export_columns import STARTER

# Beside the sheet's own columns those without which nobody can be called: at its end, so that a filled sheet fits.
CONTACTS = (pgettext_lazy("starter sheet", "Email"), pgettext_lazy("starter sheet", "Phone"))
HEADS = (*(column.head for column in STARTER), *CONTACTS)
# The first cell begins with what `is_example` knows.
_EXAMPLE: tuple[Promise | str, ...] = (
    pgettext_lazy("starter sheet", "Example row: Acme Manufacturing, Inc."),
    pgettext_lazy("starter sheet", "Emma Taylor"),
    pgettext_lazy("starter sheet", "Manufacturing"),
    pgettext_lazy("starter sheet", "120"),
    pgettext_lazy("starter sheet", "Manager"),
    "1",
    pgettext_lazy("starter sheet", "0"),
    pgettext_lazy("starter sheet", "2+"),
    "",
    "",
    pgettext_lazy("starter sheet", "emma.taylor@example.com"),
    pgettext_lazy("starter sheet", "+1 212 555 0123"),
)
_TOLD: tuple[Promise, ...] = (
    gettext_lazy("The official name. Spelling variants of the same company are recognized."),
    pgettext_lazy("starter sheet", "First name, a space, last name."),
    gettext_lazy("In your own words, such as Manufacturing."),
    gettext_lazy("A number such as 120, or a range such as 101 to 300."),
    gettext_lazy("As on the business card, such as Manager."),
    gettext_lazy("How many documents they downloaded. Leave empty or enter 0 for none."),
    gettext_lazy("How many webinars they attended. Leave empty or enter 0 for none."),
    gettext_lazy("How often they visited the website, such as 3 or 2+."),
    gettext_lazy("Optional. The score is calculated for you; one entered here is compared with it."),
    gettext_lazy("Optional. The priority follows from the score."),
    gettext_lazy("Enter this or a phone number: a lead with neither cannot become an MQL."),
    gettext_lazy("Enter this or an email address: a lead with neither cannot become an MQL."),
)
_ROWS = 1000


def name() -> str:
    """What the file is called."""
    return pgettext("starter sheet", "Lead scoring sheet.xlsx")


def empty() -> bytes:
    """The workbook, in the reader's language."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(pgettext("starter sheet", "Lead scoring"))
        _write(sheet, book.add_format({"bold": True}), book.add_format({"italic": True, "font_color": "#808080"}))
        # As text, so that a telephone number keeps its zero.
        sheet.set_column(len(HEADS) - 1, len(HEADS) - 1, 18, book.add_format({"num_format": "@"}))
    return out.getvalue()


def _write(sheet: Any, bold: Any, pale: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, (head, shown, told) in enumerate(zip(map(str, HEADS), map(str, _EXAMPLE), _TOLD, strict=True)):
        sheet.write_string(0, place, head, bold)
        sheet.set_column(place, place, max(10, len(shown) + 4, 2 * len(head) + 2))
        if shown:
            sheet.write_string(1, place, shown, pale)
        # What the spreadsheet shows beside a cell while it is filled in; it refuses nothing.
        said = {"validate": "any", "input_title": head, "input_message": str(told)[:255]}
        sheet.data_validation(1, place, _ROWS, place, said)
    sheet.write_comment(0, 0, _("One person per row. The gray row is an example and is never imported."))

"""The empty Excel starter sheet: heads, one example row that no import takes, and a word beside each cell."""

import io
from typing import Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.domain.export_columns import STARTER
from leads.domain.import_examples import EXAMPLE

NAME = "スコアリング表.xlsx"
# Beside the sheet's own columns those without which nobody can be called: at its end, so that a filled sheet fits.
CONTACTS = ("メールアドレス", "電話番号")
HEADS = (*(str(column.head) for column in STARTER), *CONTACTS)
_EXAMPLE = (
    f"{EXAMPLE}）株式会社東浜精工", "田中 一郎", "製造業", "120名", "課長", "1", "なし", "2回以上", "", "",
    "tanaka@example.jp", "03-1234-5678",
)  # fmt: skip
_TOLD: tuple[Promise, ...] = (
    gettext_lazy("The official name. The same company is found again, however it is written."),
    gettext_lazy("Last name, a space, first name."),
    gettext_lazy("In your words, such as 製造業."),
    gettext_lazy("120, 120名 or a range such as 101〜300."),
    gettext_lazy("As on the business card, such as 課長."),
    gettext_lazy("How many documents were downloaded. Empty, 0 and なし mean none."),
    gettext_lazy("How many webinars were attended. Empty, 0 and なし mean none."),
    gettext_lazy("How often the website was visited, such as 3 or 2回以上."),
    gettext_lazy("May stay empty: the score is worked out. A score written here is compared with it."),
    gettext_lazy("May stay empty: the priority follows from the score."),
    gettext_lazy("This or the telephone number: without either a lead does not become an MQL."),
    gettext_lazy("This or the e-mail address: without either a lead does not become an MQL."),
)
_ROWS = 1000


def empty() -> bytes:
    """The workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("スコアリング表")
        _write(sheet, book.add_format({"bold": True}), book.add_format({"italic": True, "font_color": "#808080"}))
        # As text, so that a telephone number keeps its zero.
        sheet.set_column(len(HEADS) - 1, len(HEADS) - 1, 18, book.add_format({"num_format": "@"}))
    return out.getvalue()


def _write(sheet: Any, bold: Any, pale: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, (head, shown, told) in enumerate(zip(HEADS, _EXAMPLE, _TOLD, strict=True)):
        sheet.write_string(0, place, head, bold)
        sheet.set_column(place, place, max(10, len(shown) + 4, 2 * len(head) + 2))
        if shown:
            sheet.write_string(1, place, shown, pale)
        # What the spreadsheet shows beside a cell while it is filled in; it refuses nothing.
        said = {"validate": "any", "input_title": head, "input_message": str(told)[:255]}
        sheet.data_validation(1, place, _ROWS, place, said)
    sheet.write_comment(0, 0, _("Fill in one person a row. The grey row is an example and is never imported."))

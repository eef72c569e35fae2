"""Why a file as a whole is refused: one named error and one sentence each."""

from django.utils.translation import gettext_lazy as _

from journal.errors import DomainError, Invalid


class FileRefused(Invalid):
    """The file can't be taken in; `code` says why."""

    code = "file_refused"
    message = _("This file cannot be read.")


class Empty(FileRefused):
    code = "empty"
    message = _(
        "The file has no rows below the column names. Check that it is the right file and that its list was saved."
    )


class TooBig(FileRefused):
    code = "too_big"
    status = 413
    message = _("The file is larger than %(megabytes)s MB. Split it and import the parts.")


class TooBigUnpacked(FileRefused):
    code = "too_big_unpacked"
    message = _("The workbook unpacks to more than %(megabytes)s MB. Save the sheet alone, or as CSV.")


class TooManyParts(FileRefused):
    code = "too_many_parts"
    message = _(
        "The workbook has more than %(most)s parts inside. Copy the list into a new workbook, or save it as CSV."
    )


class PackedToHarm(FileRefused):
    code = "packed_to_harm"
    message = _("The workbook unpacks to an implausible size. Copy the list into a new workbook.")


class TooDemanding(FileRefused):
    code = "too_demanding"
    message = _("Reading the file takes more memory or time than is allowed. Save the sheet as CSV, or split it.")


class TooManyRows(FileRefused):
    code = "too_many_rows"
    message = _("The file has more than %(most)s rows. Split it and import the parts.")


class TooManyColumns(FileRefused):
    code = "too_many_columns"
    message = _("Line %(line)s has more than %(most)s columns. Delete the ones you don't need.")


class FarCell(FileRefused):
    code = "far_cell"
    message = _("Cell %(cell)s lies far outside the list. Delete it, or copy the list into a new sheet.")


class WorkbookDamaged(FileRefused):
    code = "workbook_damaged"
    message = _("The workbook is damaged. Open it in Excel and save it again as .xlsx.")


class Unreadable(FileRefused):
    code = "unreadable"
    message = _("The file is damaged or can't be read. Save it again as .xlsx or CSV.")


class OldWorkbook(FileRefused):
    code = "old_workbook"
    message = _("This is an old .xls workbook, or one with a password. Save it as .xlsx without a password.")


class NotASheet(FileRefused):
    code = "not_a_sheet"
    message = _("This is neither CSV nor an Excel workbook (.xlsx).")


class SheetMissing(FileRefused):
    code = "sheet_missing"
    message = _("The workbook has no sheet named %(sheet)s.")


class EncodingUnknown(FileRefused):
    code = "encoding_unknown"
    message = _("The character encoding could not be detected. Choose it, or save the file as CSV UTF-8.")


class EncodingWrong(FileRefused):
    code = "encoding_wrong"
    message = _("The file is not written in %(encoding)s. Choose another encoding.")


class QuoteOpen(FileRefused):
    code = "quote_open"
    message = _("A quotation mark on line %(line)s is never closed. Close it and try again.")


class HeaderMissing(FileRefused):
    code = "header_missing"
    message = _("There is no row with column names. Put them in the first row.")


BY_CODE: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        Empty,
        TooBig,
        TooBigUnpacked,
        TooManyParts,
        PackedToHarm,
        TooDemanding,
        TooManyRows,
        TooManyColumns,
        FarCell,
        WorkbookDamaged,
        Unreadable,
        OldWorkbook,
        NotASheet,
        SheetMissing,
        EncodingUnknown,
        EncodingWrong,
        QuoteOpen,
        HeaderMissing,
    )
}

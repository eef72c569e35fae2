"""Why a verb on an import is refused."""

from django.utils.translation import gettext_lazy as _

from journal.errors import Conflict, DomainError, Forbidden, Invalid


class MappingInvalid(Invalid):
    """The mapping, the constants or an option doesn't fit the file; `errors` names each."""

    code = "mapping_invalid"
    message = _("The columns are not mapped correctly; see the details.")


class MappingNeeded(Invalid):
    """Nothing was recognised that names a person."""

    code = "mapping_needed"
    message = _("No column identifying a person was recognized. Map the columns.")


class MayNotImport(Forbidden):
    code = "may_not_import"
    message = _("You don't have permission to import leads. Ask marketing or an administrator.")


class WrongState(Conflict):
    """The import is not in a state in which this can be done."""

    code = "import_state"
    message = _("This import has moved on. Reload the page.")


class FieldGone(Conflict):
    """A field that a column of the import goes into was deleted since."""

    code = "field_gone"
    message = _(
        "The field that “%(columns)s” went into has been deleted. Map the columns again or import the file anew."
    )


class RowNotHeld(Conflict):
    code = "row_not_held"
    message = _("This row is not waiting for a decision.")


class RowNotRefused(Conflict):
    code = "row_not_refused"
    message = _("This row can't be corrected here. Reload the page.")


class CandidateUnknown(Invalid):
    code = "unknown_lead"
    message = _("There is no such lead. Choose one of those shown, or import the row as a new lead.")


class MeaningUnknown(Invalid):
    code = "invalid_choice"
    message = _("Held rows can all be the same person, new leads, or skipped: same, new, skip.")


class LeaseLost(DomainError):
    """Another worker has taken the run over."""

    code = "lease_lost"
    status = 409


class UnknownResult(Invalid):
    code = "invalid_choice"
    message = _("There is no such result. Known ones: pending, created, updated, unchanged, duplicate, refused.")
